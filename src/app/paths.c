#include <config.h>

#include "app/paths.h"

#include <string.h>

/* In a build tree the daemon lies in build/src/app and the tree's root is
 * three folders up; installed there is no such file there. */
static char *
in_tree (const char *from_root)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (program == NULL)
    return NULL;
  g_autofree char *folder = g_path_get_dirname (program);
  char *path = g_build_filename (folder, "..", "..", from_root, NULL);
  g_autofree char *mark =
      g_build_filename (folder, "..", "..", "config.status", NULL);
  if (g_file_test (mark, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}

/* An installation may have been put elsewhere than configured (make install
 * prefix=/usr): the folder beside the program's goes first. */
static char *
installed (const char *name)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (program != NULL) {
    g_autofree char *folder = g_path_get_dirname (program);
    g_autofree char *path =
        g_build_filename (folder, "..", "share", PACKAGE, name, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return g_build_filename (YL_PKGDATADIR, name, NULL);
}

char *
yl_paths_web (void)
{
  char *path = in_tree ("web");
  return path != NULL ? path : installed ("web");
}

char *
yl_paths_data_file (const char *name)
{
  /* Sources lie above the build folder, unless a test says where. */
  const char *root = g_getenv ("YL_SRCDIR");
  g_autofree char *source = g_build_filename ("..", "packaging", name, NULL);
  char *path = in_tree (source);
  if (path != NULL && root != NULL) {
    g_free (path);
    path = g_build_filename (root, "packaging", name, NULL);
  }
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return installed (name);
}

char *
yl_paths_demo_data (void)
{
  return g_build_filename (g_get_user_state_dir (), "yilian-demo", NULL);
}
