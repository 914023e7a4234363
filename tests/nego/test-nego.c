#include "nego/nego.h"

#include "support.h"

typedef struct {
  YlNegoSession *session;
  YlRandom random;
  YlAddress candidates[2];
  YlNegoSite site;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  (void) data;
  f->session = yl_nego_session_new ();
  yl_random_init_seeded (&f->random, 7);
  g_assert_true (yl_address_parse_ip (&f->candidates[0], "192.0.2.1", 8443));
  g_assert_true (yl_address_parse_ip (&f->candidates[1], "2001:db8::1", 8443));
  f->site = (YlNegoSite){ .candidates = f->candidates, .n_candidates = 2 };
  for (unsigned i = 0; i < 32; i++)
    f->site.fingerprint.sha256[i] = (uint8_t) i;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void) data;
  yl_nego_session_free (f->session);
}

static void
answer (Fixture *f, const char *text, uint32_t generation, YlNegoAnswer *to)
{
  const YlNegoOffer offer = { .text = text,
                              .size = strlen (text),
                              .generation = generation };
  g_autoptr (GError) error = NULL;
  g_assert_true (
      yl_nego_answer (f->session, &offer, &f->site, &f->random, to, &error));
  g_assert_no_error (error);
}

static void
refuse (Fixture *f, const char *text, uint32_t generation, int code)
{
  const YlNegoOffer offer = { .text = text,
                              .size = strlen (text),
                              .generation = generation };
  g_autoptr (GError) error = NULL;
  YlNegoAnswer untouched = { 0 };
  g_assert_false (yl_nego_answer (f->session, &offer, &f->site, &f->random,
                                  &untouched, &error));
  g_assert_error (error, YL_NEGO_ERROR, code);
  g_assert_null (untouched.text);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("%s is missing in:\n%s", part, text);
}

static unsigned
count (const char *text, const char *part)
{
  unsigned n = 0;
  for (const char *p = text; (p = strstr (p, part)) != NULL; p++)
    n++;
  return n;
}

static void
test_chromium (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *offer = load_offer ("chromium-consultation.sdp");
  YlNegoAnswer a;
  answer (f, offer, 1, &a);
  const YlPeerConfig *config = a.config;
  g_assert_false (a.repeated);
  g_assert_cmpuint (config->n_sections, ==, 5);
  g_assert_cmpuint (config->generation, ==, 1);
  g_assert_cmpstr (config->remote_ufrag, ==, "Fm6H");
  g_assert_cmpuint (config->n_fingerprints, ==, 1);

  const YlPeerSection *camera = &config->sections[1];
  g_assert_cmpuint (camera->direction, ==, YL_DIRECTION_RECEIVE);
  g_assert_cmpuint (camera->ssrc, ==, 1193056005u);
  g_assert_cmpuint (camera->rtx_ssrc, ==, 773940784u);
  g_assert_cmpuint (camera->n_codecs, ==, 3);
  g_assert_cmpuint (camera->codecs[0].codec, ==, YL_CODEC_VP8);
  g_assert_cmpuint (camera->codecs[0].rtx_payload_type, ==, 97);
  g_assert_cmpuint (camera->codecs[1].packetization_mode, ==, 1);
  g_assert_cmpuint (camera->extensions.transport_cc, ==, 3);
  const YlPeerSection *slot = &config->sections[3];
  g_assert_cmpuint (slot->direction, ==, YL_DIRECTION_SEND);
  g_assert_cmpuint (slot->slot_ssrc, !=, 0);
  g_assert_cmpuint (slot->slot_rtx_ssrc, !=, 0);
  g_assert_cmpuint (config->sections[2].slot_rtx_ssrc, ==, 0);

  assert_has (a.text, "a=ice-lite\r\n");
  assert_has (a.text, "a=group:BUNDLE 0 1 2 3 4\r\n");
  assert_has (a.text, "a=candidate:1 1 udp 2130706431 192.0.2.1 8443 typ "
                      "host\r\na=candidate:2 1 udp 2130706175 2001:db8::1 "
                      "8443 typ host\r\na=end-of-candidates\r\n");
  assert_has (a.text, "a=fingerprint:sha-256 00:01:02");
  assert_has (a.text, "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 108 109\r\n");
  assert_has (a.text, "a=rtcp-fb:96 transport-cc\r\n");
  assert_has (a.text, "profile-level-id=42e01f\r\n");
  assert_has (a.text, "a=msid:yilian-0 slot-2\r\n");
  assert_has (a.text, "a=msid:yilian-1 slot-4\r\n");
  g_assert_cmpuint (count (a.text, "a=setup:passive"), ==, 5);
  g_assert_cmpuint (count (a.text, "a=rtcp-mux\r\n"), ==, 5);
  g_assert_cmpuint (count (a.text, "a=ssrc-group:FID"), ==, 2);
  g_assert_cmpuint (count (a.text, "goog-remb"), ==, 0);
  g_assert_cmpuint (count (a.text, "a=end-of-candidates"), ==, 1);
  yl_nego_answer_clear (&a);
}

