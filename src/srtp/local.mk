noinst_LTLIBRARIES += src/srtp/libyl-srtp.la
src_srtp_libyl_srtp_la_SOURCES = \
  src/srtp/cipher.c src/srtp/cipher.h \
  src/srtp/derive.c src/srtp/derive.h \
  src/srtp/gcm-ipsec-mb.c src/srtp/gcm-openssl.c \
  src/srtp/gcm.c src/srtp/gcm.h \
  src/srtp/hmac-sha1.c src/srtp/hmac-sha1.h \
  src/srtp/receiver.c src/srtp/receiver.h \
  src/srtp/sender.c src/srtp/sender.h \
  src/srtp/srtcp.c src/srtp/srtcp.h \
  src/srtp/window.h
src_srtp_libyl_srtp_la_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
src_srtp_libyl_srtp_la_LIBADD = $(OPENSSL_LIBS) $(IPSEC_MB_LIBS) $(GLIB_LIBS)
