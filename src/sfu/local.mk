noinst_LTLIBRARIES += src/sfu/libyl-sfu.la
src_sfu_libyl_sfu_la_SOURCES = \
  src/sfu/assign.c \
  src/sfu/clock.c src/sfu/clock.h \
  src/sfu/feedback.c \
  src/sfu/replay.c \
  src/sfu/forward.c \
  src/sfu/histories.c \
  src/sfu/limits.c src/sfu/limits.h \
  src/sfu/munger.c src/sfu/munger.h \
  src/sfu/passes.c src/sfu/passes.h \
  src/sfu/plan.c src/sfu/plan.h \
  src/sfu/sfu.c src/sfu/sfu.h src/sfu/sfu-private.h
src_sfu_libyl_sfu_la_LIBADD = $(GLIB_LIBS)
