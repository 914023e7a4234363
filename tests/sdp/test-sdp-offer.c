#include "sdp/sdp-offer.h"

#include <string.h>

static char *
load (const char *name)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "data", "sdp", name, NULL);
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static YlSdpOffer *
parse (const char *name)
{
  g_autofree char *text = load (name);
  g_autoptr (GError) error = NULL;
  YlSdpOffer *offer = yl_sdp_offer_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return offer;
}

static void
test_chromium (void)
{
  g_autoptr (YlSdpOffer) offer = parse ("chromium-consultation.sdp");
  g_assert_cmpuint (offer->n_sections, ==, 5);
  g_assert_cmpuint (offer->n_bundle, ==, 5);
  g_assert_null (offer->transport.ufrag);

  const YlSdpSection *voice = &offer->sections[0];
  g_assert_cmpstr (voice->mid, ==, "0");
  g_assert_cmpuint (voice->directions, ==, YL_SDP_SENDS);
  g_assert_true (voice->open && voice->rtcp_mux && voice->rtcp_rsize);
  g_assert_cmpstr (voice->transport.ufrag, ==, "Fm6H");
  g_assert_cmpuint (voice->transport.setup, ==, YL_SDP_SETUP_ACTPASS);
  g_assert_cmpuint (voice->transport.n_fingerprints, ==, 1);
  g_assert_cmphex (voice->transport.fingerprints[0][0], ==, 0x92);
  g_assert_cmphex (voice->transport.fingerprints[0][31], ==, 0x73);
  g_assert_cmpuint (voice->n_codecs, ==, 1);
  g_assert_cmpuint (voice->codecs[0].payload_type, ==, 111);
  g_assert_true (voice->codecs[0].transport_cc);
  g_assert_cmpuint (voice->extensions[YL_SDP_EXT_AUDIO_LEVEL].id, ==, 1);
  g_assert_cmpuint (voice->extensions[YL_SDP_EXT_MID].id, ==, 4);
  g_assert_cmpuint (voice->ssrcs[0], ==, 3486542343u);

  const YlSdpSection *camera = &offer->sections[1];
  g_assert_cmpuint (camera->n_codecs, ==, 3); /* VP8, two H264 */
  g_assert_cmpuint (camera->codecs[0].payload_type, ==, 96);
  g_assert_cmpuint (camera->codecs[0].rtx_payload_type, ==, 97);
  g_assert_cmphex (camera->codecs[1].profile_level_id, ==, 0x42001f);
  g_assert_cmphex (camera->codecs[2].profile_level_id, ==, 0x42e01f);
  g_assert_cmpuint (camera->fid[0], ==, 1193056005u);
  g_assert_cmpuint (camera->fid[1], ==, 773940784u);
  g_assert_cmpuint (camera->n_ssrcs, ==, 2);
  g_assert_cmpuint (offer->sections[4].directions, ==, YL_SDP_RECEIVES);
}

static void
test_firefox (void)
{
  g_autoptr (YlSdpOffer) offer = parse ("firefox-consultation.sdp");
  g_assert_cmpuint (offer->n_bundle, ==, 5);
  g_assert_cmpuint (offer->transport.n_fingerprints, ==, 1);
  g_assert_cmpuint (offer->sections[0].transport.n_fingerprints, ==, 0);
  const YlSdpSection *camera = &offer->sections[1];
  g_assert_true (camera->open && camera->bundle_only);
  g_assert_cmpuint (camera->codecs[0].payload_type, ==, 120);
  g_assert_cmpuint (camera->codecs[0].rtx_payload_type, ==, 124);
  g_assert_cmpuint (camera->fid[1], ==, 2291555067u);
}

static void
test_simulcast (void)
{
  static const char *const names[] = { "chromium-simulcast.sdp",
                                       "firefox-simulcast.sdp" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (YlSdpOffer) offer = parse (names[i]);
    const YlSdpSection *camera = &offer->sections[1];
    g_assert_cmpuint (camera->n_rids, ==, 2);
    g_assert_cmpstr (camera->rids[0], ==, "h");
    g_assert_cmpstr (camera->rids[1], ==, "q");
    g_assert_cmpuint (camera->extensions[YL_SDP_EXT_RID].id, !=, 0);
  }
}

