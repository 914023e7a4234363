/* plane.h: the media workers of this daemon and the pipelines they run in */
#pragma once

#include "base/address.h"
#include "pipeline/relay.h"
#include "worker/worker.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct YlPlane YlPlane;

typedef struct {
  const char *address; /* to receive on, empty: all */
  uint16_t port;       /* of the first worker; 0: any */
  unsigned workers;
  uint32_t max_peers;   /* of each */
  const char *announce; /* comma-separated; empty: the interfaces' */
  bool loopback;        /* announce 127.0.0.1 as well */
} YlPlaneOptions;

/* Called in the main loop when worker @index has events. */
typedef void (*YlPlaneReadable) (unsigned index, void *user_data);

/* @error: names the UDP port that is in use */
YlPlane *yl_plane_new (const YlPlaneOptions *options, GError **error);
void yl_plane_free (YlPlane *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPlane, yl_plane_free)

/* A worker's pipeline has failed: no media passes through it any more. */
typedef void (*YlPlaneFailed) (void *user_data);

/* Starts the threads; the first readable may come at once. */
bool yl_plane_start (YlPlane *self, YlPlaneReadable readable,
                     YlPlaneFailed failed, void *user_data, GError **error);

YlWorker **yl_plane_workers (YlPlane *self, unsigned *n);
YlPipelineRelay *yl_plane_relay (YlPlane *self, unsigned index);
const YlAddress *yl_plane_addresses (const YlPlane *self, unsigned *n);
const uint8_t *yl_plane_fingerprint (const YlPlane *self);
