# For the tests of src/ice as well, so it needs base only.
check_LTLIBRARIES += tests/support/libicecheck.la
tests_support_libicecheck_la_SOURCES = \
  tests/support/ice-check.c tests/support/ice-check.h
tests_support_libicecheck_la_LIBADD = $(GLIB_LIBS)

# For the models of fuzzers and of tests with seeds.
EXTRA_DIST += tests/support/choices.h

# Counts the heap's use of a program that is linked with it.
check_LTLIBRARIES += tests/support/liballocations.la
tests_support_liballocations_la_SOURCES = \
  tests/support/allocations.c tests/support/allocations.h

# A light WebRTC client on our own engines, for load, cycles and hostility.
# Link $(YL_MEDIA_LIBS) behind it.
check_LTLIBRARIES += tests/support/libclient.la
tests_support_libclient_la_SOURCES = \
  tests/support/client-sdp.c tests/support/client-sdp.h \
  tests/support/hostile.c tests/support/hostile.h \
  tests/support/ice-check.c tests/support/ice-check.h \
  tests/support/media-sender.c tests/support/media-sender.h \
  tests/support/media-sink.c tests/support/media-sink.h \
  tests/support/media-source.c tests/support/media-source.h \
  tests/support/rtc-client.c tests/support/rtc-client.h \
  tests/support/rtc-feedback.c tests/support/rtc-feedback.h \
  tests/support/rtc-link.c tests/support/rtc-link.h \
  tests/support/rtc-private.h \
  tests/support/rtc-runner.c tests/support/rtc-runner.h \
  tests/support/udp-socket.c tests/support/udp-socket.h
tests_support_libclient_la_LIBADD = $(GLIB_LIBS)

# The media side of the gateway and its clients in one process.
check_LTLIBRARIES += tests/support/libcall.la
tests_support_libcall_la_SOURCES = \
  tests/support/call.c tests/support/call.h \
  tests/support/gateway.c tests/support/gateway.h \
  tests/support/process-stat.c tests/support/process-stat.h
tests_support_libcall_la_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
tests_support_libcall_la_LIBADD = $(GST_LIBS)
YL_CALL_LIBS = tests/support/libcall.la tests/support/libclient.la \
  src/pipeline/libyl-pipeline.la $(YL_MEDIA_LIBS)

check_PROGRAMS += tests/support/test-allocations
tests_support_test_allocations_LDADD = tests/support/liballocations.la \
  $(YL_CALL_LIBS)
check_PROGRAMS += tests/support/test-call tests/support/test-hostile \
  tests/support/test-udp-socket
tests_support_test_udp_socket_LDADD = tests/support/libclient.la \
  src/base/libyl-base.la $(GLIB_LIBS)
tests_support_test_call_LDADD = $(YL_CALL_LIBS)
tests_support_test_hostile_LDADD = $(YL_CALL_LIBS)

# Two people at a running daemon, over plain HTTP.
check_LTLIBRARIES += tests/support/libdriver.la
tests_support_libdriver_la_SOURCES = \
  tests/support/consult-driver.c tests/support/consult-driver.h \
  tests/support/process-stat.c tests/support/process-stat.h \
  tests/support/rpc-client.c tests/support/rpc-client.h
tests_support_libdriver_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_support_libdriver_la_LIBADD = $(JSON_LIBS) $(GLIB_LIBS)
