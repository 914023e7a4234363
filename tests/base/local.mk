check_PROGRAMS += \
  tests/base/test-address \
  tests/base/test-heap \
  tests/base/test-json-scan \
  tests/base/test-log \
  tests/base/test-page-pool \
  tests/base/test-random \
  tests/base/test-reader \
  tests/base/test-seq \
  tests/base/test-words
tests_base_test_address_LDADD = src/base/libyl-base.la
tests_base_test_heap_LDADD = src/base/libyl-base.la
tests_base_test_log_LDADD = src/base/libyl-base.la
tests_base_test_page_pool_LDADD = src/base/libyl-base.la
tests_base_test_random_LDADD = src/base/libyl-base.la
tests_base_test_reader_LDADD = src/base/libyl-base.la
tests_base_test_seq_LDADD = src/base/libyl-base.la
tests_base_test_words_LDADD = src/base/libyl-base.la
tests_base_test_json_scan_LDADD = src/base/libyl-base.la
