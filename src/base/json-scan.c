#include "base/json-scan.h"

#include <glib.h>
#include <stdint.h>

#define DEPTH_LIMIT 64 /* one bit a level */

bool
yl_json_scan (const char *text, size_t size, unsigned depth_max)
{
  uint64_t objects = 0; /* bit d: level d was opened by a brace */
  unsigned depth = 0;
  bool in_string = false;

  g_return_val_if_fail (depth_max <= DEPTH_LIMIT, false);
  if (size > G_MAXSSIZE || !g_utf8_validate_len (text, size, NULL))
    return false;
  for (size_t i = 0; i < size; i++) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        i++;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (depth == depth_max)
        return false;
      const uint64_t bit = UINT64_C (1) << depth++;
      objects = c == '{' ? objects | bit : objects & ~bit;
    } else if (c == '}' || c == ']') {
      if (depth == 0)
        return false;
      if ((objects >> --depth & 1) != (c == '}'))
        return false;
    }
  }
  return depth == 0 && !in_string;
}
