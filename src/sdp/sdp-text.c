#include "sdp/sdp-text.h"

#include <string.h>

G_DEFINE_QUARK (yl_sdp_error, yl_sdp_error)

static bool
check_line (const char *line, size_t length, unsigned number, GError **error)
{
  if (length > YL_SDP_MAX_LINE) {
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_TOO_LARGE,
                 "line %u has %zu octets", number, length);
    return false;
  }
  const bool first_ok = number > 1 || yl_sdp_word_is (line, length, "v=0");
  if (!first_ok || length < 2 || line[1] != '=' || !g_ascii_islower (line[0])) {
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                 "line %u is not SDP", number);
    return false;
  }
  for (size_t i = 0; i < length; i++) {
    if (g_ascii_iscntrl (line[i])) {
      g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                   "line %u has a control character", number);
      return false;
    }
  }
  return true;
}

bool
yl_sdp_check_text (const char *text, size_t size, GError **error)
{
  if (size > YL_SDP_MAX_SIZE) {
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_TOO_LARGE,
                 "%zu octets of SDP", size);
    return false;
  }
  if (size == 0 || text[size - 1] != '\n'
      || !g_utf8_validate_len (text, size, NULL)) {
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                 "SDP is empty, cut off or not UTF-8 (%zu octets)", size);
    return false;
  }

  unsigned number = 0;
  unsigned sections = 0;
  for (const char *line = text, *end = text + size; line < end;) {
    const char *next = memchr (line, '\n', (size_t) (end - line));
    size_t length = (size_t) (next - line);
    if (length > 0 && line[length - 1] == '\r')
      length--;
    if (!check_line (line, length, ++number, error))
      return false;
    sections += line[0] == 'm';
    line = next + 1;
  }
  if (sections == 0 || sections > YL_SDP_MAX_SECTIONS) {
    g_set_error (error, YL_SDP_ERROR,
                 sections == 0 ? YL_SDP_ERROR_MALFORMED
                               : YL_SDP_ERROR_TOO_LARGE,
                 "%u media sections", sections);
    return false;
  }
  return true;
}

bool
yl_sdp_read_number (const char **at, uint32_t max, uint32_t *number)
{
  const char *p = *at;
  uint64_t value = 0;
  while (g_ascii_isdigit (*p) && value <= max)
    value = value * 10 + (uint64_t) (*p++ - '0');
  if (p == *at || value > max)
    return false;
  *at = p;
  *number = (uint32_t) value;
  return true;
}

const char *
yl_sdp_read_word (const char **at, size_t *length)
{
  const char *word = *at + strspn (*at, " ");
  *length = strcspn (word, " ");
  *at = word + *length;
  return word;
}

bool
yl_sdp_word_is (const char *text, size_t length, const char *name)
{
  return strlen (name) == length && memcmp (text, name, length) == 0;
}

bool
yl_sdp_is_token (const char *text, size_t length, size_t max)
{
  static const char marks[] = "!#$%&'*+-.^_`{|}~";
  if (length == 0 || length > max)
    return false;
  for (size_t i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i])
        && memchr (marks, text[i], sizeof (marks) - 1) == NULL)
      return false;
  }
  return true;
}