/* Numbers are the client's, bundle-only sections count, and explicit
 * extension directions are mirrored. */
static void
test_firefox (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *plain = load_offer ("firefox-consultation.sdp");
  g_autofree char *offer = edit (plain, "a=extmap:4 http://www.webrtc.org",
                                 "a=extmap:4/recvonly http://www.webrtc.org");
  YlNegoAnswer a;
  answer (f, offer, 1, &a);
  g_assert_cmpuint (a.config->n_fingerprints, ==, 1);
  g_assert_cmpuint (a.config->sections[1].codecs[0].payload_type, ==, 120);
  g_assert_cmpuint (a.config->sections[1].extensions.abs_send_time, ==, 0);
  g_assert_cmpuint (a.config->sections[3].extensions.abs_send_time, ==, 4);
  assert_has (a.text, "a=group:BUNDLE 0 1 2 3 4\r\n");
  assert_has (a.text, "a=extmap:4/sendonly http://www.webrtc.org");
  assert_has (a.text, "m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\n");
  yl_nego_answer_clear (&a);
}

static void
test_simulcast (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *offer = load_offer ("chromium-simulcast.sdp");
  YlNegoAnswer a;
  answer (f, offer, 1, &a);
  g_assert_cmpuint (a.config->sections[1].n_rids, ==, 1);
  assert_has (a.text, "a=rid:h recv\r\na=simulcast:recv h\r\n");
  yl_nego_answer_clear (&a);

  f->site.simulcast = true;
  answer (f, offer, 2, &a);
  g_assert_cmpuint (a.config->sections[1].n_rids, ==, 2);
  assert_has (a.text, "a=rid:q recv\r\na=simulcast:recv h;q\r\n");
  g_assert_cmpuint (a.config->sections[1].extensions.rid, ==, 10);
  yl_nego_answer_clear (&a);
}

/* The data channel is rejected, not the offer; of sendrecv we take a half. */
static void
test_sendrecv (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *offer = load_offer ("firefox-sendrecv.sdp");
  YlNegoAnswer a;
  answer (f, offer, 1, &a);
  g_assert_cmpuint (a.config->sections[0].direction, ==, YL_DIRECTION_RECEIVE);
  g_assert_cmpuint (a.config->sections[2].direction, ==, YL_DIRECTION_INACTIVE);
  assert_has (a.text, "a=group:BUNDLE 0 1\r\n");
  assert_has (a.text, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                      "c=IN IP4 0.0.0.0\r\na=mid:2\r\n");
  yl_nego_answer_clear (&a);
}

static bool
answer_role (Fixture *f, const char *name, YlNegoRole role, YlNegoAnswer *to,
             GError **error)
{
  g_autofree char *text = load_offer (name);
  const YlNegoOffer offer = {
    .text = text, .size = strlen (text), .generation = 1, .role = role
  };
  return yl_nego_answer (f->session, &offer, &f->site, &f->random, to, error);
}

/* Names of sections that are no numbers, bundle-only with port 0. */
static void
test_publisher (Fixture *f, gconstpointer data)
{
  YlNegoAnswer a;
  g_assert_true (
      answer_role (f, "gstreamer-whip.sdp", YL_NEGO_PUBLISHER, &a, NULL));
  g_assert_cmpuint (a.config->n_sections, ==, 2);
  const YlPeerSection *video = &a.config->sections[0];
  g_assert_cmpstr (video->mid, ==, "video0");
  g_assert_cmpuint (video->direction, ==, YL_DIRECTION_RECEIVE);
  g_assert_cmpuint (video->codecs[0].codec, ==, YL_CODEC_H264);
  g_assert_cmpuint (video->ssrc, ==, 2);
  g_assert_cmpuint (a.config->sections[1].direction, ==, YL_DIRECTION_RECEIVE);
  assert_has (a.text, "a=group:BUNDLE video0 audio1\r\n");
  g_assert_cmpuint (count (a.text, "a=recvonly\r\n"), ==, 2);
  yl_nego_answer_clear (&a);
}

/* Slots of a publisher stay empty, what it sends is taken. */
static void
test_publisher_gets_nothing (Fixture *f, gconstpointer data)
{
  YlNegoAnswer a;
  g_assert_true (answer_role (f, "chromium-consultation.sdp", YL_NEGO_PUBLISHER,
                              &a, NULL));
  g_assert_cmpuint (count (a.text, "a=recvonly\r\n"), ==, 2);
  g_assert_cmpuint (count (a.text, "a=inactive\r\n"), ==, 3);
  g_assert_cmpuint (count (a.text, "a=ssrc:"), ==, 0);
  yl_nego_answer_clear (&a);
}

