/* demo.h: the synthetic expert of --demo, so that one browser is enough
 *
 * Holds all posts of the account `demo-expert`, is on duty, accepts a little
 * after it is rung (later when a person is rung as well), shows a test
 * picture, chats, and signs an opinion after the clinic ended the call. Acts
 * only through the journal, like a person. Main thread. */
#pragma once

#include "app/media.h"
#include "app/plane.h"
#include "store/journal.h"

#include <glib.h>

#define YL_DEMO_EXPERT_ACCOUNT "demo-expert"

/* How long it takes for things [ms]. */
typedef struct {
  unsigned accept_ms;
  unsigned accept_after_people_ms;
  unsigned chat_ms;
  unsigned sign_ms;
} YlDemoPace;

typedef struct {
  YlJournal *journal;
  YlMedia *media; /* may be NULL: no picture */
  YlPlane *plane; /* likewise */
  YlAlliances *alliances;
  YlDemoPace pace;
} YlDemoOptions;

typedef struct YlDemo YlDemo;

/* Goes on duty and resumes what was open. */
YlDemo *yl_demo_new (const YlDemoOptions *options);
void yl_demo_free (YlDemo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDemo, yl_demo_free)

/* A durable change; the user data is the YlDemo. */
void yl_demo_follow (const YlConsultation *consultation, void *user_data);
