noinst_LTLIBRARIES += src/worker/libyl-worker.la
src_worker_libyl_worker_la_SOURCES = \
  src/worker/carry.c src/worker/carry.h \
  src/worker/control.h \
  src/worker/worker-batches.c \
  src/worker/worker-carry.c \
  src/worker/worker-commands.c \
  src/worker/worker-events.c \
  src/worker/worker-ingress.c \
  src/worker/worker-paths.c \
  src/worker/worker-peers.c \
  src/worker/worker-private.h \
  src/worker/worker-turn.c \
  src/worker/worker.c src/worker/worker.h
