/* support.h: offers from files, and answers taken apart, for tests here */
#pragma once

#include "nego/nego.h"

#include <string.h>

/* Reads tests/data/sdp/@name. */
static inline char *
load_offer (const char *name)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "data", "sdp", name, NULL);
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* @text with each @from replaced by @to, or each line with it taken out when
 * @to is NULL. */
static inline char *
edit (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  GString *out = g_string_new (NULL);
  for (size_t i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    if (to == NULL && strstr (lines[i], from) != NULL)
      continue;
    g_string_append_printf (out, "%s\r\n", lines[i]);
  }
  if (to != NULL)
    g_string_replace (out, from, to, 0);
  return g_string_free (out, FALSE);
}
