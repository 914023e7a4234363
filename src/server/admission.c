#include "server/admission.h"

#include <string.h>

typedef struct {
  uint8_t prefix[16]; /* key: IPv4 whole, IPv6 its /64 */
  GQueue guests;      /* of YlAdmissionEntry, silent longest first */
  unsigned members;
} Place;

typedef enum { GUEST, MEMBER, DISPLACED } Standing;

struct YlAdmissionEntry {
  Standing standing;
  Place *place;
  void *owner;
  GList among_all;   /* link in all guests */
  GList among_place; /* link in its place's guests */
};

struct YlAdmission {
  YlAdmissionCaps caps;
  YlAdmissionStats stats;
  GHashTable *places; /* Place by prefix */
  GQueue guests;      /* of YlAdmissionEntry, silent longest first */
};

static guint
place_hash (gconstpointer key)
{
  const uint8_t *prefix = key;
  guint hash = 5381;
  for (int i = 0; i < 16; i++)
    hash = hash * 33 + prefix[i];
  return hash;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 16) == 0;
}

YlAdmission *
yl_admission_new (const YlAdmissionCaps *caps)
{
  YlAdmission *self = g_new0 (YlAdmission, 1);
  self->caps = *caps;
  self->places = g_hash_table_new_full (place_hash, place_equal, NULL, g_free);
  g_queue_init (&self->guests);
  return self;
}

void
yl_admission_free (YlAdmission *self)
{
  g_return_if_fail (g_hash_table_size (self->places) == 0);
  g_hash_table_unref (self->places);
  g_free (self);
}

static Place *
find_place (YlAdmission *self, const YlAddress *address)
{
  uint8_t prefix[16] = { 0 };
  memcpy (prefix, address->ip, yl_address_is_v4 (address) ? 16 : 8);
  Place *place = g_hash_table_lookup (self->places, prefix);
  if (place == NULL) {
    place = g_new0 (Place, 1);
    memcpy (place->prefix, prefix, 16);
    g_queue_init (&place->guests);
    g_hash_table_insert (self->places, place->prefix, place);
  }
  return place;
}

static void
unlink_guest (YlAdmission *self, YlAdmissionEntry *entry)
{
  g_queue_unlink (&self->guests, &entry->among_all);
  g_queue_unlink (&entry->place->guests, &entry->among_place);
  self->stats.guests--;
}

static void
link_guest (YlAdmission *self, YlAdmissionEntry *entry)
{
  g_queue_push_tail_link (&self->guests, &entry->among_all);
  g_queue_push_tail_link (&entry->place->guests, &entry->among_place);
  self->stats.guests++;
}

static void
forget_place_if_empty (YlAdmission *self, Place *place)
{
  if (place->members == 0 && place->guests.length == 0)
    g_hash_table_remove (self->places, place->prefix);
}

static void *
displace (YlAdmission *self, YlAdmissionEntry *entry)
{
  unlink_guest (self, entry);
  entry->standing = DISPLACED;
  self->stats.displaced++;
  forget_place_if_empty (self, entry->place);
  entry->place = NULL;
  return entry->owner;
}

YlAdmissionEntry *
yl_admission_enter (YlAdmission *self, const YlAddress *address, void *owner,
                    void **displaced)
{
  Place *place = find_place (self, address);
  YlAdmissionEntry *entry = g_new0 (YlAdmissionEntry, 1);
  entry->place = place;
  entry->owner = owner;
  entry->among_all.data = entry;
  entry->among_place.data = entry;
  link_guest (self, entry);
  self->stats.entered++;

  *displaced = NULL;
  if (place->guests.length > self->caps.guests_per_address)
    *displaced = displace (self, g_queue_peek_head (&place->guests));
  else if (self->guests.length > self->caps.guests)
    *displaced = displace (self, g_queue_peek_head (&self->guests));
  return entry;
}

void
yl_admission_touch (YlAdmission *self, YlAdmissionEntry *entry)
{
  if (entry->standing != GUEST)
    return;
  unlink_guest (self, entry);
  link_guest (self, entry);
}

bool
yl_admission_promote (YlAdmission *self, YlAdmissionEntry *entry)
{
  if (entry->standing == MEMBER)
    return true;
  if (entry->standing == DISPLACED || self->stats.members >= self->caps.members
      || entry->place->members >= self->caps.members_per_address) {
    self->stats.refused++;
    return false;
  }
  unlink_guest (self, entry);
  entry->standing = MEMBER;
  entry->place->members++;
  self->stats.members++;
  return true;
}

void
yl_admission_leave (YlAdmission *self, YlAdmissionEntry *entry)
{
  if (entry->standing == GUEST) {
    unlink_guest (self, entry);
  } else if (entry->standing == MEMBER) {
    entry->place->members--;
    self->stats.members--;
  }
  if (entry->place != NULL)
    forget_place_if_empty (self, entry->place);
  g_free (entry);
}

void
yl_admission_stats (const YlAdmission *self, YlAdmissionStats *stats)
{
  *stats = self->stats;
}
