/* load.c: the same traffic to any of the servers, and what it cost them
 *
 *   load --target yilian --scenario course --viewers 60 --seconds 10
 *
 * Prints one JSON object. */
#include "own-address.h"
#include "report.h"
#include "targets.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#define SPREAD_US 15000

static RunOptions options = {
  .target = "yilian",
  .scenario = "course",
  .viewers = 30,
  .rooms = 5,
  .joining = 200,
  .warmup_s = 2,
  .seconds = 10,
  .video_kbps = 1500,
  .loud_kbps = 3000,
  .thorough = 2,
  .flood_rate = 100000,
};
static gboolean spread, gro, twcc;
static char *profile = NULL;
static char *wrap = NULL;
static char **target_options = NULL;

static const GOptionEntry entries[] = {
  { "target", 0, 0, G_OPTION_ARG_STRING, &options.target,
    "server to run: yilian, janus, raw", "NAME" },
  { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &target_options,
    "setting of the target", "KEY=VALUE" },
  { "scenario", 0, 0, G_OPTION_ARG_STRING, &options.scenario,
    "course, rooms, storm, noisy", "NAME" },
  { "viewers", 0, 0, G_OPTION_ARG_INT, &options.viewers, "of the course", "N" },
  { "rooms", 0, 0, G_OPTION_ARG_INT, &options.rooms,
    "rooms of two; noisy: quiet rooms", "N" },
  { "joining", 0, 0, G_OPTION_ARG_INT, &options.joining,
    "storm: viewers that come at once", "N" },
  { "joiners", 0, 0, G_OPTION_ARG_INT, &options.joiners,
    "connections on their way at once otherwise; default 4, or one in 30",
    "N" },
  { "warmup", 0, 0, G_OPTION_ARG_DOUBLE, &options.warmup_s, "before measuring",
    "S" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.seconds, "to measure", "S" },
  { "video", 0, 0, G_OPTION_ARG_INT, &options.video_kbps, "of each camera",
    "KBIT/S" },
  { "loud", 0, 0, G_OPTION_ARG_INT, &options.loud_kbps,
    "noisy: of the course's camera", "KBIT/S" },
  { "pli-storm", 0, 0, G_OPTION_ARG_INT, &options.pli_storm,
    "noisy: viewers of the course that ask for keyframes all the time", "N" },
  { "spread", 0, 0, G_OPTION_ARG_NONE, &spread,
    "each frame over 15 ms instead of one burst", NULL },
  { "gro", 0, 0, G_OPTION_ARG_NONE, &gro, "receive with UDP_GRO", NULL },
  { "twcc", 0, 0, G_OPTION_ARG_NONE, &twcc,
    "viewers send transport-cc feedback", NULL },
  { "profile", 0, 0, G_OPTION_ARG_STRING, &profile,
    "SRTP: gcm128 (default), gcm256, sha1, any", "NAME" },
  { "thorough", 0, 0, G_OPTION_ARG_INT, &options.thorough,
    "viewers that decrypt everything", "N" },
  { "flood", 0, 0, G_OPTION_ARG_STRING, &options.flood,
    "rtp, garbage, stun, checks, replay", "KIND" },
  { "flood-rate", 0, 0, G_OPTION_ARG_INT, &options.flood_rate, "of the flood",
    "PACKETS/S" },
  { "wrap", 0, 0, G_OPTION_ARG_STRING, &wrap,
    "run the server under this, which must exec it", "COMMAND" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static bool
choose_profile (YlDtlsContext *dtls, GError **error)
{
  static const struct {
    const char *name;
    YlSrtpProfile profile;
  } PROFILES[] = {
    { "gcm128", YL_SRTP_PROFILE_AEAD_AES_128_GCM },
    { "gcm256", YL_SRTP_PROFILE_AEAD_AES_256_GCM },
    { "sha1", YL_SRTP_PROFILE_AES128_CM_SHA1_80 },
  };
  if (g_strcmp0 (profile, "any") == 0)
    return true;
  for (size_t i = 0; i < G_N_ELEMENTS (PROFILES); i++)
    if (g_strcmp0 (profile != NULL ? profile : "gcm128", PROFILES[i].name) == 0)
      return yl_dtls_context_set_profile (dtls, PROFILES[i].profile);
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED, "no such profile: %s",
               profile);
  return false;
}

/* A few at a time, so that nobody's time to join is that of a crowd, and more
 * where it would take for ever. */
static unsigned
count_joiners (void)
{
  return options.joiners > 0 ? options.joiners : MAX (4, options.viewers / 30);
}

/* One descriptor a viewer. */
static void
raise_limits (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

static bool
run_scenario (Run *run, const Scenario *scenario, const ConnectionSetup *setup,
              GError **error)
{
  run->swarm = swarm_new (run->target, setup, count_joiners (), error);
  if (run->swarm == NULL)
    return false;
  run->counted = g_ptr_array_new ();
  run->joined = g_ptr_array_new ();
  run->latency = g_new0 (Histogram, 1);
  run->alone = g_new0 (Histogram, 1);
  if (!scenario->run (run, error))
    return false;
  g_autofree char *text = report_write (run);
  g_print ("%s\n", text);
  return true;
}

static bool
run_target (Target *target, const Scenario *scenario,
            const ConnectionSetup *setup, GError **error)
{
  Run run = { .options = &options, .target = target };
  bool done = target->type->start (target, error);
  if (done) {
    g_printerr ("# %s runs as process %d\n", target->type->name, target->pid);
    done = run_scenario (&run, scenario, setup, error);
  }
  run_clear (&run);
  target->type->stop (target);
  return done;
}

static void
remove_folder (const char *folder)
{
  g_autofree char *quoted = g_shell_quote (folder);
  g_autofree char *command = g_strdup_printf ("rm -r -- %s", quoted);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
}

static bool
run (const TargetType *type, const Scenario *scenario, GError **error)
{
  g_autoptr (YlDtlsCertificate) certificate = yl_dtls_certificate_new (error);
  g_autoptr (YlDtlsContext) dtls =
      certificate != NULL ? yl_dtls_context_new (certificate, error) : NULL;
  g_autofree char *folder = g_dir_make_tmp ("yilian-load-XXXXXX", error);
  if (dtls == NULL || folder == NULL || !choose_profile (dtls, error))
    return false;
  ConnectionSetup setup = { .dtls = dtls,
                            .fingerprint =
                                yl_dtls_certificate_fingerprint (certificate),
                            .video_bps = options.video_kbps * 1000,
                            .spread_us = spread ? SPREAD_US : 0,
                            .gro = gro,
                            .twcc = twcc };
  own_address_find (&setup.own);
  Target *target = g_malloc0 (type->size);
  target->type = type;
  target->setup = (TargetSetup){
    .own = setup.own, .options = target_options, .wrap = wrap, .folder = folder
  };
  scenario->plan (&options, &target->setup);
  const bool done = run_target (target, scenario, &setup, error);
  g_free (target);
  if (g_getenv ("LOAD_KEEP") == NULL)
    remove_folder (folder);
  return done;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("load: %s\n", error->message);
    return EXIT_FAILURE;
  }
  options.spread = spread;
  options.gro = gro;
  options.twcc = twcc;
  const TargetType *type = targets_find (options.target);
  const Scenario *scenario = scenario_find (options.scenario);
  if (type == NULL || scenario == NULL) {
    g_printerr ("load: no such %s\n", type == NULL ? "target" : "scenario");
    return EXIT_FAILURE;
  }
  signal (SIGPIPE, SIG_IGN);
  raise_limits ();
  if (run (type, scenario, &error))
    return EXIT_SUCCESS;
  g_printerr ("load: %s\n", error->message);
  return EXIT_FAILURE;
}
