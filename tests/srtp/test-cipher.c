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
  g_assert_null (cipher.evp);
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
    YlHmacSha1 hmac;
    memset (key, cases[i].fill, sizeof key);
    if (cases[i].key != NULL)
      memcpy (key, cases[i].key, cases[i].key_size);
    yl_hmac_sha1_set_key (&hmac, key, cases[i].key_size);
    const uint8_t *data = (const uint8_t *) cases[i].data;
    yl_hmac_sha1 (&hmac, data, 3, data + 3, cases[i].size - 3, mac);
    g_autoptr (GString) hex = g_string_new (NULL);
    for (size_t k = 0; k < sizeof mac; k++)
      g_string_append_printf (hex, "%02x", mac[k]);
    g_assert_cmpstr (hex->str, ==, cases[i].hex);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp/cipher/key-derivation", test_key_derivation);
  g_test_add_func ("/srtp/cipher/unknown-profile", test_unknown_profile);
  g_test_add_func ("/srtp/hmac-sha1/vectors", test_hmac);
  return g_test_run ();
}
