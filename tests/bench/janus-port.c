/* janus-port.c: which TCP port a process listens on */
#include "janus-port.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STATE_LISTEN 0x0a

/* The inodes of its sockets, as keys. */
static GHashTable *
read_sockets (pid_t pid)
{
  GHashTable *inodes = g_hash_table_new (NULL, NULL);
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *link = g_build_filename (path, name, NULL);
    char target[64] = "";
    unsigned inode;
    if (readlink (link, target, sizeof target - 1) > 0
        && sscanf (target, "socket:[%u]", &inode) == 1)
      g_hash_table_add (inodes, GUINT_TO_POINTER (inode));
  }
  return inodes;
}

bool
janus_port_find (pid_t pid, uint16_t *port)
{
  g_autoptr (GHashTable) inodes = read_sockets (pid);
  g_autofree char *path = g_strdup_printf ("/proc/%d/net/tcp", pid);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return false;
  unsigned best = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    unsigned at, state, inode;
    if (sscanf (*line, " %*u: %*x:%x %*x:%*x %x %*s %*s %*s %*u %*u %u", &at,
                &state, &inode)
            == 3
        && state == STATE_LISTEN && (best == 0 || at < best)
        && g_hash_table_contains (inodes, GUINT_TO_POINTER (inode)))
      best = at;
  }
  if (best == 0)
    return false;
  *port = (uint16_t) best;
  return true;
}
