noinst_LTLIBRARIES += src/io/libyl-io.la
src_io_libyl_io_la_SOURCES = \
  src/io/clock.c src/io/clock.h \
  src/io/mailbox.c src/io/mailbox.h \
  src/io/routes.c src/io/routes.h \
  src/io/system-random.c src/io/system-random.h \
  src/io/udp.c src/io/udp.h \
  src/io/waker.c src/io/waker.h
src_io_libyl_io_la_LIBADD = $(GLIB_LIBS)
