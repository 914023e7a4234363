/* fixture.h: the demo alliance, short commands and a readable state */
#pragma once

#include "consult/consult.h"

#define T0_MS INT64_C (1780000000000) /* in 2026 */

static inline YlAlliances *
fixture_alliances (void)
{
  g_autofree char *text = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (YL_TOP_SRCDIR "/packaging/demo-alliance.json", &text,
                       &size, &error);
  g_assert_no_error (error);
  YlAlliances *self = yl_alliances_parse (text, size, &error);
  g_assert_no_error (error);
  return self;
}

static inline YlConsultBook *
fixture_book (void)
{
  g_autoptr (YlAlliances) alliances = fixture_alliances ();
  return yl_consult_book_new (alliances);
}

static inline void
fixture_unref_event (gpointer event)
{
  yl_consult_event_unref (event);
}

static inline GPtrArray *
fixture_events (void)
{
  return g_ptr_array_new_with_free_func (fixture_unref_event);
}

/* Decides and applies; the events are appended to @log if there is one. */
static inline YlRefusal
fixture_do (YlConsultBook *book, const YlConsultCommand *command,
            int64_t now_ms, GPtrArray *log)
{
  g_autoptr (GPtrArray) events = fixture_events ();
  YlRefusal refusal;
  const bool done = yl_consult_decide (book, command, now_ms, events, &refusal);
  g_assert_cmpint (done, ==, refusal.kind == YL_REFUSAL_NONE);
  if (!done)
    g_assert_cmpuint (events->len, ==, 0);
  for (guint i = 0; i < events->len; i++) {
    g_assert_true (yl_consult_apply (book, events->pdata[i]));
    if (log != NULL)
      g_ptr_array_add (log, yl_consult_event_ref (events->pdata[i]));
  }
  return refusal;
}

/* A complete request of the clinic in Qinghe. */
static inline YlConsultCommand
fixture_request (const char *consultation, const char *department,
                 YlUrgency urgency)
{
  return (YlConsultCommand){
    .kind = YL_CONSULT_DO_REQUEST,
    .account = "clinic",
    .consultation = consultation,
    .post = "qinghe-doctor",
    .department = department,
    .urgency = urgency,
    .patient = { YL_SEX_FEMALE, 61, "胸闷三天", "既往体健" },
    .question = "是否需要转诊?",
    .consent = { true, "林小禾", T0_MS },
  };
}

static inline void
fixture_duty (YlConsultBook *book, const char *post, bool on, int64_t now_ms)
{
  const YlPost *held =
      yl_alliances_post (yl_consult_book_alliances (book), post);
  g_assert_nonnull (held);
  const YlConsultCommand duty = { .kind = YL_CONSULT_DO_DUTY_SET,
                                  .account = held->person->account,
                                  .post = post,
                                  .on = on };
  g_assert_cmpint (fixture_do (book, &duty, now_ms, NULL).kind, ==,
                   YL_REFUSAL_NONE);
}

static inline void
fixture_dump_event (GString *out, const char *name, const YlConsultEvent *event)
{
  g_autofree char *text =
      event != NULL ? yl_consult_event_encode (event) : NULL;
  g_string_append_printf (out, "%s %s\n", name, text != NULL ? text : "-");
}

/* Every member as text, so that two states can be compared. */
static inline void
fixture_dump (GString *out, const YlConsultation *one)
{
  g_string_append_printf (
      out,
      "%s seq %" G_GUINT64_FORMAT " %s updated %" G_GINT64_FORMAT
      " since %" G_GINT64_FORMAT " %s round %u redirects %u expert %s"
      " media %s %s accepted %" G_GINT64_FORMAT " active %" G_GINT64_FORMAT
      " ended %" G_GINT64_FORMAT " by %d %s reason %s\n",
      one->id, one->seq, yl_consult_state_name (one->state), one->updated_ms,
      one->since_ms, one->department.id, one->round, one->redirects,
      one->expert != NULL ? one->expert->post : "-",
      yl_side_media_name (one->media[0]), yl_side_media_name (one->media[1]),
      one->accepted_ms, one->active_ms, one->ended_ms, one->ended_by_side,
      yl_side_name (one->ended_by), one->reason != NULL ? one->reason : "-");
  for (guint c = 0; c < one->climb->len; c++) {
    const YlClimb *climb = one->climb->pdata[c];
    g_string_append_printf (
        out,
        " %s at %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
        ":",
        yl_level_name (climb->level),
        climb->at != NULL ? climb->at->organisation.id : "-", climb->started_ms,
        climb->deadline_ms, climb->ended_ms);
    for (guint i = 0; i < climb->rung->len; i++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, i);
      g_string_append_printf (
          out, " %s %s %s %" G_GUINT64_FORMAT, rung->party->post,
          yl_rung_state_name (rung->state),
          rung->reason != NULL ? rung->reason : "-", rung->ended_seq);
    }
    g_string_append_c (out, '\n');
  }
  for (guint i = 0; i < one->excluded->len; i++)
    g_string_append_printf (out, " not %s\n",
                            (const char *) one->excluded->pdata[i]);
  fixture_dump_event (out, "request", one->request);
  fixture_dump_event (out, "redirect", one->redirect);
  fixture_dump_event (out, "draft", one->draft);
  fixture_dump_event (out, "opinion", one->opinion);
  fixture_dump_event (out, "acknowledged", one->acknowledged);
  for (guint i = 0; i < one->chat->len; i++)
    fixture_dump_event (out, "chat", one->chat->pdata[i]);
  for (guint i = 0; i < one->supplements->len; i++)
    fixture_dump_event (out, "supplement", one->supplements->pdata[i]);
}
