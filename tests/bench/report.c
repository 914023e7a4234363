/* report.c: a run as one JSON object */
#include "report.h"

#include <json-glib/json-glib.h>

static void
add_int (JsonBuilder *out, const char *name, uint64_t value)
{
  json_builder_set_member_name (out, name);
  json_builder_add_int_value (out, (gint64) value);
}

static void
add_double (JsonBuilder *out, const char *name, double value)
{
  json_builder_set_member_name (out, name);
  json_builder_add_double_value (out, value);
}

static void
add_text (JsonBuilder *out, const char *name, const char *value)
{
  json_builder_set_member_name (out, name);
  json_builder_add_string_value (out, value);
}

static void
add_bool (JsonBuilder *out, const char *name, bool value)
{
  json_builder_set_member_name (out, name);
  json_builder_add_boolean_value (out, value);
}

static void
begin (JsonBuilder *out, const char *name)
{
  json_builder_set_member_name (out, name);
  json_builder_begin_object (out);
}

static void
add_parameters (JsonBuilder *out, const Run *run)
{
  const RunOptions *options = run->options;
  add_text (out, "target", options->target);
  add_text (out, "scenario", options->scenario);
  begin (out, "settings");
  char **setting = run->target->setup.options;
  for (; setting != NULL && *setting != NULL; setting++) {
    g_auto (GStrv) sides = g_strsplit (*setting, "=", 2);
    if (g_strv_length (sides) == 2)
      add_text (out, sides[0], sides[1]);
  }
  json_builder_end_object (out);
  add_int (out, "viewers", options->viewers);
  add_int (out, "rooms", options->rooms);
  add_int (out, "joining", options->joining);
  add_int (out, "video_kbps", options->video_kbps);
  add_bool (out, "spread", options->spread);
  add_bool (out, "gro", options->gro);
  add_bool (out, "twcc", options->twcc);
}

static const char *
profile_name (const Run *run)
{
  const Connection *one =
      run->counted->len > 0 ? g_ptr_array_index (run->counted, 0) : NULL;
  switch (one != NULL ? one->send_keys.profile : YL_SRTP_PROFILE_NONE) {
  case YL_SRTP_PROFILE_AES128_CM_SHA1_80:
    return "AES128_CM_SHA1_80";
  case YL_SRTP_PROFILE_AEAD_AES_128_GCM:
    return "AEAD_AES_128_GCM";
  case YL_SRTP_PROFILE_AEAD_AES_256_GCM:
    return "AEAD_AES_256_GCM";
  default:
    return "none";
  }
}

static void
add_cost (JsonBuilder *out, const Run *run)
{
  const double elapsed = (double) (run->end.at_ns - run->begin.at_ns);
  const double cpu = (double) (run->end.cpu_ns - run->begin.cpu_ns);
  const double own = (double) (run->end.own_cpu_ns - run->begin.own_cpu_ns);
  const uint64_t packets = run->totals.all + run->totals.lost;
  add_double (out, "seconds", elapsed / 1e9);
  add_double (out, "cpu_ns_per_packet",
              packets > 0 ? cpu / (double) packets : 0);
  add_double (out, "core_percent", 100 * cpu / elapsed);
  add_double (out, "own_core_percent", 100 * own / elapsed);
}

/* Who came after the server was looked at empty. */
static unsigned
count_comers (const RunOptions *options)
{
  if (g_strcmp0 (options->scenario, "rooms") == 0)
    return options->rooms;
  if (g_strcmp0 (options->scenario, "storm") == 0)
    return options->viewers + options->joining;
  if (g_strcmp0 (options->scenario, "noisy") == 0)
    return options->viewers + options->rooms;
  return options->viewers;
}

static void
add_memory (JsonBuilder *out, const Run *run)
{
  const unsigned n = count_comers (run->options);
  const double grown = (double) run->end.rss_kb - (double) run->empty.rss_kb;
  add_int (out, "rss_kb", run->end.rss_kb);
  add_int (out, "rss_empty_kb", run->empty.rss_kb);
  add_double (out, "rss_each_kb", n > 0 ? grown / n : 0);
  add_int (out, "threads", run->end.threads);
}

static void
add_latency (JsonBuilder *out, const char *name, const Histogram *latency)
{
  begin (out, name);
  add_int (out, "p50", histogram_quantile (latency, 0.5));
  add_int (out, "p99", histogram_quantile (latency, 0.99));
  add_int (out, "p999", histogram_quantile (latency, 0.999));
  add_int (out, "max", latency->max);
  add_int (out, "n", latency->n);
  json_builder_end_object (out);
}

static void
add_joins (JsonBuilder *out, const Run *run)
{
  g_autoptr (GArray) times = run_join_times (run);
  static const struct {
    const char *name;
    unsigned percent;
  } QUANTILES[] = { { "p50", 50 }, { "p95", 95 }, { "max", 100 } };
  begin (out, "join_ms");
  for (size_t i = 0; i < G_N_ELEMENTS (QUANTILES) && times->len > 0; i++) {
    const guint at =
        MIN (times->len * QUANTILES[i].percent / 100, times->len - 1);
    add_double (out, QUANTILES[i].name, g_array_index (times, double, at));
  }
  add_int (out, "n", times->len);
  json_builder_end_object (out);
}

static void
add_totals (JsonBuilder *out, const Run *run)
{
  const RunTotals *totals = &run->totals;
  add_int (out, "packets", totals->packets);
  add_int (out, "expected", totals->expected);
  add_int (out, "loss", totals->lost);
  add_int (out, "resent", totals->resent);
  add_int (out, "unknown", totals->unknown);
  add_int (out, "bad", totals->bad);
  add_int (out, "wrong", totals->wrong);
  add_int (out, "sent", totals->sent);
  add_int (out, "unsent", totals->unsent);
  add_int (out, "keyframes_asked", totals->plis);
  add_int (out, "retries", swarm_retries (run->swarm));
}

static void
add_flood (JsonBuilder *out, const Run *run)
{
  const FloodOutcome *flood = &run->flood;
  add_text (out, "flood", run->options->flood);
  add_int (out, "flooded", flood->sent);
  add_int (out, "flood_unsent", flood->unsent);
  add_int (out, "rss_before_kb", flood->rss_before_kb);
  add_int (out, "rss_after_kb", flood->rss_after_kb);
  if (flood->dropped == NULL)
    return;
  begin (out, "dropped");
  for (guint i = 0; i < flood->dropped->len; i++) {
    const Drop *drop = &g_array_index (flood->dropped, Drop, i);
    add_int (out, drop->reason, drop->n);
  }
  json_builder_end_object (out);
}

static void
add_date (JsonBuilder *out)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *text = g_date_time_format_iso8601 (now);
  add_text (out, "date", text);
}

char *
report_write (const Run *run)
{
  g_autoptr (JsonBuilder) out = json_builder_new ();
  json_builder_begin_object (out);
  add_parameters (out, run);
  add_text (out, "srtp_profile", profile_name (run));
  add_text (out, "crypto", run->target->crypto);
  add_cost (out, run);
  add_memory (out, run);
  add_latency (out, "latency_us", run->latency);
  if (run->alone->n > 0)
    add_latency (out, "latency_alone_us", run->alone);
  if (run->machine != NULL)
    add_latency (out, "machine_us", run->machine);
  add_joins (out, run);
  add_totals (out, run);
  if (run->options->flood != NULL)
    add_flood (out, run);
  add_date (out);
  json_builder_end_object (out);
  g_autoptr (JsonNode) root = json_builder_get_root (out);
  return json_to_string (root, FALSE);
}
