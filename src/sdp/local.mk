noinst_LTLIBRARIES += src/sdp/libyl-sdp.la
src_sdp_libyl_sdp_la_SOURCES = \
  src/sdp/sdp-codec.c src/sdp/sdp-codec.h \
  src/sdp/sdp-offer.c src/sdp/sdp-offer.h \
  src/sdp/sdp-text.c src/sdp/sdp-text.h
src_sdp_libyl_sdp_la_CFLAGS = $(AM_CFLAGS) $(GSTSDP_CFLAGS)
src_sdp_libyl_sdp_la_LIBADD = $(GLIB_LIBS) $(GSTSDP_LIBS)
