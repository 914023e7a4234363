/* srtcp.c: SRTCP both ways of one association */
#include "srtp/srtcp.h"

#include "base/reader.h"
#include "base/writer.h"
#include "srtp/derive.h"
#include "srtp/hmac-sha1.h"
#include "srtp/window.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define RTCP_HEADER 8 /* up to and with the sender's SSRC, never encrypted */
#define INDEX_SIZE 4  /* what follows the ciphertext (AEAD: and the tag) */
#define ENCRYPTED UINT32_C (0x80000000)
#define MAX_INDEX UINT32_C (0x7fffffff)
#define BLOCK 16

/* An SSRC that sends RTCP, and which of its indices are used. */
typedef struct {
  uint32_t ssrc;
  YlSrtpWindow used;
} Sender;

/* Keys of one direction. */
typedef struct {
  uint8_t key[YL_SRTP_MAX_KEY];
  uint8_t salt[YL_SRTP_MAX_SALT];
  YlHmacSha1 hmac; /* CM_SHA1_80 only */
  uint32_t n_senders;
  Sender *senders; /* grows by one: there are few */
} Direction;

struct YlSrtcp {
  bool aead;
  size_t tag_size;
  /* Keyed anew for each packet: RTCP comes and goes about once a second, and
   * one context a direction would be another 1.2 KB a viewer. */
  EVP_CIPHER_CTX *evp;
  Direction local;
  Direction remote;
};

static const EVP_CIPHER *
pick_cipher (YlSrtpProfile profile)
{
  switch (profile) {
  case YL_SRTP_PROFILE_AES128_CM_SHA1_80:
    return EVP_aes_128_ctr ();
  case YL_SRTP_PROFILE_AEAD_AES_128_GCM:
    return EVP_aes_128_gcm ();
  case YL_SRTP_PROFILE_AEAD_AES_256_GCM:
    return EVP_aes_256_gcm ();
  default:
    return NULL;
  }
}

static bool
init_direction (Direction *self, const YlSrtpKeying *keying)
{
  uint8_t auth[YL_HMAC_SHA1_SIZE];
  const bool ok =
      yl_srtp_derive (keying, YL_SRTCP_LABEL_KEY, self->key,
                      yl_srtp_profile_key_size (keying->profile))
      && yl_srtp_derive (keying, YL_SRTCP_LABEL_SALT, self->salt,
                         yl_srtp_profile_salt_size (keying->profile))
      && yl_srtp_derive (keying, YL_SRTCP_LABEL_AUTH, auth, sizeof auth);
  yl_hmac_sha1_set_key (&self->hmac, auth, sizeof auth);
  OPENSSL_cleanse (auth, sizeof auth);
  return ok;
}

YlSrtcp *
yl_srtcp_new (const YlSrtpKeying *local, const YlSrtpKeying *remote)
{
  const EVP_CIPHER *cipher = pick_cipher (local->profile);
  if (cipher == NULL || remote->profile != local->profile)
    return NULL;
  g_autoptr (YlSrtcp) self = g_new0 (YlSrtcp, 1);
  self->aead = local->profile != YL_SRTP_PROFILE_AES128_CM_SHA1_80;
  self->tag_size = yl_srtp_profile_overhead (local->profile);
  self->evp = EVP_CIPHER_CTX_new ();
  return self->evp != NULL
                 && EVP_CipherInit_ex2 (self->evp, cipher, NULL, NULL, 1, NULL)
                 && init_direction (&self->local, local)
                 && init_direction (&self->remote, remote)
             ? g_steal_pointer (&self)
             : NULL;
}

void
yl_srtcp_free (YlSrtcp *self)
{
  if (self == NULL)
    return;
  EVP_CIPHER_CTX_free (self->evp);
  g_free (self->local.senders);
  g_free (self->remote.senders);
  OPENSSL_cleanse (self, sizeof *self);
  g_free (self);
}

/* ---- senders ---- */

static Sender *
find_sender (Direction *self, uint32_t ssrc)
{
  for (uint32_t i = 0; i < self->n_senders; i++)
    if (self->senders[i].ssrc == ssrc)
      return &self->senders[i];
  return NULL;
}

/* A new SSRC counts only after the packet proved right: else anybody could
 * use up the places. */
static Sender *
add_sender (Direction *self, uint32_t ssrc)
{
  self->senders = g_renew (Sender, self->senders, self->n_senders + 1);
  Sender *sender = &self->senders[self->n_senders++];
  *sender = (Sender){ .ssrc = ssrc };
  return sender;
}

static uint32_t
read_ssrc (const uint8_t *data)
{
  YlReader in = yl_reader_init (data + 4, 4);
  return yl_reader_u32 (&in);
}

/* ---- one packet ---- */

/* RFC 7714, 9.1 puts the index last in 12 octets; RFC 3711, 4.1.1 shifts
 * salt, SSRC and index left past the 16-bit block counter. */
static void
make_iv (const YlSrtcp *self, const Direction *direction, uint32_t ssrc,
         uint32_t index, uint8_t iv[BLOCK])
{
  memset (iv, 0, BLOCK);
  yl_write_u32 (iv + (self->aead ? 2 : 4), ssrc);
  yl_write_u32 (iv + (self->aead ? 8 : 10), index);
  for (size_t i = 0; i < sizeof direction->salt; i++)
    iv[i] ^= direction->salt[i];
}

