#include "pipeline/relay.h"

#include "pipeline/demo-expert.h"
#include "relay-fixture.h"

typedef struct {
  RelayFixture relay;
  uint64_t packets;
  unsigned polls; /* without a new packet */
} Room;

static bool
has_media (void *user)
{
  Room *room = user;
  return relay_fixture_metrics (&room->relay).sfu.packets_in
         >= room->packets + 60;
}

static bool
is_idle (void *user)
{
  Room *room = user;
  const uint64_t packets = relay_fixture_metrics (&room->relay).sfu.packets_in;
  room->polls = packets == room->packets ? room->polls + 1 : 0;
  room->packets = packets;
  return room->polls > 30;
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
  const YlRoomId id = { 7 };
  Room room = { 0 };
  g_autoptr (GError) error = NULL;
  relay_fixture_init (&room.relay);
  relay_fixture_open_room (&room.relay, id);
  YlPipelineDemoExpert *expert = yl_pipeline_demo_expert_new (room.relay.relay);
  g_assert_false (yl_pipeline_demo_expert_is_in (expert, id));
  for (unsigned round = 0; round < 3; round++) {
    g_assert_true (yl_pipeline_demo_expert_join (expert, id, &error));
    g_assert_no_error (error);
    g_assert_true (yl_pipeline_demo_expert_join (expert, id, &error));
    g_assert_true (yl_pipeline_demo_expert_is_in (expert, id));
    g_assert_true (fixture_wait (has_media, &room, 10));
    yl_pipeline_demo_expert_leave (expert, id);
    yl_pipeline_demo_expert_leave (expert, id);
    g_assert_false (yl_pipeline_demo_expert_is_in (expert, id));
    g_assert_true (fixture_wait (is_idle, &room, 10));
  }
  yl_pipeline_demo_expert_free (expert);
  relay_fixture_clear (&room.relay);
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
