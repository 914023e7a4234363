/* server-private.h: what the files of this folder share */
#pragma once

#include "server/server.h"
#include "server/static-files.h"

#include <libwebsockets.h>

/* One TCP connection; opaque user data of its network wsi. */
typedef struct {
  YlServer *server;
  struct lws *wsi;
  YlAddress address;
  YlAdmissionEntry *entry;
  bool metrics; /* may ask for /metrics and nothing else */
} YlConnection;

struct YlServer {
  GMainLoop *loop;
  struct lws_context *context;
  struct lws_vhost *https_vhost;
  struct lws_vhost *http_vhost;
  YlListener *https;
  YlListener *http;
  YlListener *metrics;
  char *certificate;
  char *private_key;
  YlStaticFiles *files;
  YlAdmission *admission;
  size_t socket_queue_octets;
  YlServerStats stats;
  const YlServerHandler *handler;
  void *user_data;
};

/* One HTTP exchange: a stream of HTTP/2, or the one at hand of HTTP/1. */
typedef struct YlExchange YlExchange;
struct YlExchange {
  struct lws *wsi;
  GByteArray *body;    /* of the request, NULL: none expected */
  YlHttpPost *post;    /* waits for the handler */
  YlWhipRequest *whip; /* the body belongs to it; NULL: to POST /rpc */
  struct {
    unsigned status; /* 0: no reply yet */
    const char *mime_type;
    const char *cache_control;
    const char *encoding;
    char etag[32];
    char *set_cookie;
    YlWhipReply *whip; /* its headers; NULL: none */
    GBytes *body;
    size_t sent;
    bool headers_sent;
    bool head_only;
    bool close;
  } reply;
};

struct YlHttpPost {
  YlExchange *exchange; /* NULL: the client went away */
};

#define YL_SESSION_MAX 128 /* longest cookie value, with NUL */

/* The server of any wsi. */
YlServer *yl_server_of (struct lws *wsi);

/* The connection below any wsi; NULL while it is being torn down. */
YlConnection *yl_server_connection (struct lws *wsi);

/* Fills @caller; @session is where the cookie's value is kept. */
void yl_server_read_caller (struct lws *wsi, YlCaller *caller,
                            char session[YL_SESSION_MAX]);

/* True when the Origin of the request is our own; counted otherwise. */
bool yl_server_origin_is_ours (YlServer *self, struct lws *wsi);

/* Closes what is not being serviced now, and soon whatever is. */
void yl_server_kill (YlServer *self, struct lws *wsi);

/* Hands the exchange to the handler, which answers later: what is returned
 * finds its way back. */
YlHttpPost *yl_http_wait (YlExchange *self);

/* Sets the reply and asks to write it. @body is handed over. */
void yl_http_reply (YlExchange *self, unsigned status, const char *mime_type,
                    GBytes *body);

/* A request of WHIP or WHEP has begun; its body is there. */
void yl_http_whip_begin (YlExchange *self, YlServer *server, int method,
                         const char *path);
void yl_http_whip_finish (YlExchange *self, YlServer *server);

/* Callbacks of the two protocols. */
int yl_http_callback (struct lws *wsi, enum lws_callback_reasons reason,
                      void *user, void *in, size_t size);
int yl_websocket_callback (struct lws *wsi, enum lws_callback_reasons reason,
                           void *user, void *in, size_t size);

/* Size of a WebSocket's per-session data. */
size_t yl_websocket_user_size (void);
