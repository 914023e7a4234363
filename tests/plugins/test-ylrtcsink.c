/* test-ylrtcsink.c: plans that reach the end of the packet path */
#include "packet-pool.h"
#include "plugins.h"
#include "rtcsink/ylrtcsink.h"
#include "worker/worker.h"

#include <gst/check/gstharness.h>

static void
test_writes (void)
{
  YlDtlsCertificate *certificate = yl_dtls_certificate_new (NULL);
  YlDtlsContext *dtls = yl_dtls_context_new (certificate, NULL);
  const YlWorkerConfig config = { .dtls = dtls, .max_peers = 4 };
  YlWorker *worker = yl_worker_new (&config, NULL);
  g_assert_nonnull (worker);
  const YlEgressCounters *counters =
      yl_egress_counters (yl_worker_get_egress (worker));

  GstHarness *h = gst_harness_new ("ylrtcsink");
  g_object_set (h->element, "worker", worker, NULL);
  gst_harness_set_src_caps_str (h, "application/x-rtp");
  YlPacketPool *pool = yl_packet_pool_new (1);
  YlPlanRow row = { .peer = 3 }; /* nobody: counted, no harm */
  YlPlan plan = { .rows = &row, .n_rows = 1 };
  YlPacketMeta *meta;

  GstBuffer *buffer = yl_packet_pool_acquire (pool, &meta);
  yl_worker_set_plan (worker, &plan);
  g_assert_cmpint (gst_harness_push (h, buffer), ==, GST_FLOW_OK);
  g_assert_cmpuint (counters->dropped_no_peer, ==, 1);

  buffer = yl_packet_pool_acquire (pool, &meta);
  g_assert_nonnull (buffer); /* it came back */
  GstBufferList *list = gst_buffer_list_new ();
  gst_buffer_list_add (list, buffer);
  g_assert_cmpint (gst_pad_push_list (h->srcpad, list), ==, GST_FLOW_OK);
  g_assert_cmpuint (counters->dropped_no_peer, ==, 2);

  /* Without a plan, and without a meta. */
  yl_worker_set_plan (worker, NULL);
  g_assert_cmpint (gst_harness_push (h, yl_packet_pool_acquire (pool, &meta)),
                   ==, GST_FLOW_OK);
  g_assert_cmpint (
      gst_harness_push (h, gst_buffer_new_allocate (NULL, 9, NULL)), ==,
      GST_FLOW_OK);
  g_assert_cmpuint (counters->dropped_no_peer, ==, 2);

  gst_harness_teardown (h);
  yl_packet_pool_close (pool);
  yl_worker_free (worker);
  yl_dtls_context_free (dtls);
  yl_dtls_certificate_free (certificate);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  yl_plugins_register_static ();
  g_test_add_func ("/plugins/ylrtcsink/writes", test_writes);
  return g_test_run ();
}
