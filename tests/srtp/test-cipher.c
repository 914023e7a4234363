#include "srtp/cipher.h"

#include <glib.h>
#include <string.h>

/* RFC 3711, B.3 */
static void
test_key_derivation (void)
{
  static const uint8_t salt[14] = { 0x30, 0xcb, 0xbc, 0x08, 0x86, 0x3d, 0x8c,
                                    0x85, 0xd4, 0x9d, 0xb3, 0x4a, 0x9a, 0xe1 };
  const YlSrtpKeying keying = {
    .profile = YL_SRTP_PROFILE_AES128_CM_SHA1_80,
    .key = { 0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3,
             0x2c, 0x06, 0xde, 0x41, 0x39 },
    .salt = { 0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b,
              0x3a, 0xab, 0xe6 },
  };
  YlSrtpCipher cipher;
  g_assert_true (yl_srtp_cipher_init (&cipher, &keying, true));
  g_assert_cmpmem (cipher.salt, sizeof salt, salt, sizeof salt);
  yl_srtp_cipher_clear (&cipher);
}

static void
test_unknown_profile (void)
{
  const YlSrtpKeying keying = { .profile = YL_SRTP_PROFILE_NONE };
  YlSrtpCipher cipher;
  g_assert_false (yl_srtp_cipher_init (&cipher, &keying, true));
  g_assert_null (cipher.key);
  g_assert_null (cipher.counter);
}

/* RFC 2202, 3, cases 1, 2 and 3; the message is fed in two parts. */
static void
test_hmac (void)
{
  static const struct {
    uint8_t fill, key_size;
    const char *key, *data;
    size_t size;
    const char *hex;
  } cases[] = {
    { 0x0b, 20, NULL, "Hi There", 8,
      "b617318655057264e28bc0b6fb378c8ef146be00" },
    { 0, 4, "Jefe", "what do ya want for nothing?", 28,
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { 0xaa, 20, NULL,
      "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
      "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
      "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd",
      50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t key[20], mac[YL_HMAC_SHA1_SIZE];
    memset (key, cases[i].fill, sizeof key);
    if (cases[i].key != NULL)
      memcpy (key, cases[i].key, cases[i].key_size);
    YlHmacSha1 hmac;
    yl_hmac_sha1_set_key (&hmac, key, cases[i].key_size);
    const uint8_t *data = (const uint8_t *) cases[i].data;
    yl_hmac_sha1 (&hmac, data, 3, data + 3, cases[i].size - 3, mac);
    g_autoptr (GString) hex = g_string_new (NULL);
    for (size_t k = 0; k < sizeof mac; k++)
      g_string_append_printf (hex, "%02x", mac[k]);
    g_assert_cmpstr (hex->str, ==, cases[i].hex);
  }
}

/* The two libraries agree octet by octet, and each opens what the other
 * sealed. */
static void
test_engines_agree (void)
{
  const YlGcm *const engines[] = { yl_gcm_openssl (), yl_gcm_ipsec_mb () };
  const uint8_t iv[YL_GCM_IV_SIZE] = { 1, 2, 3 };
  uint8_t key[32];
  if (engines[1] == NULL) {
    g_test_skip ("intel-ipsec-mb is not built in, or too slow here");
    return;
  }
  for (size_t i = 0; i < sizeof key; i++)
    key[i] = (uint8_t) (7 * i + 1);
  for (size_t key_size = 16; key_size <= 32; key_size += 16)
    for (size_t size = 0; size < 1300; size += size < 70 ? 1 : 61) {
      uint8_t packets[2][1400];
      const size_t header = 12 + size % 5 * 4;
      for (unsigned e = 0; e < 2; e++) {
        void *own = engines[e]->key_new (key, key_size, true);
        for (size_t i = 0; i < header + size; i++)
          packets[e][i] = (uint8_t) (i ^ size);
        g_assert_true (engines[e]->seal (own, iv, packets[e], header, size));
        engines[e]->key_free (own);
      }
      const size_t whole = header + size + YL_GCM_TAG_SIZE;
      g_assert_cmpmem (packets[0], whole, packets[1], whole);
      for (unsigned e = 0; e < 2; e++) {
        void *own = engines[e]->key_new (key, key_size, false);
        uint8_t *packet = packets[!e];
        packet[size % whole] ^= 1;
        g_autofree uint8_t *forged = g_memdup2 (packet, whole);
        g_assert_false (engines[e]->open (own, iv, forged, header, size));
        packet[size % whole] ^= 1;
        g_assert_true (engines[e]->open (own, iv, packet, header, size));
        for (size_t i = 0; i < header + size; i++)
          g_assert_cmpuint (packet[i], ==, (uint8_t) (i ^ size));
        engines[e]->key_free (own);
      }
    }
}

static void
test_portable (void)
{
  yl_gcm_set_portable (true);
  g_assert_cmpstr (yl_gcm_get ()->name, ==, "openssl");
  yl_gcm_set_portable (false);
  const YlGcm *fast = yl_gcm_ipsec_mb ();
  g_assert_true (yl_gcm_get () == (fast != NULL ? fast : yl_gcm_openssl ()));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp/cipher/key-derivation", test_key_derivation);
  g_test_add_func ("/srtp/cipher/unknown-profile", test_unknown_profile);
  g_test_add_func ("/srtp/hmac-sha1/vectors", test_hmac);
  g_test_add_func ("/srtp/gcm/engines-agree", test_engines_agree);
  g_test_add_func ("/srtp/gcm/portable", test_portable);
  return g_test_run ();
}
