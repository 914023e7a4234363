# A fuzzer is a libFuzzer program under --enable-fuzzing; in every other build
# it replays tests/fuzz/regress/<name>/ as a test. One block each:
#
#   YL_FUZZERS += tests/fuzz/fuzz-name
#   tests_fuzz_fuzz_name_SOURCES = tests/fuzz/fuzz-name.c
#   tests_fuzz_fuzz_name_LDADD = $(YL_FUZZ_ENGINE) src/x/libyl-x.la
YL_FUZZ_ENGINE = tests/fuzz/libreplay.la $(YL_FUZZ_LINK)
check_LTLIBRARIES += tests/fuzz/libreplay.la
tests_fuzz_libreplay_la_SOURCES = tests/fuzz/replay.c
tests_fuzz_libreplay_la_LIBADD = $(GLIB_LIBS)

YL_FUZZERS += tests/fuzz/fuzz-address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz-address.c
tests_fuzz_fuzz_address_LDADD = $(YL_FUZZ_ENGINE) src/base/libyl-base.la

check_PROGRAMS += $(YL_FUZZERS)
