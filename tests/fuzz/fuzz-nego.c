#include "nego/nego.h"
#include "sdp/sdp-offer.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The input is two offers, one after the other, parted by an octet 0. What
 * is answered must itself be SDP within our own bounds. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlRandom random;
  YlAddress candidate;
  yl_random_init_seeded (&random, 1);
  g_assert_true (yl_address_parse_ip (&candidate, "192.0.2.1", 8443));
  const YlNegoSite site = {
    .candidates = &candidate,
    .n_candidates = 1,
    .simulcast = size & 1,
  };
  g_autoptr (YlNegoSession) session = yl_nego_session_new ();
  const uint8_t *middle = size > 0 ? memchr (data, 0, size) : NULL;
  const size_t first = middle != NULL ? (size_t) (middle - data) : size;
  const YlNegoRole role = (YlNegoRole) (size / 2 % (YL_NEGO_VIEWER + 1));
  const YlNegoOffer offers[] = {
    { (const char *) data, first, 1, role },
    { (const char *) data + first + 1, size - first - 1, 2, role },
  };
  for (size_t i = 0; i < (middle != NULL ? 2 : 1); i++) {
    g_autoptr (GError) error = NULL;
    YlNegoAnswer answer = { 0 };
    if (!yl_nego_answer (session, &offers[i], &site, &random, &answer,
                         &error)) {
      g_assert_nonnull (error);
      continue;
    }
    g_autoptr (YlSdpOffer) reread =
        yl_sdp_offer_parse (answer.text, strlen (answer.text), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (reread->n_sections, ==, answer.config->n_sections);
    yl_nego_answer_clear (&answer);
  }
  return 0;
}
