noinst_LTLIBRARIES += src/pipeline/libyl-pipeline.la
src_pipeline_libyl_pipeline_la_SOURCES = \
  src/pipeline/demo-expert.c src/pipeline/demo-expert.h \
  src/pipeline/relay.c src/pipeline/relay.h \
  src/pipeline/tap.c src/pipeline/tap.h
src_pipeline_libyl_pipeline_la_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
src_pipeline_libyl_pipeline_la_LIBADD = $(GST_LIBS)
