/* janus-socket.h: a WebSocket to Janus, on a thread of its own */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All are called on the socket's thread, none after its free. */
typedef struct {
  void (*receive) (void *user, const char *text, size_t size);
  void (*idle) (void *user); /* every 20 s while the connection stands */
  void (*end) (void *user, const char *reason); /* the connection has ended */
  void *user;
} JanusSocketCalls;

typedef struct JanusSocket JanusSocket;

/* Connects to 127.0.0.1 and waits until that is done. @calls is copied.
 * JANUS_ERROR_CONNECTION. */
JanusSocket *janus_socket_new (uint16_t port, const JanusSocketCalls *calls,
                               GError **error);

/* Ends the connection and its thread. */
void janus_socket_free (JanusSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JanusSocket, janus_socket_free)

/* Queues a message. Any thread. */
void janus_socket_send (JanusSocket *self, const char *text);
