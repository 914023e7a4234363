/* listener.h: a listening TCP socket of our own on the main loop */
#pragma once

#include "base/address.h"

#include <glib.h>
#include <stdbool.h>

#define YL_SERVER_ERROR (yl_server_error_quark ())
typedef enum {
  YL_SERVER_ERROR_LISTEN,      /* port in use, no such address, no right */
  YL_SERVER_ERROR_CERTIFICATE, /* missing, expired, not matching its key */
  YL_SERVER_ERROR_SETUP,       /* libwebsockets refused */
} YlServerError;

GQuark yl_server_error_quark (void);

typedef struct YlListener YlListener;

/* @fd becomes the callee's. */
typedef void (*YlListenerAccepted) (int fd, const YlAddress *from,
                                    void *user_data);

/**
 * yl_listener_new:
 * @address: where to listen; :: takes IPv4 as well; port 0 lets the kernel
 *   choose one
 * @error: %YL_SERVER_ERROR_LISTEN, naming the address and the port
 */
YlListener *yl_listener_new (const YlAddress *address,
                             YlListenerAccepted accepted, void *user_data,
                             GError **error);
void yl_listener_free (YlListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlListener, yl_listener_free)

/* Address and port it listens on. */
const YlAddress *yl_listener_address (const YlListener *self);
