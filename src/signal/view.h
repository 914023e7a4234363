/* view.h: the objects of PROTOCOL.md, section 3, as one person sees them */
#pragma once

#include "alliance/alliance.h"
#include "consult/consult.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What the server knows of a side beyond the events. */
typedef struct {
  bool present;    /* its person has a WebSocket open */
  bool connecting; /* a peer connection is being made */
  bool audio;      /* the microphone is on */
  bool video;      /* the camera is on */
} YlViewSide;

typedef struct {
  const char *account; /* who looks */
  bool summary;        /* leaves out chat, climb and supplements */
  YlViewSide sides[YL_N_SIDES];
} YlViewContext;

/* All return a new node, to be freed with json_node_unref(). */
JsonNode *yl_view_consultation (const YlConsultation *consultation,
                                const YlViewContext *context);

JsonNode *yl_view_person (const YlAlliances *alliances, const YlDuty *duty,
                          const char *account);

/* posts: [post] of one person */
JsonNode *yl_view_posts (const YlAlliances *alliances, const YlDuty *duty,
                         const char *account);

/* on_duty: [on_duty]: whom this person's posts can reach */
JsonNode *yl_view_on_duty (const YlAlliances *alliances, const YlDuty *duty,
                           const char *account, int64_t now_ms);

JsonNode *yl_view_departments (const YlAlliances *alliances);

JsonNode *yl_view_name (YlName name);
