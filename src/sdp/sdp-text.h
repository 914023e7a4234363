/* sdp-text.h: what a text must satisfy before SDP is read, and small words */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_SDP_MAX_SIZE 32768 /* [octets] of a whole offer */
#define YL_SDP_MAX_LINE 2048  /* [octets] without the line end */
#define YL_SDP_MAX_SECTIONS 16

#define YL_SDP_ERROR (yl_sdp_error_quark ())
typedef enum {
  YL_SDP_ERROR_TOO_LARGE, /* text, a line, the sections or a word */
  YL_SDP_ERROR_MALFORMED,
} YlSdpError;

GQuark yl_sdp_error_quark (void);

/**
 * yl_sdp_check_text:
 * @text: @size octets, need not end in NUL
 *
 * The bounds of every offer: size, line length, number of sections, valid
 * UTF-8 without control characters, "v=0" first, every line "x=" and the last
 * one complete (a cut offer ends in the middle of one).
 *
 * Returns: %true if a parser may see it. Any thread.
 */
bool yl_sdp_check_text (const char *text, size_t size, GError **error);

/* Reads decimal digits at *@at, at most @max, and moves behind them. False:
 * there are none or the number is larger; *@at stays. */
bool yl_sdp_read_number (const char **at, uint32_t max, uint32_t *number);

/* Moves behind the spaces at *@at and returns the word there, its length in
 * @length; 0 at the end. Borrows. */
const char *yl_sdp_read_word (const char **at, size_t *length);

/* Is the word @text of @length the same as @name? */
bool yl_sdp_word_is (const char *text, size_t length, const char *name);

/* Only characters of RFC 8866's `token`, 1..@max of them. */
bool yl_sdp_is_token (const char *text, size_t length, size_t max);
