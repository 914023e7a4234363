/* scenario.h: a real server on loopback, and a blocking client in a thread */
#pragma once

#include "server/server.h"

#include <glib.h>
#include <stdbool.h>

/* A server that greets, echoes texts, admits the session "good" and closes
 * others with 4401. "close" closes with 4409, "flood" sends 1 MiB. */
typedef struct {
  GMainLoop *loop;
  YlServer *server;
  char *folder; /* of the web client, temporary */
  unsigned opened, closed;
  bool not_ready;
  YlHttpPost *held; /* the last one that asked "hold" */
} Scenario;

typedef struct {
  YlAdmissionCaps caps; /* zeros: ample */
  unsigned handshake_s; /* 0: 5 */
  size_t queue_octets;  /* 0: 256 KiB */
  bool tls;
} ScenarioOptions;

void scenario_set_up (Scenario *self, const ScenarioOptions *options);
void scenario_tear_down (Scenario *self);

/* Runs @client in a thread while the server's loop runs here. */
void scenario_run (Scenario *self, void (*client) (Scenario *self));

/* Set up (NULL: as zeros), run, tear down. */
void scenario_play (const ScenarioOptions *options,
                    void (*client) (Scenario *self));

/* In the client's thread; all give up after 5 s. */

/* client_ask() at the plain HTTP port. */
char *scenario_ask (Scenario *self, const char *request);

/* Sends what the server holds and goes away before the answer. */
void scenario_leave_held (Scenario *self, const char *request);

int client_dial (uint16_t port);

/* Does anybody listen there? */
bool client_listens (uint16_t port);

/* Sends, reads one response with Content-Length; NULL when the server closes
 * before. g_free(). */
char *client_exchange (int fd, const char *request);

/* The same over a connection of its own. */
char *client_ask (uint16_t port, const char *request);

/* Writes a masked frame with FIN. */
void client_send_frame (int fd, unsigned opcode, const void *data, size_t size);

/* Reads a frame; -1 at the end of the stream, else its opcode. @text: the
 * payload, NUL-terminated, g_free(). For close frames *code is set. */
int client_read_frame (int fd, char **text, unsigned *code);

typedef struct {
  const char *path;     /* NULL: /ws */
  const char *protocol; /* NULL: yilian.v1 */
  const char *session;  /* NULL: no cookie */
  const char *origin;   /* NULL: none */
} ClientUpgrade;

/* The status of the answer to an upgrade. */
unsigned client_upgrade (int fd, const ClientUpgrade *upgrade);

/* True when the server has closed (reads what is left until then). */
bool client_wait_closed (int fd);
