/* pad-properties.h: what both tap and branch pads are told, and tell */
#pragma once

#include "sfu/sfu.h"

#include <glib-object.h>
#include <stdbool.h>

/* Guarded by the pad's lock. */
typedef struct {
  guint64 room;
  gboolean any_kind; /* none was asked for */
  YlMediaKind kind;
  guint64 dropped; /* [packets] */
} YlPadProperties;

enum {
  YL_PAD_ROOM = 1,
  YL_PAD_KIND,
  YL_PAD_DROPPED,
  YL_PAD_OWN, /* the first of a pad's own */
};

/* What they mean to this kind of pad; static. */
typedef struct {
  const char *room;
  const char *kind;
  const char *default_kind; /* or NULL */
  const char *dropped;
} YlPadTexts;

void yl_pad_properties_install (GObjectClass *klass, const YlPadTexts *texts);

/* False: @id is none of these. */
bool yl_pad_properties_set (YlPadProperties *self, guint id,
                            const GValue *value);
bool yl_pad_properties_get (const YlPadProperties *self, guint id,
                            GValue *value);
