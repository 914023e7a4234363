# What is said to Janus, and how it is run.
check_LTLIBRARIES += tests/bench/libjanus.la
tests_bench_libjanus_la_SOURCES = \
  tests/bench/janus-api.c tests/bench/janus-api.h \
  tests/bench/janus-config.c tests/bench/janus-config.h \
  tests/bench/janus-message.c tests/bench/janus-message.h \
  tests/bench/janus-port.c tests/bench/janus-port.h \
  tests/bench/janus-socket.c tests/bench/janus-socket.h
tests_bench_libjanus_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(LWS_CFLAGS)
tests_bench_libjanus_la_LIBADD = $(JSON_LIBS) $(LWS_LIBS) $(GLIB_LIBS)

# Media through Janus where it is installed.
check_PROGRAMS += tests/bench/test-janus tests/bench/test-janus-message
tests_bench_test_janus_SOURCES = tests/bench/test-janus.c \
  tests/bench/janus-target.c \
  tests/bench/sdp.c tests/bench/sdp.h \
  tests/bench/target.c tests/bench/target.h
tests_bench_test_janus_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_test_janus_LDADD = tests/bench/libjanus.la $(YL_DRIVER_LIBS)
tests_bench_test_janus_message_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_test_janus_message_LDADD = tests/bench/libjanus.la \
  $(YL_DRIVER_LIBS)
