/* srtcp.c: SRTCP both ways of one association, by libsrtp */
#include "srtp/srtcp.h"

#include "base/reader.h"

#include <openssl/crypto.h>
#include <srtp2/srtp.h>
#include <string.h>

#define RTCP_HEADER 8 /* up to and with the sender's SSRC [octets] */

/* libsrtp keeps state for each SSRC it meets, without a bound of its own. */
typedef struct {
  uint32_t ssrcs[YL_SRTCP_MAX_SENDERS];
  uint32_t n;
} Senders;

struct YlSrtcp {
  srtp_t out;
  srtp_t in;
  Senders local;
  Senders remote;
  /* libsrtp casts to uint32_t; the packets of others are not aligned */
  uint32_t scratch[(YL_SRTCP_MAX_SIZE + YL_SRTCP_MAX_OVERHEAD + 3) / 4];
};

static bool
init_library (void)
{
  static gsize done = 0;
  if (g_once_init_enter (&done))
    g_once_init_leave (&done, 1 + (srtp_init () == srtp_err_status_ok));
  return done == 2;
}

static bool
set_crypto (srtp_crypto_policy_t *policy, YlSrtpProfile profile)
{
  switch (profile) {
  case YL_SRTP_PROFILE_AES128_CM_SHA1_80:
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 (policy);
    return true;
  case YL_SRTP_PROFILE_AEAD_AES_128_GCM:
    srtp_crypto_policy_set_aes_gcm_128_16_auth (policy);
    return true;
  case YL_SRTP_PROFILE_AEAD_AES_256_GCM:
    srtp_crypto_policy_set_aes_gcm_256_16_auth (policy);
    return true;
  default:
    return false;
  }
}

static srtp_t
make_session (const YlSrtpKeying *keying, srtp_ssrc_type_t type)
{
  const size_t key_size = yl_srtp_profile_key_size (keying->profile);
  const size_t salt_size = yl_srtp_profile_salt_size (keying->profile);
  uint8_t key[YL_SRTP_MAX_KEY + YL_SRTP_MAX_SALT];
  srtp_policy_t policy = { .ssrc = { .type = type }, .key = key };
  srtp_t session = NULL;

  if (!set_crypto (&policy.rtp, keying->profile)
      || !set_crypto (&policy.rtcp, keying->profile))
    return NULL;
  memcpy (key, keying->key, key_size);
  memcpy (key + key_size, keying->salt, salt_size);
  const srtp_err_status_t status = srtp_create (&session, &policy);
  OPENSSL_cleanse (key, sizeof key);
  return status == srtp_err_status_ok ? session : NULL;
}

YlSrtcp *
yl_srtcp_new (const YlSrtpKeying *local, const YlSrtpKeying *remote)
{
  if (!init_library ())
    return NULL;
  g_autoptr (YlSrtcp) self = g_new0 (YlSrtcp, 1);
  self->out = make_session (local, ssrc_any_outbound);
  self->in = make_session (remote, ssrc_any_inbound);
  return self->out != NULL && self->in != NULL ? g_steal_pointer (&self) : NULL;
}

void
yl_srtcp_free (YlSrtcp *self)
{
  if (self == NULL)
    return;
  if (self->out != NULL)
    srtp_dealloc (self->out);
  if (self->in != NULL)
    srtp_dealloc (self->in);
  g_free (self);
}

static bool
senders_contain (const Senders *self, uint32_t ssrc)
{
  for (uint32_t i = 0; i < self->n; i++) {
    if (self->ssrcs[i] == ssrc)
      return true;
  }
  return false;
}

static uint32_t
read_ssrc (const uint8_t *data)
{
  YlReader in = yl_reader_init (data + 4, 4);
  return yl_reader_u32 (&in);
}

typedef srtp_err_status_t (*Transform) (srtp_t session, void *data, int *size);

/* A new SSRC counts only after the packet proved right: else anybody could
 * use up the places. */
static size_t
transform (YlSrtcp *self, Transform apply, srtp_t session, Senders *senders,
           uint8_t *data, size_t size, size_t capacity)
{
  if (size < RTCP_HEADER || size > YL_SRTCP_MAX_SIZE)
    return 0;
  const uint32_t ssrc = read_ssrc (data);
  const bool known = senders_contain (senders, ssrc);
  if (!known && senders->n == YL_SRTCP_MAX_SENDERS)
    return 0;

  int n = (int) size;
  memcpy (self->scratch, data, size);
  if (apply (session, self->scratch, &n) != srtp_err_status_ok
      || (size_t) n > capacity)
    return 0;
  memcpy (data, self->scratch, (size_t) n);
  if (!known)
    senders->ssrcs[senders->n++] = ssrc;
  return (size_t) n;
}

size_t
yl_srtcp_protect (YlSrtcp *self, uint8_t *data, size_t size, size_t capacity)
{
  return transform (self, srtp_protect_rtcp, self->out, &self->local, data,
                    size, capacity);
}

size_t
yl_srtcp_unprotect (YlSrtcp *self, uint8_t *data, size_t size)
{
  return transform (self, srtp_unprotect_rtcp, self->in, &self->remote, data,
                    size, size);
}
