noinst_LTLIBRARIES += src/egress/libyl-egress.la
src_egress_libyl_egress_la_SOURCES = \
  src/egress/egress.c src/egress/egress.h \
  src/egress/egress-writer.c src/egress/egress-writer.h \
  src/egress/kept.c src/egress/kept.h \
  src/egress/outbox.c src/egress/outbox.h
src_egress_libyl_egress_la_LIBADD = $(GLIB_LIBS)
