noinst_LTLIBRARIES += src/dtls/libyl-dtls.la
src_dtls_libyl_dtls_la_SOURCES = \
  src/dtls/certificate.c src/dtls/certificate.h \
  src/dtls/certificate-private.h \
  src/dtls/context.c src/dtls/context.h \
  src/dtls/datagram-bio.c src/dtls/datagram-bio.h \
  src/dtls/dtls.c src/dtls/dtls.h \
  src/dtls/record-keys.c src/dtls/record-keys.h
src_dtls_libyl_dtls_la_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
src_dtls_libyl_dtls_la_LIBADD = $(OPENSSL_LIBS) $(GLIB_LIBS)
