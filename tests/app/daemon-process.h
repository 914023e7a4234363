/* daemon-process.h: the daemon as its users run it: a process of its own, on
 * ports the kernel chooses, and people who ask it things */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  char *folder; /* temporary: data, settings */
  GPid pid;     /* 0: not running */
  int output;   /* its standard error */
  uint16_t http;
  uint16_t https;
  uint16_t metrics;
} DaemonProcess;

void daemon_set_up (DaemonProcess *self);
/* Kills what still runs, removes the folder. */
void daemon_tear_down (DaemonProcess *self);

/* Starts --demo and waits until it is ready. */
void daemon_start (DaemonProcess *self);

/* The same with more "GROUP.KEY=VALUE", separated by spaces, or NULL. */
void daemon_start_with (DaemonProcess *self, const char *setting);

/* The next line it says that holds @part; g_free(). */
char *daemon_await_line (const DaemonProcess *self, const char *part);

/* Runs `yilianctl WORDS…` on the same data; its output, g_free(). */
char *daemon_ctl (const DaemonProcess *self, const char *words);

/* Starts with these arguments (NULL ends) and waits for its end. Returns the
 * exit status; @output: all it said, g_free(). */
int daemon_run (DaemonProcess *self, char **output, ...) G_GNUC_NULL_TERMINATED;

/* Sends a signal; returns the exit status, or 128 + a signal that ended it. */
int daemon_end (DaemonProcess *self, int signal_number);

/* A path in the folder; g_free(). */
char *daemon_path (const DaemonProcess *self, const char *name);

/* --- asking --- */

/* A number of /metrics, by its name without "yilian_" and with its labels. */
int daemon_metric (const DaemonProcess *self, const char *name);

/* POSTs a request; the whole reply object, json_node_unref(). @params in
 * JSON with ' for ". */
JsonNode *daemon_ask (const DaemonProcess *self, const char *session,
                      const char *method, const char *params);

/* The same, but only the error's code; 0: a result. */
int daemon_ask_code (const DaemonProcess *self, const char *session,
                     const char *method, const char *params);

/* The session of a demo account; g_free(). */
char *daemon_sign_in (const DaemonProcess *self, const char *account);

/* A member's text, by a path like "result.state"; NULL when there is none. */
const char *daemon_text (JsonNode *reply, const char *path);
