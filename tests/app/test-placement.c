/* test-placement.c: which media worker takes a new room or viewer */
#include "app/placement.h"

#include <glib.h>

static void
test_default (void)
{
  g_assert_cmpuint (yl_placement_default_workers (1), ==, 1);
  g_assert_cmpuint (yl_placement_default_workers (4), ==, 1);
  g_assert_cmpuint (yl_placement_default_workers (5), ==, 2);
  g_assert_cmpuint (yl_placement_default_workers (16), ==, 4);
  g_assert_cmpuint (yl_placement_default_workers (512), ==, 64);
}

static void
feed (YlPlacementLoad *load, double busy, double packets, unsigned seconds)
{
  YlPlacementSample sample = load->last;
  uint64_t now_us = load->last_us;
  yl_placement_update (load, &sample, now_us);
  for (unsigned i = 0; i < 4 * seconds; i++) {
    now_us += 250000;
    sample.busy_us += (uint64_t) (busy * 250000);
    sample.packets += (uint64_t) (packets / 4);
    yl_placement_update (load, &sample, now_us);
  }
}

/* Follows within seconds; one busy moment counts little. */
static void
test_smoothing (void)
{
  YlPlacementLoad load = { 0 };
  feed (&load, 0.4, 20000, 20);
  g_assert_cmpfloat (load.busy, >, 0.38);
  g_assert_cmpfloat (load.busy, <, 0.41);
  g_assert_cmpfloat (load.packets_per_s, >, 19000);
  YlPlacementSample moment = load.last;
  moment.busy_us += 100000;
  yl_placement_update (&load, &moment, load.last_us + 100000);
  g_assert_cmpfloat (load.busy, <, 0.45);
  moment.busy_us += 50000; /* too soon: part of the next */
  yl_placement_update (&load, &moment, load.last_us + 50000);
  g_assert_cmpfloat (load.busy, <, 0.45);
  feed (&load, 0, 0, 20);
  g_assert_cmpfloat (load.busy, <, 0.02);
}

static void
test_rooms_spread (void)
{
  YlPlacementLoad loads[3] = { 0 };
  for (unsigned i = 0; i < 30; i++) {
    YlPlacementLoad *load = &loads[yl_placement_room (loads, 3)];
    load->rooms++;
    load->peers += 2;
  }
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpuint (loads[i].rooms, ==, 10);
}

static void
test_room_by_load (void)
{
  YlPlacementLoad loads[3] = { 0 };
  loads[0].busy = 0.42;
  loads[1].busy = 0.31;
  loads[2].busy = 0.33; /* the same within noise */
  loads[1].peers = 9;
  loads[2].peers = 4;
  g_assert_cmpuint (yl_placement_room (loads, 3), ==, 2);
  loads[2].packets_per_s = 30000;
  g_assert_cmpuint (yl_placement_room (loads, 3), ==, 1);
  loads[0].busy = 0.1;
  loads[0].peers = 500;
  g_assert_cmpuint (yl_placement_room (loads, 3), ==, 0);
}

/* The home first, then one other after the other, then all alike. */
static void
test_viewers (void)
{
  YlPlacementLoad loads[3] = { 0 };
  YlPlacementShare shares[3] = { { .has_room = true } };
  const unsigned wanted[] = { 0, 0, 2, 2, 1, 1, 0, 1, 2 };
  loads[1].peers = 50;
  for (unsigned i = 0; i < G_N_ELEMENTS (wanted); i++) {
    const unsigned at = yl_placement_viewer (loads, 3, 0, shares, 2);
    g_assert_cmpuint (at, ==, wanted[i]);
    shares[at].has_room = true;
    shares[at].viewers++;
    loads[at].peers++;
  }
}

static void
test_viewer_avoids_busy (void)
{
  YlPlacementLoad loads[2] = { 0 };
  YlPlacementShare shares[2] = { { true, 10 }, { false, 0 } };
  g_assert_cmpuint (yl_placement_viewer (loads, 2, 0, shares, 500), ==, 0);
  loads[0].busy = 0.8;
  g_assert_cmpuint (yl_placement_viewer (loads, 2, 0, shares, 500), ==, 1);
  loads[1].busy = 0.9;
  g_assert_cmpuint (yl_placement_viewer (loads, 2, 0, shares, 500), ==, 1);
  shares[1].viewers = 20;
  g_assert_cmpuint (yl_placement_viewer (loads, 2, 0, shares, 500), ==, 0);
  g_assert_cmpuint (yl_placement_viewer (loads, 1, 0, shares, 5), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/placement/default", test_default);
  g_test_add_func ("/app/placement/smoothing", test_smoothing);
  g_test_add_func ("/app/placement/rooms-spread", test_rooms_spread);
  g_test_add_func ("/app/placement/room-by-load", test_room_by_load);
  g_test_add_func ("/app/placement/viewers", test_viewers);
  g_test_add_func ("/app/placement/viewer-avoids-busy",
                   test_viewer_avoids_busy);
  return g_test_run ();
}
