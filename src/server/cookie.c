#include "server/cookie.h"

#include <string.h>

bool
yl_cookie_find (const char *header, const char *name, char *value, size_t size)
{
  const size_t name_size = strlen (name);
  while (*header != '\0') {
    header += strspn (header, "; ");
    const size_t pair_size = strcspn (header, ";");
    if (pair_size > name_size && header[name_size] == '='
        && memcmp (header, name, name_size) == 0) {
      const char *from = header + name_size + 1;
      size_t n = pair_size - name_size - 1;
      while (n > 0 && from[n - 1] == ' ')
        n--;
      if (n == 0 || n >= size)
        return false;
      memcpy (value, from, n);
      value[n] = '\0';
      return true;
    }
    header += pair_size;
  }
  return false;
}
