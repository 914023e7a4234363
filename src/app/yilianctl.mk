bin_PROGRAMS += src/app/yilianctl
src_app_yilianctl_SOURCES = \
  src/app/yilianctl.c src/app/yilianctl.h \
  src/app/yilianctl-course.c \
  src/app/yilianctl-store.c \
  src/app/yilianctl-user.c
src_app_yilianctl_LDADD = src/store/libyl-store.la \
  src/consult/libyl-consult.la src/alliance/libyl-alliance.la \
  src/io/libyl-io.la src/base/libyl-base.la $(GLIB_LIBS)

check_PROGRAMS += tests/app/test-yilianctl
tests_app_test_yilianctl_CPPFLAGS = $(AM_CPPFLAGS) \
  -DYL_TOP_SRCDIR=\"$(abs_top_srcdir)\" \
  -DYL_TOP_BUILDDIR=\"$(abs_top_builddir)\"
tests_app_test_yilianctl_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_app_test_yilianctl_LDADD = $(GLIB_LIBS) $(SQLITE_LIBS)
