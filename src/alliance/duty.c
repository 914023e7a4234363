#include "alliance/alliance.h"

#include <string.h>

struct YlDuty {
  GHashTable *posts; /* a set of owned ids */
};

YlDuty *
yl_duty_new (void)
{
  YlDuty *self = g_new (YlDuty, 1);
  self->posts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

YlDuty *
yl_duty_copy (const YlDuty *self)
{
  YlDuty *copy = yl_duty_new ();
  GHashTableIter iter;
  gpointer post;
  g_hash_table_iter_init (&iter, self->posts);
  while (g_hash_table_iter_next (&iter, &post, NULL))
    yl_duty_set (copy, post, true);
  return copy;
}

void
yl_duty_free (YlDuty *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->posts);
  g_free (self);
}

void
yl_duty_set (YlDuty *self, const char *post, bool on)
{
  if (on)
    g_hash_table_add (self->posts, g_strdup (post));
  else
    g_hash_table_remove (self->posts, post);
}

bool
yl_duty_get (const YlDuty *self, const char *post)
{
  return post != NULL && g_hash_table_contains (self->posts, post);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
yl_duty_posts (const YlDuty *self)
{
  GPtrArray *posts = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer post;
  g_hash_table_iter_init (&iter, self->posts);
  while (g_hash_table_iter_next (&iter, &post, NULL))
    g_ptr_array_add (posts, post);
  g_ptr_array_sort (posts, compare);
  return posts;
}
