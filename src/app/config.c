#include "app/config.h"

#include <string.h>

#define KEY(member) offsetof (YlConfig, member)

/* packaging/yilian.conf documents each; a test holds the two together. */
static const YlConfigKey keys[] = {
  { "server", "https", YL_CONFIG_LISTEN, KEY (https), "[::]:443",
    "127.0.0.1:8443", 0, 0, "Address and TCP port of HTTPS and WebSockets" },
  { "server", "http", YL_CONFIG_LISTEN, KEY (http), "", "127.0.0.1:8080", 0, 0,
    "The same without TLS, for a proxy on this machine; empty: none" },
  { "server", "metrics", YL_CONFIG_LISTEN, KEY (metrics), "127.0.0.1:9464",
    NULL, 0, 0, "Address and TCP port of /metrics; empty: none" },
  { "server", "certificate", YL_CONFIG_TEXT, KEY (certificate),
    "/etc/yilian/certificate.pem", "", 0, 0,
    "Certificate chain in PEM; read again on SIGHUP" },
  { "server", "private_key", YL_CONFIG_TEXT, KEY (private_key),
    "/etc/yilian/private-key.pem", "", 0, 0, "Its private key in PEM" },
  { "server", "web", YL_CONFIG_TEXT, KEY (web), "", NULL, 0, 0,
    "Folder of the web client; empty: the installed one" },
  { "server", "drain_seconds", YL_CONFIG_INTEGER, KEY (drain_seconds), "30",
    "2", 0, 3600,
    "How long calls may go on after SIGTERM; a second one ends them" },
  { "server", "handshake_seconds", YL_CONFIG_INTEGER, KEY (handshake_seconds),
    "10", NULL, 1, 60, "Bound of a TLS or HTTP handshake" },
  { "store", "data", YL_CONFIG_TEXT, KEY (data), "/var/lib/yilian", "", 0, 0,
    "Folder of the database" },
  { "media", "address", YL_CONFIG_ADDRESSES, KEY (media_address), "", NULL, 0,
    0, "Address to receive media on; empty: all of this machine" },
  { "media", "port", YL_CONFIG_INTEGER, KEY (media_port), "443", "8443", 0,
    65535, "UDP port of the first worker; the others follow" },
  { "media", "workers", YL_CONFIG_INTEGER, KEY (workers), "0", NULL, 0, 64,
    "Media workers, each on a core and a port of its own; 0: one for every "
    "four cores" },
  { "media", "viewers_per_worker", YL_CONFIG_INTEGER, KEY (viewers_per_worker),
    "500", NULL, 1, 65535,
    "Viewers of one course on one worker; more, or those who come while it is "
    "busy, go to the next" },
  { "media", "announce", YL_CONFIG_ADDRESSES, KEY (announce), "", NULL, 0, 0,
    "Addresses told to browsers, comma-separated, for a gateway behind NAT; "
    "empty: those of the interfaces" },
  { "media", "portable_srtp", YL_CONFIG_INTEGER, KEY (portable_srtp), "0", NULL,
    0, 1, "1: SRTP by OpenSSL even where intel-ipsec-mb would be faster" },
  { "accounts", "session_hours", YL_CONFIG_INTEGER, KEY (session_hours), "12",
    NULL, 1, 720, "How long a sign-in lasts" },
  { "limits", "guests", YL_CONFIG_INTEGER, KEY (guests), "1024", NULL, 16,
    65536, "Connections without a session; over it the idlest is closed" },
  { "limits", "guests_per_address", YL_CONFIG_INTEGER, KEY (guests_per_address),
    "512", NULL, 4, 65536, "The same for one address" },
  { "limits", "members", YL_CONFIG_INTEGER, KEY (members), "8192", NULL, 1,
    65536, "Connections of people signed in; over it new ones are refused" },
  { "limits", "members_per_address", YL_CONFIG_INTEGER,
    KEY (members_per_address), "1024", NULL, 1, 65536,
    "The same for one address" },
  { "limits", "socket_queue_kib", YL_CONFIG_INTEGER, KEY (socket_queue_kib),
    "4096", NULL, 64, 65536,
    "What may wait for a slow reader before it is closed [KiB]" },
  { "limits", "viewers", YL_CONFIG_INTEGER, KEY (viewers), "2000", NULL, 1,
    16384, "Viewers of courses, all together; over it new ones are refused" },
  { "log", "level", YL_CONFIG_LEVEL, KEY (level), "info", NULL, 0, 0,
    "error, warning, info or debug" },
};

G_DEFINE_QUARK (yl - config - error - quark, yl_config_error)

const YlConfigKey *
yl_config_keys (size_t *n)
{
  *n = G_N_ELEMENTS (keys);
  return keys;
}

static char **
text_at (YlConfig *self, const YlConfigKey *key)
{
  return (char **) ((char *) self + key->offset);
}

