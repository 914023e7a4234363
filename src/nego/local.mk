noinst_LTLIBRARIES += src/nego/libyl-nego.la
src_nego_libyl_nego_la_SOURCES = \
  src/nego/answer-text.c src/nego/answer-text.h \
  src/nego/nego.c src/nego/nego.h \
  src/nego/numbers.c src/nego/numbers.h \
  src/nego/peer-config.c src/nego/peer-config.h \
  src/nego/section.c src/nego/section.h
src_nego_libyl_nego_la_CFLAGS = $(AM_CFLAGS) $(GSTSDP_CFLAGS)
src_nego_libyl_nego_la_LIBADD = src/sdp/libyl-sdp.la
