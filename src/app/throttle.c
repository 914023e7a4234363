#include "app/throttle.h"

typedef struct {
  char *key;
  unsigned attempts;
  uint64_t last_us;
  GList link; /* in the queue, quiet longest first */
} Entry;

struct YlThrottle {
  YlThrottleRules rules;
  GHashTable *entries; /* Entry by its key */
  GQueue queue;
};

static void
entry_free (void *data)
{
  Entry *entry = data;
  g_free (entry->key);
  g_free (entry);
}

YlThrottle *
yl_throttle_new (const YlThrottleRules *rules)
{
  YlThrottle *self = g_new0 (YlThrottle, 1);
  self->rules = *rules;
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->queue);
  return self;
}

void
yl_throttle_free (YlThrottle *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static uint64_t
wait_after (const YlThrottleRules *rules, unsigned attempts)
{
  if (attempts < rules->free_attempts)
    return 0;
  uint64_t wait_us = rules->first_wait_us;
  for (unsigned i = rules->free_attempts;
       i < attempts && wait_us < rules->max_wait_us; i++)
    wait_us *= 2;
  return MIN (wait_us, rules->max_wait_us);
}

uint64_t
yl_throttle_wait_us (const YlThrottle *self, const char *key, uint64_t now_us)
{
  const Entry *entry = g_hash_table_lookup (self->entries, key);
  if (entry == NULL)
    return 0;
  const uint64_t passed_us = now_us - entry->last_us;
  const uint64_t wait_us = wait_after (&self->rules, entry->attempts);
  return passed_us < wait_us ? wait_us - passed_us : 0;
}

static void
forget (YlThrottle *self, Entry *entry)
{
  g_queue_unlink (&self->queue, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

void
yl_throttle_attempt (YlThrottle *self, const char *key, uint64_t now_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);
  if (entry == NULL) {
    if (self->queue.length >= self->rules.capacity)
      forget (self, g_queue_peek_head (&self->queue));
    entry = g_new0 (Entry, 1);
    entry->key = g_strdup (key);
    entry->link.data = entry;
    g_hash_table_insert (self->entries, entry->key, entry);
  } else {
    g_queue_unlink (&self->queue, &entry->link);
    if (now_us - entry->last_us > self->rules.forget_us)
      entry->attempts = 0;
  }
  g_queue_push_tail_link (&self->queue, &entry->link);
  entry->attempts++;
  entry->last_us = now_us;
}

void
yl_throttle_forgive (YlThrottle *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);
  if (entry != NULL)
    forget (self, entry);
}
