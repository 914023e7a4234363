/* media-sink.c: a viewer that only counts */
#include "media-sink.h"

#include "base/reader.h"
#include "media-source.h"
#include "rtp/payload-info.h"

#include <glib.h>

#define PLAUSIBLE_US 60000000

void
media_sink_init (MediaSink *self, YlMediaKind kind, const char *mid)
{
  *self = (MediaSink){ .kind = kind };
  g_strlcpy (self->mid, mid, sizeof self->mid);
  yl_rtp_receive_stats_init (&self->stats,
                             kind == YL_MEDIA_VIDEO ? 90000 : 48000);
  self->loss = yl_rtp_loss_new ();
}

void
media_sink_clear (MediaSink *self)
{
  yl_rtp_loss_free (self->loss);
}

/* Only our own sources stamp; others' last octets are rarely plausible. */
static void
read_stamp (MediaSink *self, const YlRtpView *view, uint64_t now_us)
{
  if (view->payload_size < MEDIA_STAMP_SIZE)
    return;
  YlReader in = yl_reader_init (
      view->payload + view->payload_size - MEDIA_STAMP_SIZE, MEDIA_STAMP_SIZE);
  const uint64_t sent_us = yl_reader_u64 (&in);
  if (sent_us > now_us || now_us - sent_us > PLAUSIBLE_US)
    return;
  self->stamped++;
  self->delay_us += now_us - sent_us;
  self->max_delay_us = MAX (self->max_delay_us, now_us - sent_us);
}

void
media_sink_receive (MediaSink *self, const YlRtpView *view, bool resent,
                    uint64_t now_us)
{
  const int64_t seq = yl_seq_unwrap (&self->unwrap, view->seq);
  yl_rtp_loss_receive (self->loss, seq, now_us);
  if (view->payload_size == 0)
    return; /* padding only */
  if (resent) {
    self->resent++;
  } else {
    self->packets++;
    yl_rtp_receive_stats_add (&self->stats, view->seq, view->timestamp,
                              (uint32_t) view->payload_size, now_us);
    read_stamp (self, view, now_us);
  }
  self->octets += view->payload_size;
  self->frames += view->marker;
  if (self->first_us == 0)
    self->first_us = now_us;
  self->last_us = now_us;

  YlPayloadInfo info;
  const YlCodec codec =
      self->kind == YL_MEDIA_VIDEO ? YL_CODEC_VP8 : YL_CODEC_OPUS;
  if (!yl_rtp_payload_info_read (&info, codec, view->payload,
                                 view->payload_size))
    self->malformed++;
  if (info.keyframe_start) {
    self->keyframes++;
    yl_rtp_loss_keyframe (self->loss, seq);
  }
  if (self->kind == YL_MEDIA_VIDEO && self->keyframes == 0)
    self->before_keyframe++;
  if (yl_rtp_loss_poll_keyframe_needed (self->loss)
      && self->kind == YL_MEDIA_VIDEO)
    self->want_keyframe = true;
}
