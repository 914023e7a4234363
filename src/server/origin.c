#include "server/origin.h"

#include <glib.h>
#include <string.h>

/* The host and port after "http://" or "https://"; default ports dropped. */
static bool
split_origin (const char *origin, const char **host, const char **default_port)
{
  if (g_ascii_strncasecmp (origin, "https://", 8) == 0) {
    *host = origin + 8;
    *default_port = ":443";
    return true;
  }
  if (g_ascii_strncasecmp (origin, "http://", 7) == 0) {
    *host = origin + 7;
    *default_port = ":80";
    return true;
  }
  return false;
}

static size_t
length_without (const char *host, const char *port)
{
  return g_str_has_suffix (host, port) ? strlen (host) - strlen (port)
                                       : strlen (host);
}

bool
yl_origin_matches (const char *origin, const char *host, bool secure)
{
  const char *named, *port;
  if (origin == NULL)
    return true;
  if (host == NULL || *host == '\0' || !split_origin (origin, &named, &port)
      || (secure && strcmp (port, ":443") != 0))
    return false;
  const size_t size = length_without (named, port);
  return size > 0 && size == length_without (host, port)
         && g_ascii_strncasecmp (named, host, size) == 0;
}
