/* scan.h: is this text JSON (RFC 8259) within our bounds? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Beyond these a message is refused before a parser sees it: json-glib
 * recurses for each level and dies on deep nesting. */
#define YL_SCAN_MAX_OCTETS 65536
#define YL_SCAN_MAX_DEPTH 32

typedef enum {
  YL_SCAN_OK,
  YL_SCAN_TOO_LARGE, /* more octets than YL_SCAN_MAX_OCTETS */
  YL_SCAN_TOO_DEEP,  /* more open brackets than YL_SCAN_MAX_DEPTH */
  YL_SCAN_MALFORMED, /* not one JSON value in UTF-8 without U+0000 */
} YlScan;

/**
 * yl_signal_scan:
 * @text: @size octets, need not end with NUL
 *
 * Checks the whole grammar without allocating or recursing. A text that is
 * both too deep and malformed later is too deep. Any thread.
 */
YlScan yl_signal_scan (const char *text, size_t size);
