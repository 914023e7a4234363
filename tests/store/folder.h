/* folder.h: a folder of a test's own, and its removal */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

static inline char *
folder_make (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("yilian-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

/* Removes it with the files in it, and frees the name. */
static inline void
folder_remove (char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}
