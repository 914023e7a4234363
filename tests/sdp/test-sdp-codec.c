#include "sdp/sdp-codec.h"

#include <glib.h>

/* Borrows nothing; @attributes is "key:value" per line. */
static uint8_t
read_codecs (const char *formats, const char *attributes,
             YlSdpCodec codecs[YL_SDP_MAX_CODECS])
{
  GstSDPMedia *media;
  gst_sdp_media_new (&media);
  g_auto (GStrv) words = g_strsplit (formats, " ", -1);
  for (size_t i = 0; words[i] != NULL; i++)
    gst_sdp_media_add_format (media, words[i]);
  g_auto (GStrv) lines = g_strsplit (attributes, "\n", -1);
  for (size_t i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (lines[i], ":", 2);
    gst_sdp_media_add_attribute (media, pair[0], pair[1]);
  }
  const uint8_t n = yl_sdp_read_codecs (media, codecs);
  gst_sdp_media_free (media);
  return n;
}

static void
test_rtx (void)
{
  YlSdpCodec codecs[YL_SDP_MAX_CODECS];
  const uint8_t n = read_codecs ("96 97 100",
                                 "rtpmap:96 vp8/90000\n"
                                 "rtcp-fb:* nack\nrtcp-fb:96 ccm fir\n"
                                 "rtpmap:97 rtx/90000\nfmtp:97 apt=96\n"
                                 "rtpmap:100 VP9/90000",
                                 codecs);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (codecs[0].kind, ==, YL_SDP_CODEC_VP8);
  g_assert_cmpuint (codecs[0].payload_type, ==, 96);
  g_assert_cmpuint (codecs[0].rtx_payload_type, ==, 97);
  g_assert_true (codecs[0].nack && codecs[0].fir && !codecs[0].pli);
}

static void
test_h264 (void)
{
  static const struct {
    const char *fmtp;
    uint32_t profile; /* 0: left out */
  } rows[] = {
    { "packetization-mode=1;profile-level-id=42e01f", 0x42e01f },
    { "profile-level-id=42001F; packetization-mode=1", 0x42001f },
    { "packetization-mode=0;profile-level-id=42e01f", 0 },
    { "profile-level-id=42e01f", 0 },
    { "packetization-mode=1;profile-level-id=640c1f", 0 },
    { "packetization-mode=1;profile-level-id=42e0", 0 },
    { "packetization-mode=1;profile-level-id=42e01f00", 0 },
    { "", 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    YlSdpCodec codecs[YL_SDP_MAX_CODECS];
    g_autofree char *text =
        g_strdup_printf ("rtpmap:102 H264/90000\nfmtp:102 %s", rows[i].fmtp);
    const uint8_t n = read_codecs ("102", text, codecs);
    g_assert_cmpuint (n, ==, rows[i].profile != 0);
    if (n > 0)
      g_assert_cmphex (codecs[0].profile_level_id, ==, rows[i].profile);
  }
}

static void
test_strange (void)
{
  YlSdpCodec codecs[YL_SDP_MAX_CODECS];
  g_assert_cmpuint (read_codecs ("128 x 1x -1 111",
                                 "rtpmap:128 VP8/90000\nrtpmap:111\n"
                                 "rtpmap: opus/48000/2\nfmtp:111",
                                 codecs),
                    ==, 0);
  g_assert_cmpuint (
      read_codecs ("111 111 111", "rtpmap:111 opus/48000/2", codecs), ==, 1);
  g_assert_cmpuint (read_codecs ("111", "rtpmap:111 opus/48000/1", codecs), ==,
                    0);
}

static void
test_bound (void)
{
  YlSdpCodec codecs[YL_SDP_MAX_CODECS];
  GString *formats = g_string_new ("96");
  GString *attributes = g_string_new ("rtpmap:96 VP8/90000");
  for (unsigned pt = 97; pt < 120; pt++) {
    g_string_append_printf (formats, " %u", pt);
    g_string_append_printf (attributes, "\nrtpmap:%u VP8/90000", pt);
  }
  g_assert_cmpuint (read_codecs (formats->str, attributes->str, codecs), ==,
                    YL_SDP_MAX_CODECS);
  g_string_free (formats, TRUE);
  g_string_free (attributes, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/codec/rtx", test_rtx);
  g_test_add_func ("/sdp/codec/h264", test_h264);
  g_test_add_func ("/sdp/codec/strange", test_strange);
  g_test_add_func ("/sdp/codec/bound", test_bound);
  return g_test_run ();
}