static const char head[] = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
                           "a=group:BUNDLE 0\r\n"
                           "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";

/* Parses `head` followed by one attribute line. */
static YlSdpOffer *
parse_line (const char *line, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s%s\r\n", head, line);
  return yl_sdp_offer_parse (text, strlen (text), error);
}

static void
test_malformed (void)
{
  static const char *const lines[] = {
    "a=mid:",
    "a=mid:longer-than-sixteen",
    "a=mid:a b",
    "a=ice-ufrag:abc",
    "a=ice-ufrag:ab cd",
    "a=ice-pwd:tooshort",
    "a=setup:holdconn",
    "a=fingerprint:sha-256 00:11",
    "a=fingerprint:sha-256",
    "a=extmap:x urn:x",
    "a=extmap:1/upwards urn:x",
    "a=ssrc:x cname:y",
    "a=ssrc:4294967296 cname:y",
    "a=ssrc-group:FID 1",
    "a=ssrc-group:FID 1 1",
    "a=ssrc-group:FID 1 x",
    "a=simulcast:send",
    "a=simulcast:send ;",
    "a=simulcast:send a:b",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", lines[i]);
    g_assert_null (parse_line (lines[i], &error));
    g_assert_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED);
  }
}

static void
test_left_out (void)
{
  static const char *const lines[] = {
    "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:300 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:4 urn:unknown",
    "a=fingerprint:sha-1 00:11",
    "a=",
    "a=:",
    "a=rtpmap",
    "a=unknown:\xe5\x8c\xbb",
    "a=simulcast:recv a;b",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", lines[i]);
    g_autoptr (YlSdpOffer) offer = parse_line (lines[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (offer->sections[0].extensions[YL_SDP_EXT_MID].id, ==, 0);
    g_assert_cmpuint (offer->sections[0].transport.n_fingerprints, ==, 0);
    g_assert_cmpuint (offer->sections[0].n_rids, ==, 0);
  }
}

static void
test_simulcast_lists (void)
{
  g_autoptr (YlSdpOffer) offer =
      parse_line ("a=simulcast:recv x send ~a,b;c;d;e", NULL);
  const YlSdpSection *section = &offer->sections[0];
  g_assert_cmpuint (section->n_rids, ==, YL_SDP_MAX_RIDS);
  g_assert_cmpstr (section->rids[0], ==, "a");
  g_assert_cmpstr (section->rids[1], ==, "c");
  g_assert_cmpstr (section->rids[2], ==, "d");
}

static void
test_duplicate_mid (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (parse_line ("a=mid:0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                             "a=mid:0",
                             &error));
  g_assert_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED);
}

/* Cut anywhere, an offer is refused or read as the smaller offer it is. */
static void
test_truncated (void)
{
  g_autofree char *text = load ("firefox-simulcast.sdp");
  for (size_t size = 0; size < strlen (text); size++) {
    g_autofree char *cut = g_memdup2 (text, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (YlSdpOffer) offer = yl_sdp_offer_parse (cut, size, &error);
    if (offer == NULL)
      g_assert_nonnull (error);
    else
      g_assert_true (size > 0 && text[size - 1] == '\n');
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/offer/chromium", test_chromium);
  g_test_add_func ("/sdp/offer/firefox", test_firefox);
  g_test_add_func ("/sdp/offer/simulcast", test_simulcast);
  g_test_add_func ("/sdp/offer/malformed", test_malformed);
  g_test_add_func ("/sdp/offer/left-out", test_left_out);
  g_test_add_func ("/sdp/offer/simulcast-lists", test_simulcast_lists);
  g_test_add_func ("/sdp/offer/duplicate-mid", test_duplicate_mid);
  g_test_add_func ("/sdp/offer/truncated", test_truncated);
  return g_test_run ();
}
