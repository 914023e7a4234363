noinst_LTLIBRARIES += src/peer/libyl-peer.la
src_peer_libyl_peer_la_SOURCES = \
  src/peer/peer-events.c \
  src/peer/peer-feedback.c \
  src/peer/peer-ingress.c \
  src/peer/peer-private.h \
  src/peer/peer-reports.c \
  src/peer/peer-sources.c \
  src/peer/peer.c src/peer/peer.h
