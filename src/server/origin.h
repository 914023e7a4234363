/* origin.h: does a request come from our own page? */
#pragma once

#include <stdbool.h>

/**
 * yl_origin_matches:
 * @origin: the Origin header ("https://host:port"), or NULL: not a browser
 * @host: the Host header or :authority, or NULL
 * @secure: asked over TLS; a page that came without it may be anybody's
 *
 * Cookies go along with requests that other sites make; those name another
 * origin (RFC 6454). "null" matches nothing.
 */
bool yl_origin_matches (const char *origin, const char *host, bool secure);
