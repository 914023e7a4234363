/* oracle.c: libsrtp as the judge of our own SRTP, and packets to feed both */
#include "oracle.h"

#include "base/writer.h"
#include "srtp/gcm.h"

#include <string.h>

const YlSrtpProfile oracle_profiles[3] = {
  YL_SRTP_PROFILE_AES128_CM_SHA1_80,
  YL_SRTP_PROFILE_AEAD_AES_128_GCM,
  YL_SRTP_PROFILE_AEAD_AES_256_GCM,
};

static const char *const names[3] = { "aes128-cm-sha1-80", "aead-aes-128-gcm",
                                      "aead-aes-256-gcm" };

YlSrtpKeying
oracle_keying (YlSrtpProfile profile, uint8_t seed)
{
  YlSrtpKeying keying = { .profile = profile };
  for (size_t i = 0; i < sizeof keying.key; i++)
    keying.key[i] = (uint8_t) (seed + 7 * i);
  for (size_t i = 0; i < sizeof keying.salt; i++)
    keying.salt[i] = (uint8_t) (seed ^ (0x5a + 11 * i));
  return keying;
}

static void
set_crypto (srtp_crypto_policy_t *policy, YlSrtpProfile profile)
{
  if (profile == YL_SRTP_PROFILE_AES128_CM_SHA1_80)
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 (policy);
  else if (profile == YL_SRTP_PROFILE_AEAD_AES_128_GCM)
    srtp_crypto_policy_set_aes_gcm_128_16_auth (policy);
  else
    srtp_crypto_policy_set_aes_gcm_256_16_auth (policy);
}

srtp_t
oracle_session (const YlSrtpKeying *keying, srtp_ssrc_type_t type)
{
  static gsize initialised = 0;
  if (g_once_init_enter (&initialised)) {
    g_assert_cmpint (srtp_init (), ==, srtp_err_status_ok);
    g_once_init_leave (&initialised, 1);
  }
  uint8_t key[YL_SRTP_MAX_KEY + YL_SRTP_MAX_SALT];
  const size_t key_size = yl_srtp_profile_key_size (keying->profile);
  memcpy (key, keying->key, key_size);
  memcpy (key + key_size, keying->salt,
          yl_srtp_profile_salt_size (keying->profile));
  srtp_policy_t policy = { .ssrc = { .type = type },
                           .key = key,
                           .window_size = 128 };
  set_crypto (&policy.rtp, keying->profile);
  set_crypto (&policy.rtcp, keying->profile);
  srtp_t session = NULL;
  g_assert_cmpint (srtp_create (&session, &policy), ==, srtp_err_status_ok);
  return session;
}

size_t
oracle_packet (GRand *rand, uint32_t ssrc, uint16_t seq, uint8_t *data,
               size_t *header_size)
{
  YlWriter out = yl_writer_init (data, PACKET_MAX);
  const uint32_t csrcs = (uint32_t) g_rand_int_range (rand, 0, 4);
  const bool extension = g_rand_boolean (rand);
  yl_writer_u16 (&out,
                 (uint16_t) (0x8060 | (extension ? 0x1000 : 0) | csrcs << 8));
  yl_writer_u16 (&out, seq);
  yl_writer_u32 (&out, g_rand_int (rand));
  yl_writer_u32 (&out, ssrc);
  for (uint32_t i = 0; i < csrcs; i++)
    yl_writer_u32 (&out, g_rand_int (rand));
  if (extension) {
    const uint16_t words = (uint16_t) g_rand_int_range (rand, 0, 6);
    yl_writer_u16 (&out, 0xbede);
    yl_writer_u16 (&out, words);
    for (uint16_t i = 0; i < words; i++)
      yl_writer_u32 (&out, g_rand_int (rand));
  }
  *header_size = yl_writer_size (&out);
  const size_t payload_size = (size_t) g_rand_int_range (rand, 0, 1200);
  uint8_t *payload = yl_writer_reserve (&out, payload_size);
  g_assert_nonnull (payload);
  for (size_t i = 0; i < payload_size; i++)
    payload[i] = (uint8_t) g_rand_int (rand);
  return yl_writer_size (&out);
}

typedef struct {
  void (*test) (gconstpointer profile);
  YlSrtpProfile profile;
  bool portable;
} Case;

static void
run_case (gconstpointer data)
{
  const Case *self = data;
  yl_gcm_set_portable (self->portable);
  self->test (GUINT_TO_POINTER (self->profile));
  yl_gcm_set_portable (false);
}

static void
add_case (const char *path, const char *name, const Case *values)
{
  g_autofree char *full = g_strdup_printf ("%s/%s%s", path, name,
                                           values->portable ? "/portable" : "");
  g_test_add_data_func_full (full, g_memdup2 (values, sizeof *values), run_case,
                             g_free);
}

void
oracle_add (const char *path, void (*test) (gconstpointer profile))
{
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    Case values = { test, oracle_profiles[i], false };
    add_case (path, names[i], &values);
    values.portable = true;
    if (oracle_profiles[i] != YL_SRTP_PROFILE_AES128_CM_SHA1_80)
      add_case (path, names[i], &values);
  }
}
