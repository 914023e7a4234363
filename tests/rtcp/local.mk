check_PROGRAMS += \
  tests/rtcp/test-keyframe \
  tests/rtcp/test-nack \
  tests/rtcp/test-remb \
  tests/rtcp/test-reports \
  tests/rtcp/test-twcc \
  tests/rtcp/test-twcc-recorder \
  tests/rtcp/test-walker
EXTRA_DIST += tests/rtcp/rtcp-fixture.h
yl_rtcp_test_libs = src/rtcp/libyl-rtcp.la src/base/libyl-base.la
tests_rtcp_test_keyframe_LDADD = $(yl_rtcp_test_libs)
tests_rtcp_test_nack_LDADD = $(yl_rtcp_test_libs)
tests_rtcp_test_remb_LDADD = $(yl_rtcp_test_libs)
tests_rtcp_test_reports_LDADD = $(yl_rtcp_test_libs)
tests_rtcp_test_twcc_LDADD = $(yl_rtcp_test_libs)
tests_rtcp_test_twcc_recorder_LDADD = $(yl_rtcp_test_libs)
tests_rtcp_test_walker_LDADD = $(yl_rtcp_test_libs)
