/* raw-table.c: who sends and who receives at the raw limit */
#include "raw-table.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_WORDS 8

typedef struct {
  char *words[MAX_WORDS];
  unsigned n;
} Command;

static bool
read_hex (const char *text, uint8_t *to, size_t capacity, size_t *size)
{
  const size_t n = strlen (text);
  if (n % 2 != 0 || n / 2 > capacity)
    return false;
  for (size_t i = 0; i < n; i += 2) {
    unsigned octet;
    const char pair[3] = { text[i], text[i + 1], '\0' };
    if (strspn (pair, "0123456789abcdefABCDEF") != 2
        || sscanf (pair, "%2x", &octet) != 1)
      return false;
    to[i / 2] = (uint8_t) octet;
  }
  *size = n / 2;
  return true;
}

static bool
read_key (RawKey *key, const char *text, bool seal)
{
  uint8_t master[RAW_MASTER_SIZE];
  size_t size = 0;
  const bool ok = read_hex (text, master, sizeof master, &size)
                  && size == sizeof master && raw_key_init (key, master, seal);
  OPENSSL_cleanse (master, sizeof master);
  return ok;
}

static bool
read_number (const char *text, uint32_t max, uint32_t *value)
{
  char *end;
  const unsigned long n = strtoul (text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || n > max)
    return false;
  *value = (uint32_t) n;
  return true;
}

/* ---- sources ---- */

static void
add_entry (RawTable *self, uint32_t ssrc, uint32_t source, uint8_t kind)
{
  uint32_t at = ssrc * 2654435761u >> 20;
  while (self->entries[at].used)
    at = (at + 1) & (RAW_HASH_SIZE - 1);
  self->entries[at] = (RawEntry){
    .ssrc = ssrc, .source = (uint16_t) source, .kind = kind, .used = true
  };
}

static const char *
add_source (RawTable *self, const Command *command, uint32_t *number)
{
  uint32_t ssrcs[RAW_KINDS];
  if (command->n != 4 || self->n_sources == RAW_MAX_SOURCES)
    return command->n != 4 ? "source takes 3 words" : "too many sources";
  for (unsigned kind = 0; kind < RAW_KINDS; kind++) {
    if (!read_number (command->words[2 + kind], UINT32_MAX, &ssrcs[kind])
        || raw_table_find (self, ssrcs[kind]) != NULL
        || (kind > 0 && ssrcs[kind] == ssrcs[0]))
      return "no new SSRC";
  }
  RawSource *source = &self->sources[self->n_sources];
  memset (source, 0, sizeof *source);
  if (!read_key (&source->key, command->words[1], false))
    return "no key";
  for (uint8_t kind = 0; kind < RAW_KINDS; kind++) {
    source->streams[kind].ssrc = ssrcs[kind];
    raw_key_iv (&source->key, ssrcs[kind], source->streams[kind].iv);
    source->pending[kind] = calloc (1, sizeof *source->pending[kind]);
    if (source->pending[kind] == NULL)
      abort ();
    add_entry (self, ssrcs[kind], self->n_sources, kind);
  }
  *number = self->n_sources++;
  return NULL;
}

/* ---- viewers ---- */

static bool
read_stream (RawStream *stream, char *text)
{
  char *rest = NULL, *parts[4];
  uint32_t ssrc, payload_type, at;
  size_t size = 0;
  for (unsigned i = 0; i < 4; i++) {
    parts[i] = strtok_r (i == 0 ? text : NULL, ":", &rest);
    if (parts[i] == NULL)
      return false;
  }
  if (!read_number (parts[0], UINT32_MAX, &ssrc)
      || !read_number (parts[1], 127, &payload_type)
      || (strcmp (parts[2], "-") != 0
          && !read_hex (parts[2], stream->extension, RAW_EXTENSION_MAX, &size))
      || size % 4 != 0 || !read_number (parts[3], RAW_EXTENSION_MAX, &at)
      || (at > 0 && at + 2 > size))
    return false;
  stream->ssrc = htonl (ssrc);
  stream->payload_type = (uint8_t) payload_type;
  stream->extension_size = (uint8_t) size;
  stream->transport_seq_at = (uint8_t) at;
  return RAND_bytes ((uint8_t *) &stream->timestamp_shift,
                     sizeof stream->timestamp_shift)
         == 1;
}

/* All viewers of one source get packets of one size: messages are planned
 * once for all of them. */
