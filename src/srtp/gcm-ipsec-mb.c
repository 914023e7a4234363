/* gcm-ipsec-mb.c: AES-GCM by intel-ipsec-mb, for processors that have it */
#include <config.h>

#include "srtp/gcm.h"

#ifdef HAVE_IPSEC_MB

#  include <intel-ipsec-mb.h>
#  include <openssl/crypto.h>
#  include <stdalign.h>
#  include <stdlib.h>
#  include <string.h>

/* What the processor is best at. Its manager (200 KB, for jobs, which we do
 * not use) is given back when these are known. */
typedef struct {
  bool usable;
  aes_gcm_pre_t pre_128, pre_256;
  aes_gcm_enc_dec_t seal_128, open_128, seal_256, open_256;
} Functions;

typedef struct {
  struct gcm_key_data expanded; /* first: it wants 64-octet alignment */
  aes_gcm_enc_dec_t seal, open;
} Key;

static Functions functions;

/* Only these were measured to be faster than OpenSSL. */
static bool
is_fast (const IMB_MGR *manager, IMB_ARCH arch)
{
  const uint64_t needed = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ;
  const uint64_t tested =
      manager->features & (IMB_FEATURE_SELF_TEST | IMB_FEATURE_SELF_TEST_PASS);
  return (arch == IMB_ARCH_AVX2 || arch == IMB_ARCH_AVX512)
         && (manager->features & needed) == needed
         && tested != IMB_FEATURE_SELF_TEST; /* tested itself and failed */
}

static void
find_functions (void)
{
  IMB_MGR *manager = alloc_mb_mgr (0);
  IMB_ARCH arch = IMB_ARCH_NONE;
  if (manager == NULL)
    return;
  init_mb_mgr_auto (manager, &arch);
  if (imb_get_errno (manager) == 0 && is_fast (manager, arch))
    functions = (Functions){ .usable = true,
                             .pre_128 = manager->gcm128_pre,
                             .pre_256 = manager->gcm256_pre,
                             .seal_128 = manager->gcm128_enc,
                             .open_128 = manager->gcm128_dec,
                             .seal_256 = manager->gcm256_enc,
                             .open_256 = manager->gcm256_dec };
  free_mb_mgr (manager);
}

static void *
key_new (const uint8_t *key, size_t size, bool seal)
{
  const size_t align = alignof (struct gcm_key_data);
  Key *self = aligned_alloc (align, (sizeof (Key) + align - 1) / align * align);
  if (self == NULL)
    return NULL;
  if (size == 32) {
    functions.pre_256 (key, &self->expanded);
    self->seal = functions.seal_256;
    self->open = functions.open_256;
  } else {
    functions.pre_128 (key, &self->expanded);
    self->seal = functions.seal_128;
    self->open = functions.open_128;
  }
  return self;
}

static void
key_free (void *key)
{
  if (key != NULL)
    OPENSSL_cleanse (key, sizeof (Key));
  free (key);
}

static bool
seal (void *key, const uint8_t *iv, uint8_t *packet, size_t header_size,
      size_t size)
{
  const Key *self = key;
  struct gcm_context_data context;
  uint8_t *data = packet + header_size;
  self->seal (&self->expanded, &context, data, data, size, iv, packet,
              header_size, data + size, YL_GCM_TAG_SIZE);
  return true;
}

static bool
open (void *key, const uint8_t *iv, uint8_t *packet, size_t header_size,
      size_t size)
{
  const Key *self = key;
  struct gcm_context_data context;
  uint8_t tag[YL_GCM_TAG_SIZE];
  uint8_t *data = packet + header_size;
  self->open (&self->expanded, &context, data, data, size, iv, packet,
              header_size, tag, sizeof tag);
  return CRYPTO_memcmp (tag, data + size, sizeof tag) == 0;
}

const YlGcm *
yl_gcm_ipsec_mb (void)
{
  static const YlGcm gcm = { "ipsec-mb", key_new, key_free, seal, open };
  static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
  return CRYPTO_THREAD_run_once (&once, find_functions) && functions.usable
             ? &gcm
             : NULL;
}

#else

const YlGcm *
yl_gcm_ipsec_mb (void)
{
  return NULL;
}

#endif
