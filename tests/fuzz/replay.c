/* replay.c: runs a fuzz target over its kept inputs, as a TAP test */
#include "config.h"

#ifndef YL_FUZZING

#  include <glib.h>
#  include <stdbool.h>
#  include <stdint.h>
#  include <stdio.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The folder of "…/fuzz-name" is $G_TEST_SRCDIR/fuzz/regress/name; an
 * explicit list of files may follow instead. */
static GPtrArray *
inputs_of (int argc, char **argv)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  for (int i = 1; i < argc; i++)
    if (argv[i][0] != '-')
      g_ptr_array_add (paths, g_strdup (argv[i]));
  if (paths->len > 0)
    return paths;

  g_autofree char *program = g_path_get_basename (argv[0]);
  const char *name =
      g_str_has_prefix (program, "fuzz-") ? program + 5 : program;
  const char *srcdir = g_getenv ("G_TEST_SRCDIR");
  g_autofree char *folder = g_build_filename (srcdir != NULL ? srcdir : "tests",
                                              "fuzz", "regress", name, NULL);
  GDir *dir = g_dir_open (folder, 0, NULL);
  if (dir != NULL) {
    const char *entry;
    while ((entry = g_dir_read_name (dir)) != NULL)
      g_ptr_array_add (paths, g_build_filename (folder, entry, NULL));
    g_dir_close (dir);
  }
  return paths;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = inputs_of (argc, argv);
  unsigned failed = 0;
  printf ("1..%u\n", paths->len + 1);
  LLVMFuzzerTestOneInput ((const uint8_t *) "", 0);
  printf ("ok 1 - empty input\n");
  for (unsigned i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    g_autofree char *text = NULL;
    g_autofree char *name = g_path_get_basename (path);
    size_t size = 0;
    const bool read = g_file_get_contents (path, &text, &size, NULL);
    if (read) {
      /* an exact copy, so that a sanitizer sees the first octet past it */
      g_autofree uint8_t *data = g_memdup2 (text, size);
      LLVMFuzzerTestOneInput (data, size);
    }
    failed += !read;
    printf ("%s %u - %s\n", read ? "ok" : "not ok", i + 2, name);
    fflush (stdout);
  }
  return failed > 0;
}
#else
typedef int yl_replay_is_empty_here;
#endif
