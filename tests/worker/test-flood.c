/* Useless packets by the hundred: each is counted for what it is, nothing is
 * kept of them, and the call that shares the port goes on. */
#include "worker-rig.h"

#include "base/random.h"
#include "support/ice-check.h"

#include <malloc.h>
#include <string.h>

/* Whose packets and from whose socket. */
typedef struct {
  Rig *rig;
  RigBrowser *from, *to; /* a call */
  RigBrowser *stranger;  /* somebody with a socket, and no peer here */
  YlRandom random;
  GBytes *spoken; /* SRTP that `from` sent */
} Flood;

typedef struct {
  const char *name;
  bool own;       /* from the publisher's own socket */
  size_t counter; /* offset in YlWorkerMetrics of what rises */
  GBytes *(*make) (Flood *flood);
} Kind;

static GBytes *
make_noise (Flood *flood, uint8_t first, uint8_t second)
{
  uint8_t data[900];
  flood->random.fill (&flood->random, data, sizeof data);
  data[0] = first;
  data[1] = second;
  return g_bytes_new (data, sizeof data);
}

static GBytes *
make_rtp (Flood *flood)
{
  return make_noise (flood, 0x80, VP8_PT);
}

static GBytes *
make_garbage (Flood *flood)
{
  return make_noise (flood, 200, 200);
}

static GBytes *
make_check (Flood *flood, const char *username)
{
  uint8_t data[ICE_CHECK_MAX];
  const IceCheck check = { .username = username,
                           .password = "it is not this one",
                           .use_candidate = true };
  const size_t size =
      ice_check_write (&check, yl_random_u32 (&flood->random), data);
  return g_bytes_new (data, size);
}

static GBytes *
make_check_for_nobody (Flood *flood)
{
  return make_check (flood, "nobody:here");
}

static GBytes *
make_forged_check (Flood *flood)
{
  const YlPeerConfig *config = flood->from->config;
  g_autofree char *username =
      g_strdup_printf ("%s:%s", config->local_ufrag, config->remote_ufrag);
  return make_check (flood, username);
}

static GBytes *
make_replay (Flood *flood)
{
  return g_bytes_ref (flood->spoken);
}

/* The first octets are right, the rest is not. */
static GBytes *
make_forgery (Flood *flood)
{
  size_t size;
  const void *data = g_bytes_get_data (flood->spoken, &size);
  uint8_t *copy = g_memdup2 (data, size);
  copy[3]++; /* another number */
  return g_bytes_new_take (copy, size);
}

#define COUNTER(field) offsetof (YlWorkerMetrics, field)

static const Kind kinds[] = {
  { "rtp", false, COUNTER (unknown_source), make_rtp },
  { "garbage", false, COUNTER (unknown_source), make_garbage },
  { "stun", false, COUNTER (unknown_source), make_check_for_nobody },
  { "checks", false, COUNTER (peer.stun_refused), make_forged_check },
  { "replay", true, COUNTER (peer.srtp[YL_SRTP_REPLAYED]), make_replay },
  { "forged", true, COUNTER (peer.srtp[YL_SRTP_FORGED]), make_forgery },
  { "own-checks", true, COUNTER (peer.stun_refused), make_forged_check },
  { "own-garbage", true, COUNTER (peer.not_multiplexed), make_garbage },
};

static uint64_t
read_counter (const Flood *flood, const Kind *kind)
{
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (flood->rig->worker, &metrics);
  return *(const uint64_t *) ((const char *) &metrics + kind->counter);
}

static bool
has_heard (Rig *rig, void *browser)
{
  return ((RigBrowser *) browser)->client->rtp_in->len > 0;
}

static void
speak (Flood *flood, uint16_t seq)
{
  g_ptr_array_set_size (flood->to->client->rtp_in, 0);
  peer_client_send_frame (flood->from->client, CAMERA_SSRC, seq, true);
  GPtrArray *out = flood->from->client->out;
  g_clear_pointer (&flood->spoken, g_bytes_unref);
  flood->spoken = g_bytes_ref (out->pdata[out->len - 1]);
  rig_run_until (flood->rig, has_heard, flood->to);
}

static void
set_up (Flood *flood)
{
  const YlCommand forward = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = RIG_ROOM,
                              .on = true };
  memset (flood, 0, sizeof *flood);
  yl_random_init_seeded (&flood->random, 5);
  flood->rig = rig_new (false);
  flood->from = rig_add (flood->rig);
  flood->to = rig_add (flood->rig);
  rig_command (flood->rig, &forward);
  rig_connect (flood->rig);
  flood->stranger = rig_add (flood->rig);
  flood->from->client->hostile = flood->stranger->client->hostile = true;
  speak (flood, 1);
}

static void
tear_down (Flood *flood)
{
  g_bytes_unref (flood->spoken);
  rig_free (flood->rig);
}

static void
send_burst (Flood *flood, const Kind *kind, unsigned n)
{
  RigBrowser *from = kind->own ? flood->from : flood->stranger;
  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add (from->client->out, kind->make (flood));
  rig_step (flood->rig);
}

typedef struct {
  const Flood *flood;
  const Kind *kind;
  uint64_t wanted;
} Wanted;

static bool
all_counted (Rig *rig, void *data)
{
  const Wanted *wanted = data;
  return read_counter (wanted->flood, wanted->kind) >= wanted->wanted;
}

static void
test_flood (gconstpointer data)
{
  enum { BURST = 100, BURSTS = 20 };
  const Kind *kind = data;
  Flood flood;
  set_up (&flood);
  send_burst (&flood, kind, BURST); /* what is allocated once */
  const uint64_t before = read_counter (&flood, kind);
  const size_t octets = mallinfo2 ().uordblks;
  for (unsigned i = 0; i < BURSTS; i++)
    send_burst (&flood, kind, BURST);
  Wanted wanted = { &flood, kind, before + BURST * BURSTS };
  rig_run_until (flood.rig, all_counted, &wanted);
  g_assert_cmpuint (mallinfo2 ().uordblks, <=, octets + 1024);
  g_assert_cmpuint (read_counter (&flood, kind), ==, wanted.wanted);
  speak (&flood, 2);
  tear_down (&flood);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *path = g_strdup_printf ("/worker/flood/%s", kinds[i].name);
    g_test_add_data_func (path, &kinds[i], test_flood);
  }
  return g_test_run ();
}
