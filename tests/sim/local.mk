check_PROGRAMS += tests/sim/test-lossy-publisher
tests_sim_test_lossy_publisher_SOURCES = tests/sim/test-lossy-publisher.c \
  $(YL_PEER_PAIR)
tests_sim_test_lossy_publisher_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_sim_test_lossy_publisher_LDADD = $(YL_PEER_CLIENT_LIBS)
