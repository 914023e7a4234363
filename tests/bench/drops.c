/* drops.c: what a server says it dropped, by reason */
#include "drops.h"

#include <string.h>

static const char HEAD[] = "yilian_packets_dropped_total{reason=\"";
static const char TAIL[] = "\"} ";

static void
clear (void *data)
{
  Drop *drop = data;
  g_free (drop->reason);
}

static GArray *
drops_new (void)
{
  GArray *self = g_array_new (FALSE, FALSE, sizeof (Drop));
  g_array_set_clear_func (self, clear);
  return self;
}

static void
add (GArray *self, char *reason, uint64_t n)
{
  const Drop drop = { .reason = reason, .n = n };
  g_array_append_val (self, drop);
}

GArray *
drops_read (const char *metrics)
{
  GArray *self = drops_new ();
  g_auto (GStrv) lines = g_strsplit (metrics, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    const char *tail = strstr (*line, TAIL);
    if (!g_str_has_prefix (*line, HEAD) || tail == NULL)
      continue;
    const char *reason = *line + strlen (HEAD);
    add (self, g_strndup (reason, (gsize) (tail - reason)),
         g_ascii_strtoull (tail + strlen (TAIL), NULL, 10));
  }
  return self;
}

GArray *
drops_since (const GArray *before, const GArray *after)
{
  GArray *self = drops_new ();
  for (guint i = 0; i < after->len; i++) {
    const Drop *drop = &g_array_index (after, Drop, i);
    const uint64_t old = drops_count (before, drop->reason);
    if (drop->n > old)
      add (self, g_strdup (drop->reason), drop->n - old);
  }
  return self;
}

uint64_t
drops_count (const GArray *self, const char *reason)
{
  for (guint i = 0; i < self->len; i++) {
    const Drop *drop = &g_array_index (self, Drop, i);
    if (strcmp (drop->reason, reason) == 0)
      return drop->n;
  }
  return 0;
}

uint64_t
drops_sum (const GArray *self)
{
  uint64_t sum = 0;
  for (guint i = 0; i < self->len; i++)
    sum += g_array_index (self, Drop, i).n;
  return sum;
}
