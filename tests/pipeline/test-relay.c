#include "pipeline/relay.h"

#include "pipeline/demo-expert.h"
#include "relay-fixture.h"

static bool
is_idle (void *user)
{
  return relay_fixture_metrics (user).tracks == 0;
}

static bool
has_both_tracks (void *user)
{
  const YlWorkerMetrics m = relay_fixture_metrics (user);
  return m.tracks == 2 && m.sfu.packets_in >= 30;
}

static void
test_start_stop (void)
{
  RelayFixture f;
  relay_fixture_init (&f);
  yl_pipeline_relay_stop (f.relay);
  yl_pipeline_relay_stop (f.relay);
  g_autoptr (GError) error = NULL;
  g_assert_true (yl_pipeline_relay_start (f.relay, &error));
  g_assert_no_error (error);
  relay_fixture_clear (&f);
}

static void
test_missing_element (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (yl_pipeline_make ("ylnothing", NULL, &error));
  g_assert_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_MISSING);
}

typedef struct {
  RelayFixture relay;
  GstElement *bin;
  unsigned failed;
} FailingBranch;

static void
on_branch_failed (void *user, const GError *error)
{
  FailingBranch *f = user;
  g_assert_nonnull (error);
  f->failed++;
  yl_pipeline_relay_remove_branch (f->relay.relay, f->bin);
}

static bool
has_failed (void *user)
{
  return ((FailingBranch *) user)->failed > 0;
}

/* fail_relay() would abort if the error reached the relay. */
static void
test_branch_fails_alone (void)
{
  FailingBranch f = { 0 };
  relay_fixture_init (&f.relay);
  f.bin = gst_parse_bin_from_description (
      "fakesrc num-buffers=10 ! identity error-after=3 ! fakesink", FALSE,
      NULL);
  yl_pipeline_relay_add_branch (f.relay.relay, f.bin, on_branch_failed, &f);
  g_assert_true (gst_element_sync_state_with_parent (f.bin));
  g_assert_true (fixture_wait (has_failed, &f, 10));
  relay_fixture_clear (&f.relay);
  g_assert_cmpuint (f.failed, ==, 1);
}

static void
test_demo_expert (void)
{
  const YlRoomId room = { 7 };
  RelayFixture f;
  g_autoptr (GError) error = NULL;
  relay_fixture_init (&f);
  relay_fixture_open_room (&f, room);
  YlPipelineDemoExpert *expert = yl_pipeline_demo_expert_new (f.relay);
  g_assert_false (yl_pipeline_demo_expert_is_in (expert, room));
  for (unsigned round = 0; round < 3; round++) {
    g_assert_true (yl_pipeline_demo_expert_join (expert, room, &error));
    g_assert_no_error (error);
    g_assert_true (yl_pipeline_demo_expert_join (expert, room, &error));
    g_assert_true (yl_pipeline_demo_expert_is_in (expert, room));
    g_assert_true (fixture_wait (has_both_tracks, &f, 10));
    yl_pipeline_demo_expert_leave (expert, room);
    yl_pipeline_demo_expert_leave (expert, room);
    g_assert_true (fixture_wait (is_idle, &f, 10));
  }
  yl_pipeline_demo_expert_free (expert);
  relay_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  yl_plugins_register_static ();
  g_test_add_func ("/pipeline/relay/start-stop", test_start_stop);
  g_test_add_func ("/pipeline/relay/missing-element", test_missing_element);
  g_test_add_func ("/pipeline/relay/branch-fails-alone",
                   test_branch_fails_alone);
  g_test_add_func ("/pipeline/demo-expert/comes-and-goes", test_demo_expert);
  return g_test_run ();
}