bool
yl_config_parse_listen (const char *text, YlAddress *address)
{
  const char *colon = strrchr (text, ':');
  if (colon == NULL || colon == text)
    return false;
  guint64 port;
  if (!g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    return false;
  const bool bracketed = text[0] == '[' && colon[-1] == ']';
  g_autofree char *ip = bracketed
                            ? g_strndup (text + 1, (size_t) (colon - text - 2))
                            : g_strndup (text, (size_t) (colon - text));
  if (!bracketed && strchr (ip, ':') != NULL)
    return false;
  return yl_address_parse_ip (address, ip, (uint16_t) port);
}

static bool
are_addresses (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  for (char **part = parts; *part != NULL; part++) {
    YlAddress address;
    if (!yl_address_parse_ip (&address, g_strstrip (*part), 0))
      return false;
  }
  return true;
}

static bool
refuse (const YlConfigKey *key, const char *value, const char *wanted,
        GError **error)
{
  g_set_error (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_VALUE,
               "%s in [%s] cannot be '%s': %s", key->name, key->group, value,
               wanted);
  return false;
}

static bool
set_value (YlConfig *self, const YlConfigKey *key, const char *value,
           GError **error)
{
  YlAddress address;
  YlLogLevel level;
  gint64 number;
  switch (key->type) {
  case YL_CONFIG_INTEGER:
    if (!g_ascii_string_to_signed (value, 10, key->min, key->max, &number,
                                   NULL)) {
      g_autofree char *wanted = g_strdup_printf (
          "a whole number from %d to %d is wanted", key->min, key->max);
      return refuse (key, value, wanted, error);
    }
    *(int *) ((char *) self + key->offset) = (int) number;
    return true;
  case YL_CONFIG_LISTEN:
    if (*value != '\0' && !yl_config_parse_listen (value, &address))
      return refuse (key, value, "like 127.0.0.1:8443 or [::]:443", error);
    break;
  case YL_CONFIG_LEVEL:
    if (!yl_log_level_parse (value, &level))
      return refuse (key, value, "error, warning, info or debug is wanted",
                     error);
    break;
  case YL_CONFIG_ADDRESSES:
    if (!are_addresses (value))
      return refuse (key, value, "IP addresses are wanted", error);
    break;
  case YL_CONFIG_TEXT:
    break;
  }
  g_free (*text_at (self, key));
  *text_at (self, key) = g_strdup (value);
  return true;
}

YlConfig *
yl_config_new (bool demo)
{
  YlConfig *self = g_new0 (YlConfig, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++) {
    const bool other = demo && keys[i].demo_value != NULL;
    set_value (self, &keys[i], other ? keys[i].demo_value : keys[i].value,
               NULL);
  }
  return self;
}

void
yl_config_free (YlConfig *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].type != YL_CONFIG_INTEGER)
      g_free (*text_at (self, &keys[i]));
  g_free (self);
}

/* Levenshtein's distance, of short words. */
static unsigned
distance (const char *a, const char *b)
{
  unsigned row[64];
  const size_t n = MIN (strlen (b), G_N_ELEMENTS (row) - 1);
  for (unsigned j = 0; j <= n; j++)
    row[j] = j;
  for (unsigned i = 0; a[i] != '\0'; i++) {
    unsigned corner = row[0];
    row[0] = i + 1;
    for (unsigned j = 0; j < n; j++) {
      const unsigned change = corner + (a[i] != b[j]);
      corner = row[j + 1];
      row[j + 1] = MIN (change, MIN (row[j], corner) + 1);
    }
  }
  return row[n];
}

static const YlConfigKey *
find_key (const char *group, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].name, name) == 0 && strcmp (keys[i].group, group) == 0)
      return &keys[i];
  return NULL;
}

/* A right name in the wrong group comes before a similar one. */
static const YlConfigKey *
nearest_key (const char *group, const char *name)
{
  const YlConfigKey *best = NULL;
  unsigned best_distance = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++) {
    const unsigned d = 2 * distance (name, keys[i].name)
                       + (strcmp (group, keys[i].group) != 0);
    if (best == NULL || d < best_distance) {
      best = &keys[i];
      best_distance = d;
    }
  }
  return best;
}

bool
yl_config_set (YlConfig *self, const char *group, const char *name,
               const char *value, GError **error)
{
  const YlConfigKey *key = find_key (group, name);
  if (key != NULL)
    return set_value (self, key, value, error);
  const YlConfigKey *nearest = nearest_key (group, name);
  g_set_error (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_UNKNOWN_KEY,
               "there is no key '%s' in [%s]; did you mean '%s' in [%s]?", name,
               group, nearest->name, nearest->group);
  return false;
}

static bool
parse_line (YlConfig *self, char *line, char **group, GError **error)
{
  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
    return true;
  const size_t size = strlen (line);
  if (line[0] == '[' && line[size - 1] == ']') {
    g_free (*group);
    *group = g_strndup (line + 1, size - 2);
    return true;
  }
  char *equals = strchr (line, '=');
  if (equals == NULL || *group == NULL) {
    g_set_error (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_SYNTAX,
                 equals == NULL ? "neither [group] nor key = value: '%s'"
                                : "a [group] has to come before '%s'",
                 line);
    return false;
  }
  *equals = '\0';
  return yl_config_set (self, *group, g_strchomp (line), g_strchug (equals + 1),
                        error);
}

bool
yl_config_parse (YlConfig *self, const char *name, const char *text,
                 GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *group = NULL;
  for (unsigned i = 0; lines[i] != NULL; i++) {
    if (!parse_line (self, lines[i], &group, error)) {
      g_prefix_error (error, "%s:%u: ", name, i + 1);
      return false;
    }
  }
  return true;
}

bool
yl_config_load (YlConfig *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  if (!g_file_get_contents (path, &text, NULL, &reason)) {
    g_set_error (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_UNREADABLE,
                 "the configuration cannot be read: %s", reason->message);
    return false;
  }
  return yl_config_parse (self, path, text, error);
}
