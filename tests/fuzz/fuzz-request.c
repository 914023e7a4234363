/* Whatever a client sends as a message. */
#include "signal/message.h"

#include "signal/scan.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  YlRequest request;
  YlRequestError error;
  const YlScan scan = yl_signal_scan (text, size);
  if (yl_request_parse (text, size, &request, &error)) {
    g_assert (scan == YL_SCAN_OK);
    g_autofree char *reply = yl_message_result (request.id, NULL);
    g_assert (yl_signal_scan (reply, strlen (reply)) == YL_SCAN_OK);
    yl_request_clear (&request);
  } else {
    g_assert (error.code != YL_CODE_OK);
    g_assert (error.beyond_bounds
              == (scan == YL_SCAN_TOO_DEEP || scan == YL_SCAN_TOO_LARGE));
    g_autofree char *reply = yl_message_error (error.id, error.code, NULL);
    g_assert (yl_signal_scan (reply, strlen (reply)) == YL_SCAN_OK);
    yl_request_error_clear (&error);
  }
  return 0;
}
