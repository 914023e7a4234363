noinst_LTLIBRARIES += src/server/libyl-server.la
src_server_libyl_server_la_SOURCES = \
  src/server/admission.c src/server/admission.h \
  src/server/certificate.c src/server/certificate.h \
  src/server/cookie.c src/server/cookie.h \
  src/server/http.c \
  src/server/http-whip.c \
  src/server/listener.c src/server/listener.h \
  src/server/origin.c src/server/origin.h \
  src/server/server.c src/server/server.h src/server/server-private.h \
  src/server/static-files.c src/server/static-files.h \
  src/server/websocket.c
src_server_libyl_server_la_CFLAGS = $(AM_CFLAGS) $(LWS_CFLAGS) \
  $(OPENSSL_CFLAGS)
src_server_libyl_server_la_LIBADD = src/whip/libyl-whip.la $(LWS_LIBS) \
  $(OPENSSL_LIBS) $(GLIB_LIBS)
