/* fuzz-stun.c: any datagram as connectivity check, before and after one
 * that is valid */
#include "base/time.h"
#include "ice/ice.h"

#include "../support/ice-check.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const YlIceCredentials credentials = { .local_ufrag = "ours",
                                              .local_pwd =
                                                  "0123456789abcdefghijkl",
                                              .remote_ufrag = "theirs" };
static const IceCheck valid = { .username = "ours:theirs",
                                .password = "0123456789abcdefghijkl",
                                .use_candidate = true };

static void
drain (YlIce *ice)
{
  YlIceTransmit transmit;
  YlIceEvent event;
  while (yl_ice_poll_transmit (ice, &transmit))
    g_assert_cmpuint (transmit.size, >, 0);
  while (yl_ice_poll_event (ice, &event))
    g_assert_cmpint (event, <=, YL_ICE_EVENT_EXPIRED);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (YlIceAgent) agent = yl_ice_agent_new ();
  g_autoptr (YlIce) ice = yl_ice_new (agent, &credentials);
  const YlIcePath path = { .remote.port = 1, .local.port = 2 };
  char ufrag[YL_ICE_UFRAG_SIZE];
  const bool peeked = yl_ice_peek_ufrag (data, size, ufrag);
  const bool verified =
      yl_ice_receive (ice, data, size, &path, 0) == YL_ICE_VERIFIED;
  /* The worker finds the peer by peeking, so what is valid must be found. */
  g_assert_false (verified && !peeked);
  g_assert_true (yl_ice_knows (ice, &path.remote) == verified);
  drain (ice);

  uint8_t check[ICE_CHECK_MAX];
  yl_ice_receive (ice, check, ice_check_write (&valid, 1, check), &path, 1);
  yl_ice_receive (ice, data, size, &path, 2);
  g_assert_nonnull (yl_ice_path (ice));
  drain (ice);
  yl_ice_handle_timeout (ice, yl_ice_next_deadline (ice));
  drain (ice);
  return 0;
}