/* Whatever a viewer offers to send is not taken. */
static void
test_viewer_sends_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  YlNegoAnswer a;
  g_assert_true (
      answer_role (f, "chromium-consultation.sdp", YL_NEGO_VIEWER, &a, NULL));
  g_assert_cmpuint (count (a.text, "a=inactive\r\n"), ==, 2);
  g_assert_cmpuint (count (a.text, "a=sendonly\r\n"), ==, 3);
  g_assert_cmpuint (count (a.text, "a=recvonly\r\n"), ==, 0);
  yl_nego_answer_clear (&a);

  g_clear_pointer (&f->session, yl_nego_session_free);
  f->session = yl_nego_session_new ();
  g_assert_false (
      answer_role (f, "gstreamer-whip.sdp", YL_NEGO_VIEWER, &a, &error));
  g_assert_error (error, YL_NEGO_ERROR, YL_NEGO_ERROR_UNSUPPORTED);
}

/* Of sendrecv a viewer gets the other half. */
static void
test_viewer_sendrecv (Fixture *f, gconstpointer data)
{
  YlNegoAnswer a;
  g_assert_true (
      answer_role (f, "firefox-sendrecv.sdp", YL_NEGO_VIEWER, &a, NULL));
  g_assert_cmpuint (a.config->sections[0].direction, ==, YL_DIRECTION_SEND);
  g_assert_cmpuint (a.config->sections[1].direction, ==, YL_DIRECTION_SEND);
  g_assert_cmpuint (a.config->sections[1].slot_ssrc, !=, 0);
  g_assert_cmpuint (count (a.text, "a=sendonly\r\n"), ==, 2);
  yl_nego_answer_clear (&a);
}

static void
test_generations (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *offer = load_offer ("chromium-voice.sdp");
  YlNegoAnswer first, again, later;
  refuse (f, offer, 0, YL_NEGO_ERROR_STALE_GENERATION);
  answer (f, offer, 3, &first);
  answer (f, "whatever", 3, &again);
  g_assert_cmpstr (again.text, ==, first.text);
  g_assert_true (again.repeated);
  refuse (f, offer, 2, YL_NEGO_ERROR_STALE_GENERATION);

  answer (f, offer, 4, &later);
  g_assert_cmpstr (later.text, !=, first.text); /* the version in o= */
  g_assert_cmpstr (later.config->local_ufrag, ==, first.config->local_ufrag);
  g_assert_cmpuint (later.config->sections[2].slot_ssrc, ==,
                    first.config->sections[2].slot_ssrc);
  yl_nego_answer_clear (&first);
  yl_nego_answer_clear (&again);
  yl_nego_answer_clear (&later);
}

static void
test_ice_restart (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *offer = load_offer ("chromium-consultation.sdp");
  g_autofree char *restart = edit (offer, "ice-ufrag:Fm6H", "ice-ufrag:New1");
  YlNegoAnswer a, b;
  answer (f, offer, 1, &a);
  answer (f, restart, 2, &b);
  g_assert_cmpstr (a.config->local_ufrag, !=, b.config->local_ufrag);
  g_assert_cmpstr (a.config->local_pwd, !=, b.config->local_pwd);
  g_assert_cmpstr (a.config->cname, ==, b.config->cname);
  for (unsigned i = 0; i < 5; i++)
    g_assert_cmpuint (a.config->sections[i].slot_ssrc, ==,
                      b.config->sections[i].slot_ssrc);
  yl_nego_answer_clear (&a);
  yl_nego_answer_clear (&b);
}

/* A refused offer leaves everything as it was, its generation included. */
static void
test_rollback (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *offer = load_offer ("chromium-consultation.sdp");
  g_autofree char *bad = edit (offer, "rtpmap:97 rtx", "rtpmap:97 VP8");
  g_autofree char *renumbered = edit (offer, "extmap:3 http", "extmap:12 http");
  g_autofree char *swapped =
      edit (renumbered, "extmap:2 http", "extmap:3 http");
  YlNegoAnswer a, b;
  answer (f, offer, 1, &a);
  refuse (f, bad, 2, YL_NEGO_ERROR_CONFLICT);
  refuse (f, swapped, 2, YL_NEGO_ERROR_CONFLICT);
  answer (f, offer, 1, &b);
  g_assert_cmpstr (a.text, ==, b.text);
  yl_nego_answer_clear (&b);
  answer (f, offer, 2, &b);
  g_assert_cmpuint (b.config->generation, ==, 2);
  yl_nego_answer_clear (&a);
  yl_nego_answer_clear (&b);
}

/* A section that was stopped may be taken by another mid (RFC 8829, 5.2.2),
 * and a slot that paused: neither gets the old SSRCs. */
