/* oracle.h: libsrtp as the judge of our own SRTP, and packets to feed both */
#pragma once

#include "base/srtp-keying.h"

#include <glib.h>
#include <srtp2/srtp.h>
#include <stdint.h>

#define PACKET_MAX 1500

extern const YlSrtpProfile oracle_profiles[3];

/* Key and salt of @profile, the same on every call with the same @seed. */
YlSrtpKeying oracle_keying (YlSrtpProfile profile, uint8_t seed);

/* A session with a replay window as large as ours. */
srtp_t oracle_session (const YlSrtpKeying *keying, srtp_ssrc_type_t type);

/* Writes a packet with random CSRCs, extension and payload as @rand draws
 * them. Returns its size, *@header_size is that of the header. */
size_t oracle_packet (GRand *rand, uint32_t ssrc, uint16_t seq, uint8_t *data,
                      size_t *header_size);

/* Adds test cases "<path>/<profile>", one for each profile, and for AES-GCM
 * a second one on the portable library. */
void oracle_add (const char *path, void (*test) (gconstpointer profile));
