/* hostile.h: what a client with a valid connection may still send */
#pragma once

#include "rtc-client.h"

#include <stddef.h>

typedef struct {
  const char *name;
  void (*send) (RtcClient *client); /* one datagram, or a few */
  size_t counter; /* offset in YlWorkerMetrics of what must rise */
} Attack;

extern const Attack hostile_attacks[];
extern const size_t hostile_n_attacks;
