/* sfu-model.h: random lives of a forwarder, held against a reference
 *
 * Shared by the random-sequence test and the fuzzer: every step takes its
 * choices from a source of octets, and every row that comes out is checked:
 * an egress index stands for one content only, for ever; resends repeat what
 * was sent; sources begin at a keyframe; nobody sees himself. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Runs until the octets are used up; aborts when a rule is broken. */
void sfu_model_run (const uint8_t *data, size_t size);
