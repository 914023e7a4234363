#include "signal/scan.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

/* What may come next. */
typedef enum {
  VALUE,          /* a value */
  VALUE_OR_CLOSE, /* after '[' */
  NAME,           /* a member's name */
  NAME_OR_CLOSE,  /* after '{' */
  AFTER_VALUE,    /* a comma, a closing bracket, or the end */
} Expect;

typedef struct {
  const char *cur;
  const char *end;
  uint32_t in_object; /* one bit a level, the innermost lowest */
  unsigned depth;
} Scanner;

G_STATIC_ASSERT (YL_SCAN_MAX_DEPTH <= 32);

static int
peek (const Scanner *s)
{
  return s->cur < s->end ? (unsigned char) *s->cur : -1;
}

static bool
take (Scanner *s, char wanted)
{
  if (peek (s) != (unsigned char) wanted)
    return false;
  s->cur++;
  return true;
}

static void
skip_space (Scanner *s)
{
  while (s->cur < s->end && memchr (" \t\r\n", *s->cur, 4) != NULL)
    s->cur++;
}

static bool
skip_word (Scanner *s, const char *word)
{
  const size_t size = strlen (word);
  if ((size_t) (s->end - s->cur) < size || memcmp (s->cur, word, size) != 0)
    return false;
  s->cur += size;
  return true;
}

static bool
skip_digits (Scanner *s)
{
  const char *start = s->cur;
  while (g_ascii_isdigit (peek (s)))
    s->cur++;
  return s->cur > start;
}

static bool
skip_number (Scanner *s)
{
  take (s, '-');
  if (!take (s, '0') && !skip_digits (s))
    return false;
  if (take (s, '.') && !skip_digits (s))
    return false;
  if (take (s, 'e') || take (s, 'E')) {
    if (!take (s, '+'))
      take (s, '-');
    return skip_digits (s);
  }
  return true;
}

/* Reads the four digits of a \u escape; -1 when they are not there. */
static int
take_hex4 (Scanner *s)
{
  if (s->end - s->cur < 4)
    return -1;
  int value = 0;
  for (int i = 0; i < 4; i++) {
    const int digit = g_ascii_xdigit_value (*s->cur++);
    if (digit < 0)
      return -1;
    value = value << 4 | digit;
  }
  return value;
}

/* U+0000 would cut our strings short, a lone surrogate is no character. */
static bool
skip_unicode_escape (Scanner *s)
{
  const int first = take_hex4 (s);
  if (first <= 0 || (first >= 0xdc00 && first <= 0xdfff))
    return false;
  if (first < 0xd800 || first > 0xdbff)
    return true;
  if (!take (s, '\\') || !take (s, 'u'))
    return false;
  const int second = take_hex4 (s);
  return second >= 0xdc00 && second <= 0xdfff;
}

static bool
skip_string (Scanner *s)
{
  if (!take (s, '"'))
    return false;
  while (s->cur < s->end) {
    const unsigned char c = (unsigned char) *s->cur++;
    if (c == '"')
      return true;
    if (c < 0x20)
      return false;
    if (c != '\\')
      continue;
    const int escape = peek (s);
    if (escape <= 0 || strchr ("\"\\/bfnrtu", escape) == NULL)
      return false;
    s->cur++;
    if (escape == 'u' && !skip_unicode_escape (s))
      return false;
  }
  return false;
}

static bool
skip_scalar (Scanner *s)
{
  switch (peek (s)) {
  case '"':
    return skip_string (s);
  case 't':
    return skip_word (s, "true");
  case 'f':
    return skip_word (s, "false");
  case 'n':
    return skip_word (s, "null");
  default:
    return skip_number (s);
  }
}

static bool
inside_object (const Scanner *s)
{
  return s->depth > 0 && (s->in_object & 1);
}

static YlScan
open_bracket (Scanner *s, bool object, Expect *expect)
{
  if (s->depth == YL_SCAN_MAX_DEPTH)
    return YL_SCAN_TOO_DEEP;
  s->depth++;
  s->in_object = s->in_object << 1 | object;
  *expect = object ? NAME_OR_CLOSE : VALUE_OR_CLOSE;
  return YL_SCAN_OK;
}

static bool
close_bracket (Scanner *s)
{
  if (s->depth == 0 || !take (s, inside_object (s) ? '}' : ']'))
    return false;
  s->depth--;
  s->in_object >>= 1;
  return true;
}

static YlScan
scan_step (Scanner *s, Expect *expect)
{
  const bool may_close = *expect == VALUE_OR_CLOSE || *expect == NAME_OR_CLOSE
                         || *expect == AFTER_VALUE;
  if (may_close && close_bracket (s)) {
    *expect = AFTER_VALUE;
    return YL_SCAN_OK;
  }
  switch (*expect) {
  case VALUE:
  case VALUE_OR_CLOSE:
    if (take (s, '{'))
      return open_bracket (s, true, expect);
    if (take (s, '['))
      return open_bracket (s, false, expect);
    *expect = AFTER_VALUE;
    return skip_scalar (s) ? YL_SCAN_OK : YL_SCAN_MALFORMED;
  case NAME:
  case NAME_OR_CLOSE:
    if (!skip_string (s))
      return YL_SCAN_MALFORMED;
    skip_space (s);
    *expect = VALUE;
    return take (s, ':') ? YL_SCAN_OK : YL_SCAN_MALFORMED;
  case AFTER_VALUE:
  default:
    if (s->depth == 0 || !take (s, ','))
      return YL_SCAN_MALFORMED;
    *expect = inside_object (s) ? NAME : VALUE;
    return YL_SCAN_OK;
  }
}

YlScan
yl_signal_scan (const char *text, size_t size)
{
  if (size > YL_SCAN_MAX_OCTETS)
    return YL_SCAN_TOO_LARGE;

  Scanner s = { .cur = text, .end = text + size };
  Expect expect = VALUE;
  for (;;) {
    skip_space (&s);
    if (s.cur == s.end)
      break;
    const YlScan result = scan_step (&s, &expect);
    if (result != YL_SCAN_OK)
      return result;
  }
  if (s.depth > 0 || expect != AFTER_VALUE
      || !g_utf8_validate_len (text, size, NULL))
    return YL_SCAN_MALFORMED;
  return YL_SCAN_OK;
}
