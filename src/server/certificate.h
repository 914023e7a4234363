/* certificate.h: the certificate of the HTTPS port */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * yl_certificate_check:
 * @certificate, @private_key: PEM files; the first may hold a chain
 * @now_ms: wall clock
 * @expires_ms: (out) (nullable): last moment it is valid; set also when it
 *   expired
 * @error: %YL_SERVER_ERROR_CERTIFICATE: missing, unreadable, expired (the
 *   message names the date), or not belonging to the key
 */
bool yl_certificate_check (const char *certificate, const char *private_key,
                           int64_t now_ms, int64_t *expires_ms, GError **error);

/**
 * yl_certificate_make:
 * @names: NULL-terminated DNS names and IP addresses, the first is the
 *   subject
 *
 * Writes a self-signed P-256 certificate, valid for @days from @now_ms, and
 * its key, readable by the owner only. For the demo: browsers warn.
 */
bool yl_certificate_make (const char *certificate, const char *private_key,
                          const char *const *names, int64_t now_ms, int days,
                          GError **error);
