/* admission.h: which connections are let in, so that a flood cannot starve
 * the others
 *
 * Everything that connects is a guest until it shows a session; a guest lives
 * only as long as nobody newer needs its place: over the caps the guest that
 * was silent longest goes, first of its own address. So a flood of half-open
 * connections displaces itself, and an honest client, done within some
 * milliseconds, gets through. Members (WebSockets with a session) are never
 * displaced; over their caps new ones are refused. Engine without IO. */
#pragma once

#include "base/address.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  unsigned guests;
  unsigned guests_per_address; /* IPv6: per /64 */
  unsigned members;
  unsigned members_per_address;
} YlAdmissionCaps;

typedef struct {
  uint64_t entered;
  uint64_t displaced; /* guests closed to make room */
  uint64_t refused;   /* members over a cap */
  unsigned guests;    /* now */
  unsigned members;   /* now */
} YlAdmissionStats;

typedef struct YlAdmission YlAdmission;
typedef struct YlAdmissionEntry YlAdmissionEntry;

YlAdmission *yl_admission_new (const YlAdmissionCaps *caps);
/* All entries must have left. */
void yl_admission_free (YlAdmission *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlAdmission, yl_admission_free)

/**
 * yl_admission_enter:
 * @owner: handed back in @displaced when this guest has to go
 * @displaced: (out) (nullable): owner of the guest to close now. It is no
 *   longer counted, but its entry still has to leave.
 * Returns: the entry of the new guest, valid until it leaves
 */
YlAdmissionEntry *yl_admission_enter (YlAdmission *self,
                                      const YlAddress *address, void *owner,
                                      void **displaced);

/* The guest did something sensible: a whole request. */
void yl_admission_touch (YlAdmission *self, YlAdmissionEntry *entry);

/* The guest showed a session. False: over a cap, it stays a guest. */
bool yl_admission_promote (YlAdmission *self, YlAdmissionEntry *entry);

void yl_admission_leave (YlAdmission *self, YlAdmissionEntry *entry);

void yl_admission_stats (const YlAdmission *self, YlAdmissionStats *stats);
