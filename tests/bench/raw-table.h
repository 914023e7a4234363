/* raw-table.h: who sends and who receives at the raw limit
 *
 * Told in lines of words, one answer each ("ok NUMBER" or "error REASON"):
 *
 *   source KEY AUDIO-SSRC VIDEO-SSRC
 *   viewer SOURCE ADDRESS PORT KEY AUDIO VIDEO
 *   leave VIEWER
 *
 * KEY is master key and salt in hexadecimal. AUDIO and VIDEO of a viewer are
 * SSRC:PAYLOAD-TYPE:EXTENSION:SEQUENCE-AT, with the header extension block in
 * hexadecimal ("-": none) and the octet of it at which a transport-wide
 * sequence number goes (0: none). */
#pragma once

#include "raw-crypto.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAW_EXTENSION_MAX 24

enum { RAW_AUDIO, RAW_VIDEO, RAW_KINDS };

/* One decrypted packet, waiting to be sent on. */
typedef struct {
  uint8_t *payload; /* room for padding behind it */
  uint16_t size;    /* of the payload [octets] */
  uint16_t padding; /* put behind it */
  uint8_t kind;
  uint8_t marker;
  uint32_t timestamp;
  int64_t index;
} RawPacket;

#define RAW_MAX_PENDING 128

/* Packets of one stream, and memory for those that outlive their turn. */
typedef struct {
  unsigned n;
  unsigned n_kept; /* the first so many lie in `memory` */
  RawPacket packets[RAW_MAX_PENDING];
  uint8_t memory[RAW_MAX_PENDING][1536];
} RawPending;

/* What a viewer gets of one stream. */
typedef struct {
  uint8_t iv[RAW_IV_SIZE];
  uint32_t ssrc; /* network order, as the next */
  uint32_t timestamp_shift;
  int64_t index_shift; /* index sent less index received */
  bool started;
  uint8_t payload_type;
  uint8_t extension_size;
  uint8_t transport_seq_at;
  uint8_t extension[RAW_EXTENSION_MAX];
} RawStream;

typedef struct {
  struct sockaddr_in address;
  uint16_t transport_seq;
  uint32_t number;
  RawKey key;
  RawStream streams[RAW_KINDS];
} RawViewer;

/* One publisher, and those who receive it. */
typedef struct {
  RawKey key;
  struct {
    uint32_t ssrc;
    uint8_t iv[RAW_IV_SIZE];
    int64_t newest; /* index */
    bool started;
  } streams[RAW_KINDS];
  RawViewer *viewers;
  uint32_t n_viewers;
  uint32_t room; /* for viewers, in `viewers` */
  /* the forwarder's */
  RawPending *pending[RAW_KINDS];
  uint64_t hold_until_ns; /* 0: nothing is held */
  bool dirty;             /* something came this turn */
} RawSource;

/* An SSRC and whose it is. */
typedef struct {
  uint32_t ssrc;
  uint16_t source;
  uint8_t kind;
  bool used;
} RawEntry;

#define RAW_MAX_SOURCES 1024
#define RAW_HASH_SIZE 4096 /* a power of two, above twice the SSRCs */

typedef struct {
  RawSource sources[RAW_MAX_SOURCES];
  uint32_t n_sources;
  uint32_t n_viewers; /* ever: their numbers */
  RawEntry entries[RAW_HASH_SIZE];
} RawTable;

/* Does what @line says and writes the answer, with its newline. */
void raw_table_command (RawTable *self, char *line, char *answer, size_t size);

void raw_table_clear (RawTable *self);

/* NULL: nobody's. */
static inline const RawEntry *
raw_table_find (const RawTable *self, uint32_t ssrc)
{
  uint32_t at = ssrc * 2654435761u >> 20;
  for (;; at = (at + 1) & (RAW_HASH_SIZE - 1)) {
    const RawEntry *entry = &self->entries[at];
    if (!entry->used)
      return NULL;
    if (entry->ssrc == ssrc)
      return entry;
  }
}
