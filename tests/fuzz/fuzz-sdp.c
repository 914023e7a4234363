#include "sdp/sdp-offer.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YlSdpOffer) offer =
      yl_sdp_offer_parse ((const char *) data, size, &error);
  g_assert_true ((offer == NULL) == (error != NULL));
  for (unsigned i = 0; offer != NULL && i < offer->n_bundle; i++)
    g_assert_true (offer->bundle[i] < offer->n_sections);
  return 0;
}
