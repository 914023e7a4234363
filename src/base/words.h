/* words.h: the words that stand for the values of an enumeration in files and
 * messages, in a table by value */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Which of the @n words @text is; false, and @value untouched: none, or there
 * is no text. */
static inline bool
yl_words_find (const char *const *words, unsigned n, const char *text,
               unsigned *value)
{
  for (unsigned i = 0; text != NULL && i < n; i++)
    if (g_str_equal (text, words[i])) {
      *value = i;
      return true;
    }
  return false;
}

/* const char *@function (@Type value), which is within the table */
#define YL_WORDS_DEFINE_NAME(function, Type, table) \
  const char *function (Type value)                 \
  {                                                 \
    return (table)[value];                          \
  }

/* bool @function (const char *text, @Type *value), as yl_words_find() */
#define YL_WORDS_DEFINE_PARSE(function, Type, table)                  \
  bool function (const char *text, Type *value)                       \
  {                                                                   \
    unsigned found = 0;                                               \
    if (!yl_words_find ((table), G_N_ELEMENTS (table), text, &found)) \
      return false;                                                   \
    *value = (Type) found;                                            \
    return true;                                                      \
  }
