# Run by tests/e2e/run, not by `make check`: it needs browsers.
EXTRA_DIST += \
  tests/e2e/.npmrc \
  tests/e2e/background.mjs \
  tests/e2e/browsers.mjs \
  tests/e2e/course.mjs \
  tests/e2e/daemon.mjs \
  tests/e2e/demo.mjs \
  tests/e2e/doors.mjs \
  tests/e2e/foreign.mjs \
  tests/e2e/knock.mjs \
  tests/e2e/look.mjs \
  tests/e2e/main.mjs \
  tests/e2e/package-lock.json \
  tests/e2e/package.json \
  tests/e2e/person.mjs \
  tests/e2e/probe.mjs \
  tests/e2e/run \
  tests/e2e/sockets.mjs \
  tests/e2e/speed.mjs \
  tests/e2e/story.mjs \
  tests/e2e/suite.mjs \
  tests/e2e/testcard.mjs
