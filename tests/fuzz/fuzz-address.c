#include "base/address.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  YlAddress a, b;
  char written[YL_ADDRESS_TEXT_SIZE];
  if (yl_address_parse_ip (&a, text, 1)) {
    yl_address_ip_text (&a, written);
    g_assert_true (yl_address_parse_ip (&b, written, 1));
    g_assert_true (yl_address_equal (&a, &b));
  }
  return 0;
}
