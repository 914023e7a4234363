#include "consult/consult.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* One event a line, as they lie in the store: decoded, written again the
 * same, and applied wherever they follow. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlConsultation *one = NULL;
  uint64_t seq = 0;
  while (size > 0) {
    const uint8_t *end = memchr (data, '\n', size);
    const size_t length = end != NULL ? (size_t) (end - data) : size;
    YlConsultEvent *event =
        yl_consult_event_decode ((const char *) data, length, ++seq, NULL);
    if (event != NULL) {
      g_autofree char *text = yl_consult_event_encode (event);
      YlConsultEvent *again =
          yl_consult_event_decode (text, strlen (text), seq, NULL);
      g_assert_nonnull (again);
      g_autofree char *twice = yl_consult_event_encode (again);
      g_assert_cmpstr (text, ==, twice);
      yl_consultation_apply (&one, again);
      yl_consult_event_unref (again);
      yl_consult_event_unref (event);
    }
    data += length;
    size -= length;
    if (size > 0) {
      data++;
      size--;
    }
  }
  yl_consultation_free (one);
  return 0;
}
