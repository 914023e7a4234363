noinst_LTLIBRARIES += src/signal/libyl-signal.la
src_signal_libyl_signal_la_SOURCES = \
  src/signal/codes.c src/signal/codes.h \
  src/signal/scan.c src/signal/scan.h \
  src/signal/message.c src/signal/message.h \
  src/signal/method.c src/signal/method.h \
  src/signal/view.c src/signal/view.h
src_signal_libyl_signal_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
src_signal_libyl_signal_la_LIBADD = $(JSON_LIBS) $(GLIB_LIBS)
EXTRA_DIST += src/signal/PROTOCOL.md
