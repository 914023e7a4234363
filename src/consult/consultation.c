/* consultation.c: the life of one consultation in memory, and questions */
#include "consult/consultation.h"

static void
clear_rung (gpointer data)
{
  YlRung *rung = data;
  yl_party_unref (rung->party);
  g_free ((char *) rung->reason);
}

static void
free_climb (gpointer data)
{
  YlClimb *climb = data;
  yl_party_unref (climb->at);
  g_array_unref (climb->rung);
  g_free (climb);
}

static void
unref_event (gpointer data)
{
  yl_consult_event_unref (data);
}

GArray *
yl_consultation_new_rung (guint n)
{
  GArray *rung = g_array_sized_new (FALSE, FALSE, sizeof (YlRung), n);
  g_array_set_clear_func (rung, clear_rung);
  return rung;
}

YlConsultation *
yl_consultation_new (const YlConsultEvent *request)
{
  YlConsultation *self = g_new0 (YlConsultation, 1);
  self->id = g_strdup (request->consultation);
  self->request = yl_consult_event_ref (request);
  self->department = request->department;
  self->climb = g_ptr_array_new_with_free_func (free_climb);
  self->chat = g_ptr_array_new_with_free_func (unref_event);
  self->supplements = g_ptr_array_new_with_free_func (unref_event);
  self->excluded = g_ptr_array_new_with_free_func (g_free);
  self->state = YL_CONSULT_REQUESTED;
  return self;
}

void
yl_consultation_free (YlConsultation *self)
{
  if (self == NULL)
    return;
  g_free ((char *) self->id);
  g_free ((char *) self->reason);
  yl_consult_event_unref (self->request);
  yl_consult_event_unref (self->redirect);
  yl_consult_event_unref (self->draft);
  yl_consult_event_unref (self->opinion);
  yl_consult_event_unref (self->acknowledged);
  yl_party_unref (self->expert);
  g_ptr_array_unref (self->climb);
  g_ptr_array_unref (self->chat);
  g_ptr_array_unref (self->supplements);
  g_ptr_array_unref (self->excluded);
  g_free (self);
}

static const YlConsultEvent *
keep (const YlConsultEvent *event)
{
  return event != NULL ? yl_consult_event_ref (event) : NULL;
}

static gpointer
copy_event (gconstpointer event, gpointer data)
{
  return yl_consult_event_ref (event);
}

static gpointer
copy_text (gconstpointer text, gpointer data)
{
  return g_strdup (text);
}

static gpointer
copy_climb (gconstpointer source, gpointer data)
{
  const YlClimb *from = source;
  YlClimb *climb = g_new (YlClimb, 1);
  *climb = *from;
  if (from->at != NULL)
    climb->at = yl_party_ref (from->at);
  climb->rung = yl_consultation_new_rung (from->rung->len);
  for (guint i = 0; i < from->rung->len; i++) {
    YlRung rung = g_array_index (from->rung, YlRung, i);
    rung.party = yl_party_ref (rung.party);
    rung.reason = g_strdup (rung.reason);
    g_array_append_val (climb->rung, rung);
  }
  return climb;
}

YlConsultation *
yl_consultation_copy (const YlConsultation *self)
{
  YlConsultation *copy = g_new (YlConsultation, 1);
  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->reason = g_strdup (self->reason);
  copy->request = keep (self->request);
  copy->redirect = keep (self->redirect);
  copy->draft = keep (self->draft);
  copy->opinion = keep (self->opinion);
  copy->acknowledged = keep (self->acknowledged);
  copy->expert = self->expert != NULL ? yl_party_ref (self->expert) : NULL;
  /* g_ptr_array_copy() carries the free function over. */
  copy->climb = g_ptr_array_copy (self->climb, (GCopyFunc) copy_climb, NULL);
  copy->chat = g_ptr_array_copy (self->chat, (GCopyFunc) copy_event, NULL);
  copy->supplements =
      g_ptr_array_copy (self->supplements, (GCopyFunc) copy_event, NULL);
  copy->excluded =
      g_ptr_array_copy (self->excluded, (GCopyFunc) copy_text, NULL);
  return copy;
}

/* --- questions --- */

static bool
is_rung (const YlConsultation *self, const char *account)
{
  for (guint c = 0; c < self->climb->len; c++) {
    const YlClimb *climb = self->climb->pdata[c];
    for (guint i = 0; i < climb->rung->len; i++)
      if (g_str_equal (g_array_index (climb->rung, YlRung, i).party->account,
                       account))
        return true;
  }
  return false;
}

bool
yl_consultation_rings (const YlConsultation *self, const char *account)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING
      && g_strcmp0 (rung->party->account, account) == 0)
    return true;
  return false;
}

YlRelation
yl_consultation_relation (const YlConsultation *self, const char *account)
{
  if (account == NULL)
    return YL_RELATION_NONE;
  if (g_str_equal (self->request->party->account, account))
    return YL_RELATION_CLINIC;
  if (self->expert != NULL && g_str_equal (self->expert->account, account))
    return YL_RELATION_EXPERT;
  if (yl_consultation_rings (self, account))
    return YL_RELATION_RUNG;
  return is_rung (self, account) ? YL_RELATION_PASSED : YL_RELATION_NONE;
}

bool
yl_consultation_side (const YlConsultation *self, const char *account,
                      YlSide *side)
{
  switch (yl_consultation_relation (self, account)) {
  case YL_RELATION_CLINIC:
    *side = YL_SIDE_CLINIC;
    return true;
  case YL_RELATION_EXPERT:
    *side = YL_SIDE_EXPERT;
    return true;
  default:
    return false;
  }
}

int64_t
yl_consultation_deadline_ms (const YlConsultation *self,
                             const YlAlliances *alliances)
{
  int64_t deadline_ms = INT64_MAX;
  if (self->state == YL_CONSULT_REQUESTED)
    return self->since_ms + yl_alliances_patience_ms (alliances);
  if (self->state == YL_CONSULT_OFFERED)
    for (guint c = self->round; c < self->climb->len; c++) {
      const YlClimb *climb = self->climb->pdata[c];
      if (climb->ended_ms == 0)
        deadline_ms = MIN (deadline_ms, climb->deadline_ms);
    }
  return deadline_ms;
}
