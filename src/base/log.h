/* log.h: one line a fact, for layers 4 and 5 only
 *
 * Engines report by events and counters; edges log them. Never patient or
 * clinician data, SDP, credentials or keys; network addresses only below
 * INFO; rooms, peers and cases by opaque ids. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  YL_LOG_ERROR,   /* someone must act */
  YL_LOG_WARNING, /* degraded */
  YL_LOG_INFO,    /* lifecycle */
  YL_LOG_DEBUG,   /* decisions */
} YlLogLevel;

/* Writes one line to standard error: with the priority in front when systemd
 * reads it, else with the time. Any thread. */
void yl_log_write (YlLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* What is less important than @level is left out; INFO at start. */
void yl_log_set_level (YlLogLevel level);

/* "error", "warning", "info", "debug"; false: none of these. */
bool yl_log_level_parse (const char *text, YlLogLevel *level);

#define yl_log_error(...) yl_log_write (YL_LOG_ERROR, __VA_ARGS__)
#define yl_log_warning(...) yl_log_write (YL_LOG_WARNING, __VA_ARGS__)
#define yl_log_info(...) yl_log_write (YL_LOG_INFO, __VA_ARGS__)
#define yl_log_debug(...) yl_log_write (YL_LOG_DEBUG, __VA_ARGS__)
