/* fuzz-dtls.c: a handshake on a link that the input controls
 *
 * Each datagram under way takes one octet of the input: pass, drop, repeat,
 * spoil (two more octets: where and how), or be replaced by the next up to
 * 255 octets. When the input is used up, all pass. */
#include "base/reader.h"
#include "dtls/dtls.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { PASS, DROP, REPEAT, SPOIL, REPLACE, N_FATES };

#define MAX_DATAGRAMS 200

static YlDtlsContext *context;
static uint8_t fingerprint[1][YL_DTLS_SHA256_SIZE];

static void
set_up (void)
{
  g_autoptr (YlDtlsCertificate) certificate = yl_dtls_certificate_new (NULL);
  context = yl_dtls_context_new (certificate, NULL);
  memcpy (fingerprint[0], yl_dtls_certificate_sha256 (certificate),
          sizeof fingerprint[0]);
}

static YlDtls *
make_end (YlDtlsRole role)
{
  return yl_dtls_new (context, role,
                      (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) fingerprint, 1,
                      0);
}

static void
deliver (YlReader *script, YlDtls *to, const uint8_t *data, size_t size)
{
  uint8_t copy[2 * YL_DTLS_MTU];
  g_assert_cmpuint (size, <=, YL_DTLS_MTU);
  memcpy (copy, data, size);
  switch (yl_reader_u8 (script) % N_FATES) {
  case DROP:
    return;
  case REPEAT:
    yl_dtls_receive (to, copy, size, 0);
    break;
  case SPOIL: {
    const uint8_t at = yl_reader_u8 (script);
    copy[at * size / 256] ^= yl_reader_u8 (script);
    break;
  }
  case REPLACE: {
    YlReader other = yl_reader_narrow (script, yl_reader_u8 (script));
    yl_dtls_receive (to, other.cur, yl_reader_left (&other), 0);
    return;
  }
  default:
    break;
  }
  yl_dtls_receive (to, copy, size, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (context == NULL)
    set_up ();
  YlReader script = yl_reader_init (data, size);
  g_autoptr (YlDtls) server = make_end (YL_DTLS_SERVER);
  g_autoptr (YlDtls) client = make_end (YL_DTLS_CLIENT);
  bool any = true;
  for (unsigned n = 0; any && n < MAX_DATAGRAMS;) {
    YlDtls *ends[] = { server, client };
    any = false;
    for (unsigned from = 0; from < 2; from++) {
      const uint8_t *datagram;
      size_t datagram_size;
      while ((datagram_size = yl_dtls_poll_transmit (ends[from], &datagram)) > 0
             && n++ < MAX_DATAGRAMS) {
        deliver (&script, ends[!from], datagram, datagram_size);
        any = true;
      }
    }
  }
  YlSrtpKeying keying[2][2];
  if (yl_dtls_get_keying (server, &keying[0][0], &keying[0][1])
      && yl_dtls_get_keying (client, &keying[1][0], &keying[1][1]))
    g_assert_cmpmem (&keying[0][0], sizeof keying[0][0], &keying[1][1],
                     sizeof keying[1][1]);
  return 0;
}