static void
test_recycled (Fixture *f, gconstpointer data)
{
  const char *from = data;
  g_autofree char *offer = load_offer ("firefox-voice.sdp");
  g_autofree char *without = edit (offer, "a=recvonly", "a=inactive");
  g_autofree char *mid = edit (offer, "a=mid:2", "a=mid:7");
  g_autofree char *other = edit (mid, "BUNDLE 0 1 2", "BUNDLE 0 1 7");
  YlNegoAnswer a, b;
  answer (f, offer, 1, &a);
  if (strcmp (from, "paused") == 0) {
    answer (f, without, 2, &b);
    g_assert_cmpuint (b.config->sections[2].slot_ssrc, ==, 0);
    assert_has (b.text, "a=inactive\r\n");
    yl_nego_answer_clear (&b);
    answer (f, offer, 3, &b);
  } else {
    answer (f, other, 2, &b);
    g_assert_cmpuint (b.config->sections[1].slot_ssrc, ==,
                      a.config->sections[1].slot_ssrc);
  }
  g_assert_cmpuint (b.config->sections[2].slot_ssrc, !=, 0);
  g_assert_cmpuint (b.config->sections[2].slot_ssrc, !=,
                    a.config->sections[2].slot_ssrc);
  g_assert_cmpuint (b.config->sections[2].slot_rtx_ssrc, !=,
                    a.config->sections[2].slot_rtx_ssrc);
  yl_nego_answer_clear (&a);
  yl_nego_answer_clear (&b);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  (void) data;
  static const struct {
    const char *line;
    int code;
  } rows[] = {
    { "a=group:BUNDLE", YL_NEGO_ERROR_MISSING },
    { "a=fingerprint", YL_NEGO_ERROR_MISSING },
    { "a=ice-ufrag", YL_NEGO_ERROR_MISSING },
    { "a=ice-pwd", YL_NEGO_ERROR_MISSING },
    { "a=rtcp-mux", YL_NEGO_ERROR_MISSING },
    { "a=mid", YL_NEGO_ERROR_MISSING }, /* nobody is in the group then */
    { "a=rtpmap", YL_NEGO_ERROR_UNSUPPORTED },
  };
  static const char *const names[] = { "chromium-consultation.sdp",
                                       "firefox-consultation.sdp" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *offer = load_offer (names[i]);
    for (size_t k = 0; k < G_N_ELEMENTS (rows); k++) {
      g_autofree char *without = edit (offer, rows[k].line, NULL);
      g_test_message ("%s without %s", names[i], rows[k].line);
      refuse (f, without, 1, rows[k].code);
    }
  }
}

static void
test_contradictions (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *chromium = load_offer ("chromium-voice.sdp");
  g_autofree char *other = edit (
      chromium, "m=video",
      "a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:"
      "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00"
      "\r\nm=video"); /* of the slot for audio: it now has two */
  refuse (f, other, 1, YL_NEGO_ERROR_CONFLICT);

  g_autofree char *firefox = load_offer ("firefox-voice.sdp");
  g_autofree char *passive = edit (firefox, "actpass", "passive");
  refuse (f, passive, 1, YL_NEGO_ERROR_UNSUPPORTED);
  g_autofree char *name = g_strnfill (40, 'x');
  g_autofree char *ufrag = g_strdup_printf ("a=ice-ufrag:%s", name);
  g_autofree char *long_name = edit (firefox, "a=ice-ufrag:", ufrag);
  refuse (f, long_name, 1, YL_NEGO_ERROR_UNSUPPORTED);

  YlNegoAnswer a;
  answer (f, firefox, 1, &a);
  yl_nego_answer_clear (&a);
  g_auto (GStrv) parts = g_strsplit (firefox, "m=video", 2);
  refuse (f, parts[0], 2, YL_NEGO_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, test) \
  g_test_add ("/nego/nego/" path, Fixture, data, set_up, test, tear_down)
  ADD ("chromium", NULL, test_chromium);
  ADD ("firefox", NULL, test_firefox);
  ADD ("simulcast", NULL, test_simulcast);
  ADD ("sendrecv", NULL, test_sendrecv);
  ADD ("publisher", NULL, test_publisher);
  ADD ("publisher-gets-nothing", NULL, test_publisher_gets_nothing);
  ADD ("viewer-sends-nothing", NULL, test_viewer_sends_nothing);
  ADD ("viewer-sendrecv", NULL, test_viewer_sendrecv);
  ADD ("generations", NULL, test_generations);
  ADD ("ice-restart", NULL, test_ice_restart);
  ADD ("rollback", NULL, test_rollback);
  ADD ("recycled", "recycled", test_recycled);
  ADD ("paused", "paused", test_recycled);
  ADD ("missing", NULL, test_missing);
  ADD ("contradictions", NULL, test_contradictions);
  return g_test_run ();
}
