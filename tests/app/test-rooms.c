/* Rooms and peers as the main thread keeps them; nobody runs the worker, so
 * commands stay in its mailbox */
#include "app/rooms.h"

#include <string.h>

#define MAX_PEERS 2

typedef struct {
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  YlWorker *worker;
  YlRooms *rooms;
  YlRoom room;
  char *text; /* of an offer to publish */
} Fixture;

static void
on_event (YlRoomPeer *peer, const YlWorkerEvent *event, void *user_data)
{
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "sdp",
                                                 "gstreamer-whip.sdp", NULL);
  YlAddress loopback;
  g_assert_true (yl_address_parse_ip (&loopback, "127.0.0.1", 0));
  g_assert_true (g_file_get_contents (path, &f->text, NULL, NULL));
  f->certificate = yl_dtls_certificate_new (&error);
  f->dtls = yl_dtls_context_new (f->certificate, &error);
  const YlWorkerConfig config = { .bind = &loopback,
                                  .dtls = f->dtls,
                                  .max_peers = MAX_PEERS };
  f->worker = yl_worker_new (&config, &error);
  g_assert_no_error (error);
  const YlRoomsOptions options = { .workers = &f->worker,
                                   .n_workers = 1,
                                   .max_peers = MAX_PEERS,
                                   .addresses = &loopback,
                                   .n_addresses = 1 };
  f->rooms = yl_rooms_new (&options);
  yl_rooms_open (f->rooms, &f->room, on_event, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_rooms_close (f->rooms, &f->room);
  yl_rooms_free (f->rooms);
  yl_worker_free (f->worker);
  yl_dtls_context_free (f->dtls);
  yl_dtls_certificate_free (f->certificate);
  g_free (f->text);
}

static bool
answer (Fixture *f, YlRoomPeer *peer, uint32_t generation, YlNegoAnswer *to,
        GError **error)
{
  const YlNegoOffer offer = { .text = f->text,
                              .size = strlen (f->text),
                              .generation = generation,
                              .role = YL_NEGO_PUBLISHER };
  return yl_rooms_answer (f->rooms, &f->room, peer, &offer, to, error);
}

static void
join (Fixture *f, YlRoomPeer *peer)
{
  YlNegoAnswer a = { 0 };
  g_assert_true (answer (f, peer, 1, &a, NULL));
  yl_rooms_join (f->rooms, &f->room, peer, &a);
  g_assert_null (a.config); /* it is on its way */
  yl_nego_answer_clear (&a);
}

/* The answer names the worker's port; who leaves makes place. */
static void
test_full (Fixture *f, gconstpointer data)
{
  YlRoomPeer peers[MAX_PEERS + 1] = { 0 };
  YlNegoAnswer a = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *candidate =
      g_strdup_printf ("127.0.0.1 %u typ host", yl_worker_port (f->worker));
  g_assert_true (answer (f, &peers[0], 1, &a, NULL));
  g_assert_nonnull (strstr (a.text, candidate));
  yl_rooms_join (f->rooms, &f->room, &peers[0], &a);
  yl_nego_answer_clear (&a);
  join (f, &peers[1]);
  g_assert_cmpuint (yl_rooms_count_peers (f->rooms), ==, MAX_PEERS);
  g_assert_cmpuint (yl_rooms_count (f->rooms), ==, 1);

  g_assert_false (answer (f, &peers[2], 1, &a, &error));
  g_assert_error (error, YL_ROOMS_ERROR, YL_ROOMS_ERROR_FULL);
  g_assert_null (peers[2].nego);
  yl_rooms_leave (f->rooms, &peers[0]);
  yl_rooms_leave (f->rooms, &peers[0]); /* of one that is not there: nothing */
  join (f, &peers[2]);
  yl_rooms_leave (f->rooms, &peers[1]);
  yl_rooms_leave (f->rooms, &peers[2]);
  g_assert_cmpuint (yl_rooms_count_peers (f->rooms), ==, 0);
  g_assert_cmpuint (yl_rooms_count (f->rooms), ==, 0);
  g_assert_cmpuint (f->room.n_peers, ==, 0);
}

/* A bad offer leaves nothing behind; a later one of the same peer neither
 * places nor counts it again. */
static void
test_offers (Fixture *f, gconstpointer data)
{
  YlRoomPeer peer = { 0 };
  YlNegoAnswer a = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *good = f->text;
  f->text = g_strdup ("v=0\r\n");
  g_assert_false (answer (f, &peer, 1, &a, &error));
  g_assert_nonnull (error);
  g_assert_null (peer.nego);
  g_assert_cmpuint (yl_rooms_count_peers (f->rooms), ==, 0);

  g_free (f->text);
  f->text = g_steal_pointer (&good);
  join (f, &peer);
  g_assert_true (answer (f, &peer, 2, &a, NULL));
  yl_rooms_update (f->rooms, &peer, &a);
  yl_nego_answer_clear (&a);
  g_assert_cmpuint (yl_rooms_count_peers (f->rooms), ==, 1);
  yl_rooms_leave (f->rooms, &peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/app/rooms/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("full", test_full);
  ADD ("offers", test_offers);
  return g_test_run ();
}
