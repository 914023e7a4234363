#include "consult/consult.h"

static YlName
copy_name (YlName name)
{
  return (YlName){ g_strdup (name.zh), g_strdup (name.en) };
}

static void
free_name (YlName name)
{
  g_free ((char *) name.zh);
  g_free ((char *) name.en);
}

static YlDepartment
copy_department (const YlDepartment *from)
{
  return (YlDepartment){ g_strdup (from->id), copy_name (from->name) };
}

static void
free_department (YlDepartment *self)
{
  g_free ((char *) self->id);
  free_name (self->name);
}

YlParty *
yl_party_new (const YlParty *like)
{
  YlParty *self = g_atomic_rc_box_new0 (YlParty);
  self->post = g_strdup (like->post);
  self->account = g_strdup (like->account);
  self->name = copy_name (like->name);
  self->organisation.id = g_strdup (like->organisation.id);
  self->organisation.name = copy_name (like->organisation.name);
  self->organisation.level = like->organisation.level;
  self->department = copy_department (&like->department);
  return self;
}

YlParty *
yl_party_of_post (const YlPost *post)
{
  YlParty like = {
    .post = post->id,
    .account = post->person->account,
    .name = post->person->name,
    .organisation = { post->organisation->id, post->organisation->name,
                      post->organisation->level },
  };
  if (post->department != NULL)
    like.department = *post->department;
  return yl_party_new (&like);
}

static void
clear_party (gpointer data)
{
  YlParty *self = data;
  g_free ((char *) self->post);
  g_free ((char *) self->account);
  free_name (self->name);
  g_free ((char *) self->organisation.id);
  free_name (self->organisation.name);
  free_department (&self->department);
}

YlParty *
yl_party_ref (const YlParty *self)
{
  return g_atomic_rc_box_acquire ((YlParty *) self);
}

void
yl_party_unref (const YlParty *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full ((YlParty *) self, clear_party);
}

static void
unref_party (gpointer data)
{
  yl_party_unref (data);
}

YlConsultEvent *
yl_consult_event_new (const YlConsultEvent *like)
{
  YlConsultEvent *self = g_atomic_rc_box_alloc0 (sizeof *self);
  *self = *like;
  self->consultation = g_strdup (like->consultation);
  self->account = g_strdup (like->account);
  self->command = g_strdup (like->command);
  self->post = g_strdup (like->post);
  self->text = g_strdup (like->text);
  self->party = like->party != NULL ? yl_party_ref (like->party) : NULL;
  self->department = copy_department (&like->department);
  self->patient.complaint = g_strdup (like->patient.complaint);
  self->patient.summary = g_strdup (like->patient.summary);
  self->question = g_strdup (like->question);
  self->consent.doctor = g_strdup (like->consent.doctor);
  self->opinion.findings = g_strdup (like->opinion.findings);
  self->opinion.diagnosis = g_strdup (like->opinion.diagnosis);
  self->opinion.advice = g_strdup (like->opinion.advice);
  self->opinion.follow_up = g_strdup (like->opinion.follow_up);
  if (like->rung != NULL) {
    self->rung = g_ptr_array_new_full (like->rung->len, unref_party);
    for (guint i = 0; i < like->rung->len; i++)
      g_ptr_array_add (self->rung, yl_party_ref (like->rung->pdata[i]));
  }
  return self;
}

static void
clear_event (gpointer data)
{
  YlConsultEvent *self = data;
  g_free ((char *) self->consultation);
  g_free ((char *) self->account);
  g_free ((char *) self->command);
  g_free ((char *) self->post);
  g_free ((char *) self->text);
  yl_party_unref (self->party);
  free_department (&self->department);
  g_free ((char *) self->patient.complaint);
  g_free ((char *) self->patient.summary);
  g_free ((char *) self->question);
  g_free ((char *) self->consent.doctor);
  g_free ((char *) self->opinion.findings);
  g_free ((char *) self->opinion.diagnosis);
  g_free ((char *) self->opinion.advice);
  g_free ((char *) self->opinion.follow_up);
  g_clear_pointer (&self->rung, g_ptr_array_unref);
}

YlConsultEvent *
yl_consult_event_ref (const YlConsultEvent *self)
{
  return g_atomic_rc_box_acquire ((YlConsultEvent *) self);
}

void
yl_consult_event_unref (const YlConsultEvent *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full ((YlConsultEvent *) self, clear_event);
}
