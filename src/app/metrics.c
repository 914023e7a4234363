#include "app/metrics.h"

#include "srtp/gcm.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The values of a counter with a label, or of one without (label NULL). */
typedef struct {
  const char *label; /* its value, for example a reason */
  uint64_t value;
} Value;

static void
head (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# HELP yilian_%s %s\n# TYPE yilian_%s %s\n",
                          name, help, name, type);
}

static void
one (GString *out, const char *name, const char *type, const char *help,
     uint64_t value)
{
  head (out, name, type, help);
  g_string_append_printf (out, "yilian_%s %" G_GUINT64_FORMAT "\n", name,
                          value);
}

static void
labelled (GString *out, const char *name, const char *label,
          const Value *values, size_t n)
{
  for (size_t i = 0; i < n; i++)
    g_string_append_printf (out, "yilian_%s{%s=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            name, label, values[i].label, values[i].value);
}

static void
seconds (GString *out, const char *name, const char *type, const char *help,
         uint64_t us)
{
  head (out, name, type, help);
  g_string_append_printf (
      out, "yilian_%s %" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT "\n", name,
      us / 1000000, us % 1000000);
}

static void
add_calls (GString *out, const YlDesk *desk)
{
  YlDeskStats stats;
  size_t n_codes;
  const YlCodeRow *codes = yl_code_rows (&n_codes);
  yl_desk_stats (desk, &stats);
  head (out, "rpc_calls_total", "counter", "requests by method");
  for (int i = 0; i < YL_N_METHODS; i++) {
    const Value value = { yl_method_row ((YlMethodId) i)->name,
                          stats.calls[i] };
    labelled (out, "rpc_calls_total", "method", &value, 1);
  }
  head (out, "rpc_errors_total", "counter", "error answers by name");
  for (size_t i = 0; i < n_codes; i++) {
    const Value value = { codes[i].name, stats.errors[i] };
    labelled (out, "rpc_errors_total", "name", &value, 1);
  }
  one (out, "people_connected", "gauge", "people with a WebSocket",
       stats.sockets);
}

static void
add_server (GString *out, const YlServer *server)
{
  YlServerStats s;
  yl_server_stats (server, &s);
  one (out, "http_requests_total", "counter", "HTTP requests", s.requests);
  one (out, "websockets_total", "counter", "WebSockets opened", s.sockets);
  one (out, "connections_total", "counter", "TCP connections taken",
       s.admission.entered);
  const Value now[] = { { "guest", s.admission.guests },
                        { "member", s.admission.members } };
  head (out, "connections", "gauge", "TCP connections now");
  labelled (out, "connections", "standing", now, G_N_ELEMENTS (now));
  const Value refused[] = {
    { "displaced", s.admission.displaced },
    { "members_full", s.admission.refused },
    { "wrong_origin", s.wrong_origins },
    { "too_large", s.too_large },
    { "slow_reader", s.slow_readers },
  };
  head (out, "connections_refused_total", "counter",
        "connections and messages refused, by reason");
  labelled (out, "connections_refused_total", "reason", refused,
            G_N_ELEMENTS (refused));
}

static void
add_accounts (GString *out, const YlAccounts *accounts)
{
  YlAccountsStats s;
  yl_accounts_stats (accounts, &s);
  one (out, "sign_ins_total", "counter", "sessions opened", s.signed_in);
  one (out, "login_failures_total", "counter", "wrong account or password",
       s.failures);
  one (out, "login_throttled_total", "counter", "attempts put off",
       s.throttled);
}

static void
add_refusals (GString *out, const char *name, const char *help,
              const uint64_t refusals[YL_WHIP_N_REFUSALS])
{
  head (out, name, "counter", help);
  for (int i = YL_WHIP_OK + 1; i < YL_WHIP_N_REFUSALS; i++) {
    const Value value = { yl_whip_refusal_row ((YlWhipRefusal) i)->name,
                          refusals[i] };
    labelled (out, name, "reason", &value, 1);
  }
}

static void
add_courses (GString *out, const YlCourses *courses)
{
  YlCoursesStats s;
  yl_courses_stats (courses, &s);
  one (out, "courses", "gauge", "courses that are on", s.courses);
  one (out, "publishers", "gauge", "of courses, now", s.publishers);
  one (out, "viewers", "gauge", "of courses, now", s.viewers);
  one (out, "whip_sessions_total", "counter", "publishers answered",
       s.sessions[YL_WHIP_PUBLISH]);
  one (out, "whep_sessions_total", "counter", "viewers answered",
       s.sessions[YL_WHIP_WATCH]);
  add_refusals (out, "whip_refused_total", "requests to publish, by reason",
                s.refusals[YL_WHIP_PUBLISH]);
  add_refusals (out, "whep_refused_total", "requests to watch, by reason",
                s.refusals[YL_WHIP_WATCH]);
}

static void
add_store (GString *out, YlStore *store)
{
  YlStoreStats s;
  yl_store_stats (store, &s);
  one (out, "store_events_total", "counter", "events appended", s.events);
  one (out, "store_failures_total", "counter", "commits that failed",
       s.failures);
  one (out, "store_waiting", "gauge", "requests in the mailbox", s.waiting);
  one (out, "store_commit_seconds_count", "counter", "commits", s.commits);
  seconds (out, "store_commit_seconds_sum", "counter", "time in commits",
           s.commit_us);
  seconds (out, "store_commit_seconds_max", "gauge", "the longest commit",
           s.commit_us_max);
}

static void
add_drops (GString *out, const YlWorkerMetrics *m)
{
  const Value drops[] = {
    { "kernel_full", m->kernel_dropped },
    { "unknown_source", m->unknown_source },
    { "address_taken", m->address_taken },
    { "handshakes_refused", m->handshakes_refused },
    { "not_multiplexed", m->peer.not_multiplexed },
    { "stun_refused", m->peer.stun_refused },
    { "dtls_unverified", m->peer.dtls_unverified },
    { "before_keys", m->peer.before_keys },
    { "too_large", m->peer.too_large },
    { "srtp_malformed", m->peer.srtp[YL_SRTP_MALFORMED] },
    { "srtp_replayed", m->peer.srtp[YL_SRTP_REPLAYED] },
    { "srtp_forged", m->peer.srtp[YL_SRTP_FORGED] },
    { "srtcp_refused", m->peer.srtcp_refused },
    { "rtp_malformed", m->peer.rtp_malformed },
    { "payload_malformed", m->peer.payload_malformed },
    { "rtcp_malformed", m->peer.rtcp_malformed },
    { "unknown_ssrc", m->peer.unknown_ssrc },
    { "ssrc_table_full", m->peer.ssrc_table_full },
    { "unknown_payload_type", m->peer.unknown_payload_type },
    { "no_buffer", m->no_slot },
    { "fan_out_overload", m->fan_out_dropped },
    { "carry_full", m->carry_refused },
    { "duplicate", m->sfu.duplicate },
    { "too_late", m->sfu.too_late },
    { "no_codec", m->sfu.no_codec },
    { "no_peer", m->egress.dropped_no_peer },
    { "protect_refused", m->egress.dropped_protect },
    { "oversize", m->egress.dropped_oversize },
    { "socket_full_video", m->egress.dropped_video },
    { "socket_full_audio", m->egress.dropped_audio },
  };
  head (out, "packets_dropped_total", "counter", "packets by reason");
  labelled (out, "packets_dropped_total", "reason", drops,
            G_N_ELEMENTS (drops));
}

static void
add_up (YlWorkerMetrics *sum, const YlWorkerMetrics *m)
{
  /* The counters of engines are 64-bit numbers and nothing else. */
  const size_t start = offsetof (YlWorkerMetrics, turns);
  uint64_t *to = (uint64_t *) ((char *) sum + start);
  const uint64_t *from = (const uint64_t *) ((const char *) m + start);
  for (size_t i = 0; i < (sizeof *sum - start) / sizeof *to; i++)
    to[i] += from[i];
  sum->peers += m->peers;
  sum->peers_connected += m->peers_connected;
  sum->rooms += m->rooms;
  sum->tracks += m->tracks;
  sum->receive_buffer += m->receive_buffer;
}

/* What each worker has to do, to see whether they share it. */
static const struct {
  const char *name, *type, *help;
  size_t offset; /* of a uint64_t, or of a uint32_t gauge */
} worker_rows[] = {
  { "worker_rooms", "gauge", "rooms and parts of rooms by worker",
    offsetof (YlWorkerMetrics, rooms) },
  { "worker_peers", "gauge", "WebRTC connections by worker",
    offsetof (YlWorkerMetrics, peers) },
  { "worker_busy_microseconds_total", "counter", "time a worker did not wait",
    offsetof (YlWorkerMetrics, busy_us) },
  { "worker_packets_sent_total", "counter", "media packets out by worker",
    offsetof (YlWorkerMetrics, egress.packets) },
  { "worker_carried_out_total", "counter",
    "packets handed to other workers by reference",
    offsetof (YlWorkerMetrics, carried_out) },
  { "worker_carried_in_total", "counter",
    "packets taken over from other workers",
    offsetof (YlWorkerMetrics, carried_in) },
};

static void
add_workers (GString *out, const YlWorkerMetrics *each, unsigned n)
{
  for (size_t row = 0; row < G_N_ELEMENTS (worker_rows); row++) {
    const bool gauge = strcmp (worker_rows[row].type, "gauge") == 0;
    head (out, worker_rows[row].name, worker_rows[row].type,
          worker_rows[row].help);
    for (unsigned i = 0; i < n; i++) {
      const char *at = (const char *) &each[i] + worker_rows[row].offset;
      char label[12];
      g_snprintf (label, sizeof label, "%u", i);
      const Value value = { label, gauge ? *(const uint32_t *) at
                                         : *(const uint64_t *) at };
      labelled (out, worker_rows[row].name, "worker", &value, 1);
    }
  }
}

static void
add_media (GString *out, YlPlane *plane)
{
  unsigned n;
  YlWorker **workers = yl_plane_workers (plane, &n);
  YlWorkerMetrics m = { 0 };
  g_autofree YlWorkerMetrics *each = g_new (YlWorkerMetrics, n);
  for (unsigned i = 0; i < n; i++) {
    yl_worker_get_metrics (workers[i], &each[i]);
    add_up (&m, &each[i]);
  }
  one (out, "rooms", "gauge", "rooms of consultations and courses", m.rooms);
  one (out, "peers", "gauge", "WebRTC connections", m.peers);
  one (out, "peers_connected", "gauge", "of these, connected",
       m.peers_connected);
  one (out, "tracks", "gauge", "published tracks", m.tracks);
  const Value library = { yl_gcm_get ()->name, 1 };
  head (out, "srtp_library", "gauge", "the library that does AES-GCM");
  labelled (out, "srtp_library", "name", &library, 1);
  one (out, "receive_buffer_octets", "gauge",
       "what the media sockets hold, as the kernel counts", m.receive_buffer);
  one (out, "packets_received_total", "counter", "media packets in",
       m.peer.rtp);
  one (out, "packets_sent_total", "counter", "media packets out",
       m.egress.packets);
  one (out, "octets_received_total", "counter", "octets in", m.received_octets);
  one (out, "octets_sent_total", "counter", "octets out", m.sent_octets);
  one (out, "packets_resent_total", "counter", "resent on request",
       m.sfu.resent);
  one (out, "keyframes_asked_total", "counter", "requests to publishers",
       m.sfu.keyframes_asked);
  const Value refused[] = { { "keyframe_damped", m.sfu.keyframes_damped },
                            { "resend_damped", m.sfu.nack_damped },
                            { "resend_limited", m.sfu.nack_limited },
                            { "resend_missing", m.sfu.nack_missing } };
  head (out, "feedback_refused_total", "counter",
        "wishes of viewers not followed, by reason");
  labelled (out, "feedback_refused_total", "reason", refused,
            G_N_ELEMENTS (refused));
  seconds (out, "worker_busy_seconds_total", "counter",
           "time media workers did not wait", m.busy_us);
  add_workers (out, each, n);
  add_drops (out, &m);
}

static void
add_process (GString *out, const YlMetricsSources *sources)
{
  g_autofree char *text = NULL;
  unsigned long pages;
  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      && sscanf (text, "%*u %lu", &pages) == 1)
    one (out, "resident_octets", "gauge", "resident memory",
         pages * (uint64_t) sysconf (_SC_PAGESIZE));
  const struct mallinfo2 heap = mallinfo2 ();
  one (out, "heap_octets", "gauge", "heap in use", heap.uordblks + heap.hblkhd);
  one (out, "heap_free_octets", "gauge", "heap kept for later use",
       heap.fordblks);
  one (out, "started_seconds", "gauge", "start, seconds since 1970",
       (uint64_t) sources->started_ms / 1000);
  if (sources->certificate_expires_ms > 0)
    one (out, "certificate_expires_seconds", "gauge",
         "end of the certificate, seconds since 1970",
         (uint64_t) sources->certificate_expires_ms / 1000);
}

char *
yl_metrics_text (const YlMetricsSources *sources)
{
  GString *out = g_string_new (NULL);
  add_process (out, sources);
  add_calls (out, sources->desk);
  add_server (out, sources->server);
  add_accounts (out, sources->accounts);
  add_store (out, sources->store);
  if (sources->media != NULL) {
    one (out, "consultations_with_media", "gauge", "rooms wanted",
         yl_media_count (sources->media));
  }
  if (sources->courses != NULL)
    add_courses (out, sources->courses);
  if (sources->plane != NULL)
    add_media (out, sources->plane);
  return g_string_free (out, FALSE);
}
