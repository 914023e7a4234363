/* sdp.h: the session descriptions of the load program's connections */
#pragma once

#include "target.h"

#include <glib.h>
#include <stdbool.h>

/* An offer: audio and video to send where @local sends them, then audio and
 * video to receive when it wants them. g_free(). */
char *bench_sdp_offer (const TargetLocal *local);

/* An answer to the server's @offer that takes all of it. g_free(). */
char *bench_sdp_answer (const TargetLocal *local, const char *offer);

/* Reads what a server offers or answers: whose turn it is does not matter,
 * as each section says who sends. Zeroes @remote first. False if anything
 * needed is missing. @local: a candidate on its address is preferred. */
bool bench_sdp_read (TargetRemote *remote, const TargetLocal *local,
                     const char *sdp);
