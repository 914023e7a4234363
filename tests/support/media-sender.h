/* media-sender.h: a camera and a microphone, protected and ready to go
 *
 * Keeps the last second, and resends from it by RTX. */
#pragma once

#include "media-source.h"
#include "rtp/history.h"
#include "srtp/sender.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest packet this makes [octets]. */
#define MEDIA_PROTECTED_MAX (MEDIA_PACKET_MAX + YL_SRTP_MAX_OVERHEAD)

typedef struct {
  YlSrtpSender *srtp;     /* NULL before the start */
  MediaSource sources[2]; /* by kind; ssrc 0: there is none */
  YlPagePool *pages;
  YlRtpHistory *history; /* of the video */
  uint32_t rtx_ssrc;
  uint8_t rtx_payload_type;
  int64_t rtx_seq;
  bool sending;
} MediaSender;

typedef struct {
  MediaSourceSetup sources[2]; /* by kind; ssrc 0: there is none */
  uint32_t rtx_ssrc;           /* 0: nothing is resent */
  uint8_t rtx_payload_type;
} MediaSenderSetup;

void media_sender_init (MediaSender *self);
void media_sender_clear (MediaSender *self);

void media_sender_start (MediaSender *self, const MediaSenderSetup *setup,
                         const YlSrtpKeying *keys, uint64_t now_us);

/* Stops or resumes both. */
void media_sender_set_sending (MediaSender *self, bool sending,
                               uint64_t now_us);

/* Writes the next packet of @kind that is due; returns its size, 0: none.
 * @seq: (out): its number at the source */
size_t media_sender_next (MediaSender *self, YlMediaKind kind, uint64_t now_us,
                          uint8_t out[MEDIA_PROTECTED_MAX], int64_t *seq);

/* Writes the video packet @seq once more, by RTX; 0: it is too old. */
size_t media_sender_resend (MediaSender *self, uint16_t seq, uint64_t now_us,
                            uint8_t out[MEDIA_PROTECTED_MAX]);

/* Protects any packet of a header and a payload. */
size_t media_sender_protect (MediaSender *self, const uint8_t *plain,
                             size_t header_size, size_t size, int64_t seq,
                             uint8_t out[MEDIA_PROTECTED_MAX]);

/* [µs], or YL_NEVER. */
uint64_t media_sender_next_deadline (const MediaSender *self);
