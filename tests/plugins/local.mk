check_PROGRAMS += tests/plugins/test-ylrtcsrc
tests_plugins_test_ylrtcsrc_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_plugins_test_ylrtcsrc_CFLAGS = $(AM_CFLAGS) $(GSTCHECK_CFLAGS)
tests_plugins_test_ylrtcsrc_LDADD = $(YL_WORKER_RIG_LIBS) $(YL_MEDIA_LIBS) \
  $(GSTCHECK_LIBS) $(GST_LIBS)
check_PROGRAMS += \
  tests/plugins/test-packet-pool \
  tests/plugins/test-ylrouter
tests_plugins_test_packet_pool_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
tests_plugins_test_packet_pool_LDADD = $(YL_MEDIA_LIBS) $(GST_LIBS)
tests_plugins_test_ylrouter_CFLAGS = $(AM_CFLAGS) $(GSTCHECK_CFLAGS)
tests_plugins_test_ylrouter_LDADD = $(YL_MEDIA_LIBS) $(GSTCHECK_LIBS)
check_PROGRAMS += tests/plugins/test-ylrtcsink
tests_plugins_test_ylrtcsink_CFLAGS = $(AM_CFLAGS) $(GSTCHECK_CFLAGS)
tests_plugins_test_ylrtcsink_LDADD = $(YL_MEDIA_LIBS) $(GSTCHECK_LIBS)
