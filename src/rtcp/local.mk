noinst_LTLIBRARIES += src/rtcp/libyl-rtcp.la
src_rtcp_libyl_rtcp_la_SOURCES = \
  src/rtcp/keyframe.c src/rtcp/keyframe.h \
  src/rtcp/nack.c src/rtcp/nack.h \
  src/rtcp/ntp.h \
  src/rtcp/remb.c src/rtcp/remb.h \
  src/rtcp/reports.c src/rtcp/reports.h \
  src/rtcp/twcc.c src/rtcp/twcc.h \
  src/rtcp/twcc-recorder.c src/rtcp/twcc-recorder.h \
  src/rtcp/walker.c src/rtcp/walker.h
src_rtcp_libyl_rtcp_la_LIBADD = $(GLIB_LIBS)
