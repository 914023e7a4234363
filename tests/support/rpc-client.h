/* rpc-client.h: JSON-RPC by POST over plain HTTP, one person signed in
 *
 * Blocking, one request at a time on a connection kept open. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#define RPC_ERROR (rpc_error_quark ())
GQuark rpc_error_quark (void);
/* Codes above 0 are HTTP's, below and from 1000 on the protocol's; this one
 * is ours. */
#define RPC_ERROR_TRANSPORT 0

typedef struct RpcClient RpcClient;

/* @host: "127.0.0.1:8080" */
RpcClient *rpc_client_new (const char *host);

/* Another connection of the same person, who is signed in. */
RpcClient *rpc_client_share (const RpcClient *other);
void rpc_client_free (RpcClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcClient, rpc_client_free)

/**
 * rpc_client_call:
 * @params: a JSON object as text
 * @error: %RPC_ERROR, with the code of the answer
 * Returns: (transfer full): the result, json_object_unref(); %NULL on error
 */
JsonObject *rpc_client_call (RpcClient *self, const char *method,
                             const char *params, GError **error);

/* The same, for calls that a test cannot do without: @params by printf, and
 * a failure ends the program. */
JsonObject *rpc_client_must (RpcClient *self, const char *method,
                             const char *params, ...) G_GNUC_PRINTF (3, 4);

/* @text as a JSON string with its quotes; g_free(). */
char *rpc_quote (const char *text);
