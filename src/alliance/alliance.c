#include "alliance/alliance.h"

#include "alliance/snapshot.h"

G_DEFINE_QUARK (yl_alliance_error, yl_alliance_error)

YlAlliances *
yl_alliances_new (void)
{
  static const int64_t ring_ms[YL_N_URGENCIES] = { 60000, 45000, 30000 };
  YlAlliances *self = g_atomic_rc_box_new0 (YlAlliances);
  self->texts = g_string_chunk_new (4096);
  self->department_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->organisation_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->person_by_account = g_hash_table_new (g_str_hash, g_str_equal);
  self->post_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  for (unsigned level = 0; level < YL_N_LEVELS; level++)
    for (unsigned urgency = 0; urgency < YL_N_URGENCIES; urgency++)
      self->ring_ms[level][urgency] = ring_ms[urgency];
  self->patience_ms = 30 * 60 * 1000;
  return self;
}

static void
clear (gpointer data)
{
  YlAlliances *self = data;
  for (size_t i = 0; i < self->n_alliances; i++) {
    g_free ((gpointer) self->alliances[i].members);
    g_free ((gpointer) self->alliances[i].agreements);
  }
  g_free (self->alliances);
  g_free (self->posts);
  g_free (self->persons);
  g_free (self->organisations);
  g_free (self->departments);
  g_hash_table_unref (self->department_by_id);
  g_hash_table_unref (self->organisation_by_id);
  g_hash_table_unref (self->person_by_account);
  g_hash_table_unref (self->post_by_id);
  g_string_chunk_free (self->texts);
}

YlAlliances *
yl_alliances_ref (YlAlliances *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
yl_alliances_unref (YlAlliances *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, clear);
}

static gpointer
find (GHashTable *table, const char *key)
{
  return key != NULL ? g_hash_table_lookup (table, key) : NULL;
}

const YlDepartment *
yl_alliances_department (const YlAlliances *self, const char *id)
{
  return find (self->department_by_id, id);
}

const YlOrganisation *
yl_alliances_organisation (const YlAlliances *self, const char *id)
{
  return find (self->organisation_by_id, id);
}

const YlPerson *
yl_alliances_person (const YlAlliances *self, const char *account)
{
  return find (self->person_by_account, account);
}

const YlPost *
yl_alliances_post (const YlAlliances *self, const char *id)
{
  return find (self->post_by_id, id);
}

const YlDepartment *
yl_alliances_departments (const YlAlliances *self, size_t *n)
{
  *n = self->n_departments;
  return self->departments;
}

const YlOrganisation *
yl_alliances_organisations (const YlAlliances *self, size_t *n)
{
  *n = self->n_organisations;
  return self->organisations;
}

const YlPerson *
yl_alliances_persons (const YlAlliances *self, size_t *n)
{
  *n = self->n_persons;
  return self->persons;
}

const YlPost *
yl_alliances_posts (const YlAlliances *self, size_t *n)
{
  *n = self->n_posts;
  return self->posts;
}

const YlAlliance *
yl_alliances_alliances (const YlAlliances *self, size_t *n)
{
  *n = self->n_alliances;
  return self->alliances;
}

GPtrArray *
yl_alliances_posts_of (const YlAlliances *self, const char *account)
{
  GPtrArray *posts = g_ptr_array_new ();
  const YlPerson *person = yl_alliances_person (self, account);
  for (size_t i = 0; person != NULL && i < self->n_posts; i++)
    if (self->posts[i].person == person)
      g_ptr_array_add (posts, &self->posts[i]);
  return posts;
}

bool
yl_alliances_holds (const YlAlliances *self, const char *account,
                    const char *post)
{
  const YlPost *found = yl_alliances_post (self, post);
  return found != NULL && account != NULL
         && g_str_equal (found->person->account, account);
}

unsigned
yl_alliances_roles (const YlAlliances *self, const char *account)
{
  g_autoptr (GPtrArray) posts = yl_alliances_posts_of (self, account);
  unsigned roles = 0;
  for (guint i = 0; i < posts->len; i++)
    roles |= 1u << ((const YlPost *) posts->pdata[i])->role;
  return roles;
}

int64_t
yl_alliances_ring_ms (const YlAlliances *self, YlLevel level, YlUrgency urgency)
{
  return self->ring_ms[level][urgency];
}

int64_t
yl_alliances_patience_ms (const YlAlliances *self)
{
  return self->patience_ms;
}