static bool
is_like (const RawViewer *a, const RawViewer *b)
{
  for (unsigned kind = 0; kind < RAW_KINDS; kind++)
    if (a->streams[kind].extension_size != b->streams[kind].extension_size)
      return false;
  return true;
}

static const char *
read_viewer (RawViewer *viewer, const Command *command)
{
  uint32_t port;
  viewer->address.sin_family = AF_INET;
  if (inet_pton (AF_INET, command->words[2], &viewer->address.sin_addr) != 1
      || !read_number (command->words[3], UINT16_MAX, &port))
    return "no IPv4 address and port";
  viewer->address.sin_port = htons ((uint16_t) port);
  for (unsigned kind = 0; kind < RAW_KINDS; kind++)
    if (!read_stream (&viewer->streams[kind], command->words[5 + kind]))
      return "no SSRC:PAYLOAD-TYPE:EXTENSION:SEQUENCE-AT";
  if (!read_key (&viewer->key, command->words[4], true))
    return "no key";
  for (unsigned kind = 0; kind < RAW_KINDS; kind++)
    raw_key_iv (&viewer->key, ntohl (viewer->streams[kind].ssrc),
                viewer->streams[kind].iv);
  return NULL;
}

static const char *
add_viewer (RawTable *self, const Command *command, uint32_t *number)
{
  RawViewer viewer = { 0 };
  uint32_t at;
  if (command->n != 7)
    return "viewer takes 6 words";
  if (!read_number (command->words[1], UINT32_MAX, &at)
      || at >= self->n_sources)
    return "no such source";
  RawSource *source = &self->sources[at];
  const char *wrong = read_viewer (&viewer, command);
  if (wrong == NULL && source->n_viewers > 0
      && !is_like (&viewer, source->viewers))
    wrong = "header extensions of another size than the other viewers'";
  if (wrong != NULL) {
    raw_key_clear (&viewer.key);
    return wrong;
  }
  if (source->n_viewers == source->room) {
    source->room = source->room > 0 ? 2 * source->room : 1;
    source->viewers =
        realloc (source->viewers, source->room * sizeof *source->viewers);
    if (source->viewers == NULL)
      abort ();
  }
  viewer.number = *number = self->n_viewers++;
  source->viewers[source->n_viewers++] = viewer;
  return NULL;
}

static const char *
remove_viewer (RawTable *self, const Command *command, uint32_t *number)
{
  if (command->n != 2 || !read_number (command->words[1], UINT32_MAX, number))
    return "leave takes a number";
  for (uint32_t i = 0; i < self->n_sources; i++) {
    RawSource *source = &self->sources[i];
    for (uint32_t k = 0; k < source->n_viewers; k++) {
      if (source->viewers[k].number != *number)
        continue;
      raw_key_clear (&source->viewers[k].key);
      source->viewers[k] = source->viewers[--source->n_viewers];
      return NULL;
    }
  }
  return "no such viewer";
}

/* ---- lines ---- */

static const struct {
  const char *name;
  const char *(*run) (RawTable *self, const Command *command, uint32_t *number);
} COMMANDS[] = {
  { "source", add_source },
  { "viewer", add_viewer },
  { "leave", remove_viewer },
};

void
raw_table_command (RawTable *self, char *line, char *answer, size_t size)
{
  Command command = { .n = 0 };
  char *rest = NULL;
  const char *wrong = "no such command";
  uint32_t number = 0;
  for (char *word = strtok_r (line, " \r\n", &rest);
       word != NULL && command.n < MAX_WORDS;
       word = strtok_r (NULL, " \r\n", &rest))
    command.words[command.n++] = word;
  for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
    if (command.n > 0 && strcmp (command.words[0], COMMANDS[i].name) == 0)
      wrong = COMMANDS[i].run (self, &command, &number);
  if (wrong != NULL)
    snprintf (answer, size, "error %s\n", wrong);
  else
    snprintf (answer, size, "ok %u\n", number);
}

void
raw_table_clear (RawTable *self)
{
  for (uint32_t i = 0; i < self->n_sources; i++) {
    RawSource *source = &self->sources[i];
    for (uint32_t k = 0; k < source->n_viewers; k++)
      raw_key_clear (&source->viewers[k].key);
    free (source->viewers);
    free (source->pending[RAW_AUDIO]);
    free (source->pending[RAW_VIDEO]);
    raw_key_clear (&source->key);
  }
  memset (self, 0, sizeof *self);
}
