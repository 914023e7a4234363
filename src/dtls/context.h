/* context.h: what only this folder sees of a YlDtlsContext */
#pragma once

#include "dtls/dtls.h"

#include <openssl/ssl.h>

struct YlDtlsContext {
  SSL_CTX *ssl_ctx;
};

/* Called in the handshake, before any key is used, with the sha-256 of the
 * certificate of the other side. */
bool yl_dtls_check_peer (YlDtls *self,
                         const uint8_t sha256[YL_DTLS_SHA256_SIZE]);
