/* server.h: HTTPS, WebSockets and static files on the GLib main loop
 *
 * Moves bytes between clients and a handler; what the bytes mean is the
 * handler's. All calls and callbacks are on the main thread. */
#pragma once

#include "base/address.h"
#include "server/admission.h"
#include "server/listener.h"
#include "whip/reply.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_SERVER_SUBPROTOCOL "yilian.v1"
#define YL_SERVER_COOKIE "yilian_session"
#define YL_SERVER_MESSAGE_MAX 65536 /* [octets] a WebSocket message or body */

typedef struct YlServer YlServer;
typedef struct YlSocket YlSocket; /* one WebSocket */
/* One POST /rpc, or a request of WHIP or WHEP, that waits for its reply. */
typedef struct YlHttpPost YlHttpPost;

/* Who is calling; borrowed for the callback. */
typedef struct {
  YlAddress address;
  const char *session; /* value of the cookie, or NULL */
  bool secure;         /* over TLS */
} YlCaller;

typedef struct {
  /* A WebSocket is up. The handler may send, close and admit from here on. */
  void (*socket_opened) (YlSocket *socket, const YlCaller *caller,
                         void *user_data);
  void (*socket_text) (YlSocket *socket, const char *text, size_t size,
                       void *user_data);
  /* The last callback for it; the pointer is dead afterwards. */
  void (*socket_closed) (YlSocket *socket, void *user_data);
  /* To be answered with yl_http_post_reply(), at once or later. */
  void (*post) (YlHttpPost *post, const YlCaller *caller, const char *body,
                size_t size, void *user_data);
  /* Any request below /whip and /whep, from any origin; those that need no
   * more than a refusal as well. To be answered with yl_http_whip_reply(), at
   * once or later. @body: with YL_WHIP_OFFER, @size octets. */
  void (*whip) (YlHttpPost *post, const YlCaller *caller,
                const YlWhipRequest *request, const char *body, size_t size,
                void *user_data);
  /* Why not ready, or NULL. Static text. */
  const char *(*not_ready) (void *user_data);
  /* The metrics in Prometheus' text format; g_free(). */
  char *(*metrics) (void *user_data);
} YlServerHandler;

typedef struct {
  GMainLoop *loop;
  const YlAddress *https;   /* NULL: none */
  const YlAddress *http;    /* NULL: none */
  const YlAddress *metrics; /* NULL: none */
  const char *certificate;  /* PEM files, checked by the caller */
  const char *private_key;
  const char *web_folder;
  YlAdmissionCaps caps;
  unsigned handshake_s;       /* bound of TLS and HTTP handshakes [s] */
  size_t socket_queue_octets; /* what may wait for a slow reader */
  const YlServerHandler *handler;
  void *user_data;
} YlServerOptions;

typedef struct {
  YlAdmissionStats admission;
  uint64_t requests;      /* HTTP, all kinds */
  uint64_t sockets;       /* WebSockets opened */
  uint64_t wrong_origins; /* refused with 403 */
  uint64_t too_large;     /* messages and bodies over the bound */
  uint64_t slow_readers;  /* WebSockets closed for a full queue */
} YlServerStats;

YlServer *yl_server_new (const YlServerOptions *options, GError **error);

/* Closes everything at once; socket_closed comes for every open WebSocket. */
void yl_server_free (YlServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlServer, yl_server_free)

/* The ports listened on, 0 where there is none. */
uint16_t yl_server_https_port (const YlServer *self);
uint16_t yl_server_http_port (const YlServer *self);
uint16_t yl_server_metrics_port (const YlServer *self);

/* No new connections from now on; those there are go on. */
void yl_server_stop_listening (YlServer *self);

/* The certificate files have new content: new handshakes use it. */
bool yl_server_reload_certificate (YlServer *self);

void yl_server_stats (const YlServer *self, YlServerStats *stats);

/* Queues a message. Over the bound the WebSocket is closed: its reader is too
 * slow, and will see everything again after it reconnects. */
void yl_socket_send (YlSocket *self, const char *text);

/* Sends what is queued, then a close frame, then waits shortly. No
 * socket_text comes any more. */
void yl_socket_close (YlSocket *self, unsigned code, const char *reason);

/* It showed a session: it keeps its place (admission.h). False: no room. */
bool yl_socket_admit (YlSocket *self);

void yl_socket_set_data (YlSocket *self, void *data);
void *yl_socket_get_data (const YlSocket *self);

/**
 * yl_http_post_reply:
 * @status: HTTP status, 200 when there is a JSON-RPC reply
 * @set_cookie: (nullable): value of Set-Cookie
 *
 * Consumes @self. Does nothing if the client went away meanwhile.
 */
void yl_http_post_reply (YlHttpPost *self, unsigned status,
                         const char *set_cookie, const char *text);

/* The same for a request of WHIP or WHEP. Consumes both. */
void yl_http_whip_reply (YlHttpPost *self, YlWhipReply *reply);
