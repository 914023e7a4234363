/* cookie.h: one value out of a Cookie header (RFC 6265, 4.2) */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Copies the value of the first cookie named @name. False: there is none, it
 * is empty, or it does not fit in @size octets with its NUL. */
bool yl_cookie_find (const char *header, const char *name, char *value,
                     size_t size);
