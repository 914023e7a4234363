# The browser's side in memory; tests/worker uses it as well.
check_LTLIBRARIES += tests/peer/libpeerclient.la
tests_peer_libpeerclient_la_SOURCES = \
  tests/peer/peer-client.c tests/peer/peer-client.h
tests_peer_libpeerclient_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
YL_PEER_LIBS = src/peer/libyl-peer.la src/nego/libyl-nego.la \
  src/ice/libyl-ice.la src/dtls/libyl-dtls.la src/srtp/libyl-srtp.la \
  src/rtcp/libyl-rtcp.la src/rtp/libyl-rtp.la src/base/libyl-base.la
YL_PEER_CLIENT_LIBS = tests/peer/libpeerclient.la \
  tests/support/libicecheck.la $(YL_PEER_LIBS)

YL_PEER_PAIR = tests/peer/peer-pair.c tests/peer/peer-pair.h

check_PROGRAMS += \
  tests/peer/test-allocations \
  tests/peer/test-feedback \
  tests/peer/test-media \
  tests/peer/test-peer
tests_peer_test_allocations_SOURCES = tests/peer/test-allocations.c \
  $(YL_PEER_PAIR)
tests_peer_test_allocations_LDADD = tests/support/liballocations.la \
  $(YL_PEER_CLIENT_LIBS)
tests_peer_test_feedback_SOURCES = tests/peer/test-feedback.c $(YL_PEER_PAIR)
tests_peer_test_feedback_LDADD = $(YL_PEER_CLIENT_LIBS)
tests_peer_test_media_SOURCES = tests/peer/test-media.c $(YL_PEER_PAIR)
tests_peer_test_media_LDADD = $(YL_PEER_CLIENT_LIBS)
tests_peer_test_peer_SOURCES = tests/peer/test-peer.c $(YL_PEER_PAIR)
tests_peer_test_peer_LDADD = $(YL_PEER_CLIENT_LIBS)
