YL_SFU_LIBS = src/sfu/libyl-sfu.la src/rtp/libyl-rtp.la src/base/libyl-base.la
check_PROGRAMS += \
  tests/sfu/test-clock \
  tests/sfu/test-munger \
  tests/sfu/test-sfu
EXTRA_DIST += tests/sfu/one-track.h tests/sfu/packets.h
tests_sfu_test_clock_LDADD = $(YL_SFU_LIBS)
tests_sfu_test_munger_LDADD = $(YL_SFU_LIBS)
tests_sfu_test_sfu_LDADD = $(YL_SFU_LIBS)
check_PROGRAMS += tests/sfu/test-lip-sync
tests_sfu_test_lip_sync_LDADD = $(YL_SFU_LIBS)
check_PROGRAMS += tests/sfu/test-sfu-random
tests_sfu_test_sfu_random_SOURCES = tests/sfu/test-sfu-random.c \
  tests/sfu/sfu-model.c tests/sfu/sfu-model.h
tests_sfu_test_sfu_random_LDADD = $(YL_SFU_LIBS)
check_PROGRAMS += tests/sfu/test-passes tests/sfu/test-replay
tests_sfu_test_replay_LDADD = $(YL_SFU_LIBS)
tests_sfu_test_passes_LDADD = $(YL_SFU_LIBS)
check_PROGRAMS += tests/sfu/test-histories
tests_sfu_test_histories_LDADD = $(YL_SFU_LIBS)
check_PROGRAMS += tests/sfu/test-limits
tests_sfu_test_limits_LDADD = $(YL_SFU_LIBS)
