noinst_LTLIBRARIES += src/base/libyl-base.la
src_base_libyl_base_la_SOURCES = \
  src/base/address.c src/base/address.h \
  src/base/course-name.h \
  src/base/heap.c src/base/heap.h \
  src/base/ids.h \
  src/base/json-scan.c src/base/json-scan.h \
  src/base/log.c src/base/log.h \
  src/base/page-pool.c src/base/page-pool.h \
  src/base/random.c src/base/random.h \
  src/base/reader.h \
  src/base/seq.h \
  src/base/srtp-keying.h \
  src/base/time.h \
  src/base/words.h \
  src/base/writer.h
src_base_libyl_base_la_LIBADD = $(GLIB_LIBS)