/* @word: flag and index as they stand in the packet: authenticated too. */
static bool
begin (YlSrtcp *self, const Direction *direction, bool encrypt,
       const uint8_t *header, const uint8_t *word)
{
  YlReader in = yl_reader_init (word, INDEX_SIZE);
  uint8_t iv[BLOCK];
  int n;
  make_iv (self, direction, read_ssrc (header), yl_reader_u32 (&in) & MAX_INDEX,
           iv);
  return EVP_CipherInit_ex2 (self->evp, NULL, direction->key, iv,
                             encrypt || !self->aead, NULL)
         && (!self->aead
             || (EVP_CipherUpdate (self->evp, NULL, &n, header, RTCP_HEADER)
                 && EVP_CipherUpdate (self->evp, NULL, &n, word, INDEX_SIZE)));
}

static bool
seal (YlSrtcp *self, uint8_t *data, size_t size, uint32_t index)
{
  uint8_t word[INDEX_SIZE], mac[YL_HMAC_SHA1_SIZE];
  uint8_t *end = data + size;
  int n;
  yl_write_u32 (word, ENCRYPTED | index);
  if (!begin (self, &self->local, true, data, word)
      || !EVP_CipherUpdate (self->evp, data + RTCP_HEADER, &n,
                            data + RTCP_HEADER, (int) (size - RTCP_HEADER)))
    return false;
  if (self->aead) {
    memcpy (end + self->tag_size, word, INDEX_SIZE);
    return EVP_CipherFinal_ex (self->evp, end, &n)
           && EVP_CIPHER_CTX_ctrl (self->evp, EVP_CTRL_AEAD_GET_TAG,
                                   (int) self->tag_size, end)
                  > 0;
  }
  memcpy (end, word, INDEX_SIZE);
  yl_hmac_sha1 (&self->local.hmac, data, size, word, INDEX_SIZE, mac);
  memcpy (end + INDEX_SIZE, mac, self->tag_size);
  return true;
}

/* @size: of the compound packet, which tag and index follow. */
static bool
open_packet (YlSrtcp *self, uint8_t *data, size_t size)
{
  uint8_t *tag = data + size + (self->aead ? 0 : INDEX_SIZE);
  const uint8_t *word = data + size + (self->aead ? self->tag_size : 0);
  uint8_t mac[YL_HMAC_SHA1_SIZE];
  int n;
  if (!self->aead) {
    yl_hmac_sha1 (&self->remote.hmac, data, size, word, INDEX_SIZE, mac);
    if (CRYPTO_memcmp (mac, tag, self->tag_size) != 0)
      return false;
  }
  return begin (self, &self->remote, false, data, word)
         && EVP_CipherUpdate (self->evp, data + RTCP_HEADER, &n,
                              data + RTCP_HEADER, (int) (size - RTCP_HEADER))
         && (!self->aead
             || (EVP_CIPHER_CTX_ctrl (self->evp, EVP_CTRL_AEAD_SET_TAG,
                                      (int) self->tag_size, tag)
                     > 0
                 && EVP_CipherFinal_ex (self->evp, tag, &n) > 0));
}

/* ---- both ways ---- */

size_t
yl_srtcp_protect (YlSrtcp *self, uint8_t *data, size_t size, size_t capacity)
{
  const size_t whole = size + self->tag_size + INDEX_SIZE;
  if (size < RTCP_HEADER || size > YL_SRTCP_MAX_SIZE || whole > capacity)
    return 0;
  Direction *local = &self->local;
  const uint32_t ssrc = read_ssrc (data);
  Sender *sender = find_sender (local, ssrc);
  if (sender == NULL && local->n_senders < YL_SRTCP_MAX_SENDERS)
    sender = add_sender (local, ssrc);
  if (sender == NULL || sender->used.newest == MAX_INDEX)
    return 0;
  yl_srtp_window_use (&sender->used, sender->used.newest + 1);
  return seal (self, data, size, (uint32_t) sender->used.newest) ? whole : 0;
}

size_t
yl_srtcp_unprotect (YlSrtcp *self, uint8_t *data, size_t size)
{
  const size_t overhead = self->tag_size + INDEX_SIZE;
  if (size < RTCP_HEADER + overhead || size > YL_SRTCP_MAX_SIZE)
    return 0;
  const size_t plain_size = size - overhead;
  YlReader in = yl_reader_init (
      data + plain_size + (self->aead ? self->tag_size : 0), INDEX_SIZE);
  const uint32_t word = yl_reader_u32 (&in);
  const uint32_t index = word & MAX_INDEX;
  Direction *remote = &self->remote;
  const uint32_t ssrc = read_ssrc (data);
  Sender *sender = find_sender (remote, ssrc);
  /* What is not encrypted, or was seen, costs no cipher. */
  if ((word & ENCRYPTED) == 0
      || (sender == NULL && remote->n_senders == YL_SRTCP_MAX_SENDERS)
      || (sender != NULL && !yl_srtp_window_is_free (&sender->used, index))
      || !open_packet (self, data, plain_size))
    return 0;
  if (sender == NULL)
    sender = add_sender (remote, ssrc);
  yl_srtp_window_use (&sender->used, index);
  return plain_size;
}
