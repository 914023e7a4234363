/* rtc-runner.h: test clients on real sockets and the real clock */
#pragma once

#include "rtc-client.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct RtcRunner RtcRunner;

RtcRunner *rtc_runner_new (void);
void rtc_runner_free (RtcRunner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtcRunner, rtc_runner_free)

/* Opens a socket for @client (borrowed) to where its answer points. */
void rtc_runner_add (RtcRunner *self, RtcClient *client);

/* Sends what waits and closes the socket. */
void rtc_runner_remove (RtcRunner *self, RtcClient *client);

/* The client's next datagrams come from another port, as after a change of
 * network. */
void rtc_runner_move (RtcRunner *self, RtcClient *client);

/* Runs all clients until @done says so (asked after each turn, at least
 * every 10 ms) or @limit_us has passed. Returns what @done said last. */
bool rtc_runner_run (RtcRunner *self, bool (*done) (void *user), void *user,
                     uint64_t limit_us);

/* Runs them for a while. */
void rtc_runner_pass (RtcRunner *self, uint64_t duration_us);
