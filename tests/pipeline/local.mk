check_PROGRAMS += \
  tests/pipeline/test-relay \
  tests/pipeline/test-tap
EXTRA_DIST += tests/pipeline/relay-fixture.h
yl_pipeline_test_libs = \
  src/pipeline/libyl-pipeline.la \
  plugins/libyl-plugins.la \
  src/worker/libyl-worker.la \
  src/io/libyl-io.la \
  src/peer/libyl-peer.la \
  src/egress/libyl-egress.la \
  src/sfu/libyl-sfu.la \
  src/nego/libyl-nego.la \
  src/ice/libyl-ice.la \
  src/dtls/libyl-dtls.la \
  src/srtp/libyl-srtp.la \
  src/rtcp/libyl-rtcp.la \
  src/rtp/libyl-rtp.la \
  src/base/libyl-base.la
tests_pipeline_test_relay_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
tests_pipeline_test_relay_LDADD = $(yl_pipeline_test_libs)
tests_pipeline_test_tap_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
tests_pipeline_test_tap_LDADD = $(yl_pipeline_test_libs)
