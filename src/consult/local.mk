noinst_LTLIBRARIES += src/consult/libyl-consult.la
src_consult_libyl_consult_la_SOURCES = \
  src/consult/answers.c src/consult/answers.h \
  src/consult/apply.c \
  src/consult/book.c src/consult/book.h \
  src/consult/climb.c src/consult/climb.h \
  src/consult/command.c \
  src/consult/consult.h \
  src/consult/consultation.c src/consult/consultation.h \
  src/consult/decide.c \
  src/consult/decide-duty.c \
  src/consult/decision.c src/consult/decision.h \
  src/consult/event.c \
  src/consult/event-json.c \
  src/consult/words.c
src_consult_libyl_consult_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
src_consult_libyl_consult_la_LIBADD = $(GLIB_LIBS) $(JSON_LIBS)
