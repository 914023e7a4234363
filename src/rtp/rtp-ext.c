#include "rtp/rtp-ext.h"

#include "base/time.h"
#include "base/writer.h"

#define ONE_OCTET_STOP 15
#define BLOCK_HEADER_SIZE 4

void
yl_rtp_ext_iter_init (YlRtpExtIter *self, const YlRtpView *view)
{
  const uint16_t profile = view->extension_profile;
  self->two_octet = (profile & 0xfff0) == YL_RTP_EXT_TWO_OCTET;
  const bool known = self->two_octet || profile == YL_RTP_EXT_ONE_OCTET;
  self->in = yl_reader_init (view->extension, known && view->extension != NULL
                                                  ? view->extension_size
                                                  : 0);
}

bool
yl_rtp_ext_iter_next (YlRtpExtIter *self, YlRtpExt *element)
{
  YlReader *in = &self->in;
  uint8_t head = 0;
  while (yl_reader_left (in) > 0 && head == 0)
    head = yl_reader_u8 (in); /* 0 pads between elements */
  if (head == 0)
    return false;

  YlRtpExt e;
  if (self->two_octet) {
    e.id = head;
    e.size = yl_reader_u8 (in);
  } else {
    e.id = head >> 4;
    e.size = (head & 0x0f) + 1;
    /* 15 ends the block (4.2); 0 with a length is nothing we can skip by
     * right, so it ends the block too. */
    if (e.id == ONE_OCTET_STOP || e.id == 0) {
      in->cur = in->end;
      return false;
    }
  }
  e.data = yl_reader_take (in, e.size);
  if (in->failed)
    return false;
  *element = e;
  return true;
}

bool
yl_rtp_ext_find (const YlRtpView *view, uint8_t id, YlRtpExt *element)
{
  YlRtpExtIter iter;
  YlRtpExt e;
  yl_rtp_ext_iter_init (&iter, view);
  while (id != 0 && yl_rtp_ext_iter_next (&iter, &e)) {
    if (e.id == id) {
      *element = e;
      return true;
    }
  }
  return false;
}

static void
read_text (const YlRtpExt *e, const char **text, uint8_t *size)
{
  if (e->size > 0) {
    *text = (const char *) e->data;
    *size = e->size;
  }
}

static void
read_element (const YlRtpExt *e, const YlRtpExtIds *ids, YlRtpExtValues *v)
{
  YlReader in = yl_reader_init (e->data, e->size);
  if (e->id == ids->transport_cc) {
    if (e->size == 2) {
      v->has_transport_seq = true;
      v->transport_seq = yl_reader_u16 (&in);
    }
  } else if (e->id == ids->mid) {
    read_text (e, &v->mid, &v->mid_size);
  } else if (e->id == ids->rid) {
    read_text (e, &v->rid, &v->rid_size);
  } else if (e->id == ids->repaired_rid) {
    read_text (e, &v->repaired_rid, &v->repaired_rid_size);
  } else if (e->id == ids->audio_level) {
    /* The two-octet form may add a zero octet (RFC 6464, 3). */
    if (e->size >= 1) {
      const uint8_t level = yl_reader_u8 (&in);
      v->voice = level >> 7;
      v->audio_level = level & 0x7f;
    }
  } else if (e->id == ids->abs_send_time) {
    if (e->size == 3) {
      v->has_abs_send_time = true;
      v->abs_send_time = yl_reader_u24 (&in);
    }
  }
}

void
yl_rtp_ext_read (const YlRtpView *view, const YlRtpExtIds *ids,
                 YlRtpExtValues *values)
{
  YlRtpExtIter iter;
  YlRtpExt e;
  *values = (YlRtpExtValues){ .audio_level = YL_RTP_EXT_AUDIO_LEVEL_ABSENT };
  yl_rtp_ext_iter_init (&iter, view);
  while (yl_rtp_ext_iter_next (&iter, &e))
    read_element (&e, ids, values);
}

/* Reserves an element with a one-octet header; NULL if it is not wanted. */
static uint8_t *
begin_element (YlWriter *out, uint8_t id, bool present, size_t size)
{
  if (id == 0 || id > YL_RTP_EXT_MAX_ID || !present || size == 0 || size > 16)
    return NULL;
  yl_writer_u8 (out, (uint8_t) (id << 4 | (size - 1)));
  return yl_writer_reserve (out, size);
}

static void
write_text (YlWriter *out, uint8_t id, const char *text, uint8_t size)
{
  uint8_t *p = begin_element (out, id, text != NULL, size);
  if (p != NULL)
    memcpy (p, text, size);
}

void
yl_rtp_ext_write (uint8_t to[YL_RTP_EXT_BLOCK_MAX], const YlRtpExtIds *ids,
                  const YlRtpExtValues *values, YlRtpExtLayout *layout)
{
  YlWriter out = yl_writer_init (to, YL_RTP_EXT_BLOCK_MAX);
  YlRtpExtLayout l = { 0 };
  yl_writer_u16 (&out, YL_RTP_EXT_ONE_OCTET);
  yl_writer_u16 (&out, 0); /* length, below */

  uint8_t *p =
      begin_element (&out, ids->transport_cc, values->has_transport_seq, 2);
  if (p != NULL) {
    yl_write_u16 (p, values->transport_seq);
    l.transport_seq_at = (uint8_t) (p - to);
  }
  p = begin_element (&out, ids->abs_send_time, values->has_abs_send_time, 3);
  if (p != NULL) {
    yl_rtp_ext_patch_abs_send_time (p, values->abs_send_time);
    l.abs_send_time_at = (uint8_t) (p - to);
  }
  p = begin_element (&out, ids->audio_level,
                     values->audio_level != YL_RTP_EXT_AUDIO_LEVEL_ABSENT, 1);
  if (p != NULL) {
    *p = (uint8_t) (values->voice << 7 | (values->audio_level & 0x7f));
    l.audio_level_at = (uint8_t) (p - to);
  }
  write_text (&out, ids->mid, values->mid, values->mid_size);
  write_text (&out, ids->rid, values->rid, values->rid_size);
  write_text (&out, ids->repaired_rid, values->repaired_rid,
              values->repaired_rid_size);

  if (yl_writer_size (&out) > BLOCK_HEADER_SIZE) {
    yl_writer_zeros (&out, -yl_writer_size (&out) & 3);
    l.size = (uint8_t) yl_writer_size (&out);
    yl_write_u16 (to + 2, (l.size - BLOCK_HEADER_SIZE) / 4);
  }
  *layout = l;
}

uint32_t
yl_rtp_ext_abs_send_time (uint64_t now_us)
{
  return (uint32_t) (((now_us % (64 * YL_US_PER_S)) << 18) / YL_US_PER_S);
}
