/* process-stat.c: what a process holds, from /proc */
#include "process-stat.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
read_file (pid_t pid, const char *name, char **text)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, name);
  return g_file_get_contents (path, text, NULL, NULL);
}

static unsigned long
read_number (const char *text, const char *key)
{
  const char *at = strstr (text, key);
  return at != NULL ? strtoul (at + strlen (key), NULL, 10) : 0;
}

static unsigned
count_fds (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  unsigned n = 0;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* The 14th and 15th field; the second one, in brackets, may hold spaces. */
static double
read_cpu (const char *text)
{
  unsigned long user = 0, system = 0;
  const char *rest = strrchr (text, ')');
  if (rest != NULL)
    sscanf (rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
            &user, &system);
  return (double) (user + system) / (double) sysconf (_SC_CLK_TCK);
}

bool
process_stat_read (ProcessStat *stat, pid_t pid)
{
  g_autofree char *status = NULL, *times = NULL;
  if (!read_file (pid, "status", &status) || !read_file (pid, "stat", &times))
    return false;
  stat->rss_kb = read_number (status, "\nVmRSS:");
  stat->threads = (unsigned) read_number (status, "\nThreads:");
  stat->fds = count_fds (pid);
  stat->cpu_s = read_cpu (times);
  return true;
}
