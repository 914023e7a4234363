noinst_LTLIBRARIES += src/rtp/libyl-rtp.la
src_rtp_libyl_rtp_la_SOURCES = \
  src/rtp/h264.c src/rtp/h264.h \
  src/rtp/history.c src/rtp/history.h \
  src/rtp/loss.c src/rtp/loss.h \
  src/rtp/packet.h \
  src/rtp/payload-info.c src/rtp/payload-info.h \
  src/rtp/receive-stats.c src/rtp/receive-stats.h \
  src/rtp/resend-damper.c src/rtp/resend-damper.h \
  src/rtp/rtp-ext.c src/rtp/rtp-ext.h \
  src/rtp/rtp-view.c src/rtp/rtp-view.h \
  src/rtp/rtx.c src/rtp/rtx.h \
  src/rtp/vp8.c src/rtp/vp8.h
src_rtp_libyl_rtp_la_LIBADD = $(GLIB_LIBS)
