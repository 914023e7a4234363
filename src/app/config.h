/* config.h: settings of the daemon: one table of keys, one file */
#pragma once

#include "base/address.h"
#include "base/log.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  /* [server] */
  char *https; /* "address:port", empty: none */
  char *http;
  char *metrics;
  char *certificate;
  char *private_key;
  char *web;
  int drain_seconds;
  int handshake_seconds;
  /* [store] */
  char *data;
  /* [media] */
  char *media_address; /* empty: all */
  int media_port;
  int workers; /* 0: by the number of cores */
  int viewers_per_worker;
  int portable_srtp;
  char *announce; /* comma-separated addresses, empty: the interfaces' */
  /* [accounts] */
  int session_hours;
  /* [limits] */
  int guests;
  int guests_per_address;
  int members;
  int members_per_address;
  int socket_queue_kib;
  int viewers;
  /* [log] */
  char *level;
} YlConfig;

typedef enum {
  YL_CONFIG_TEXT,
  YL_CONFIG_INTEGER,
  YL_CONFIG_LISTEN, /* "address:port", "[v6]:port" or empty */
  YL_CONFIG_LEVEL,  /* of the log */
  YL_CONFIG_ADDRESSES,
} YlConfigType;

typedef struct {
  const char *group;
  const char *name;
  YlConfigType type;
  size_t offset;          /* in YlConfig */
  const char *value;      /* default */
  const char *demo_value; /* default with --demo, NULL: the same */
  int min, max;           /* integers */
  const char *doc;        /* as packaging/yilian.conf says it */
} YlConfigKey;

#define YL_CONFIG_ERROR (yl_config_error_quark ())
typedef enum {
  YL_CONFIG_ERROR_UNREADABLE,
  YL_CONFIG_ERROR_SYNTAX,
  YL_CONFIG_ERROR_UNKNOWN_KEY,
  YL_CONFIG_ERROR_VALUE,
} YlConfigError;
GQuark yl_config_error_quark (void);

const YlConfigKey *yl_config_keys (size_t *n);

/* The defaults. */
YlConfig *yl_config_new (bool demo);
void yl_config_free (YlConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlConfig, yl_config_free)

/**
 * yl_config_parse:
 * @name: of the file, for messages
 * @text: its content: [group], key = value, # comment
 * @error: the message names file, line and the nearest right name
 */
bool yl_config_parse (YlConfig *self, const char *name, const char *text,
                      GError **error);
bool yl_config_load (YlConfig *self, const char *path, GError **error);

/* Sets one key, as an option of the command line does. */
bool yl_config_set (YlConfig *self, const char *group, const char *key,
                    const char *value, GError **error);

/* "127.0.0.1:8443", "[::]:443"; false when it is neither. */
bool yl_config_parse_listen (const char *text, YlAddress *address);
