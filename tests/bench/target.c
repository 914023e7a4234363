/* target.c: what targets share: options and the server's process */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 5000

G_DEFINE_QUARK (target_error, target_error)

const char *
target_option (const Target *self, const char *key, const char *otherwise)
{
  const size_t size = strlen (key);
  char **options = self->setup.options;
  for (; options != NULL && *options != NULL; options++)
    if (strncmp (*options, key, size) == 0 && (*options)[size] == '=')
      return *options + size + 1;
  return otherwise;
}

/* In the child: only what may be called between fork and exec. */
static void
prepare_child (gpointer user)
{
  const int *log_fd = user;
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (*log_fd >= 0) {
    dup2 (*log_fd, STDOUT_FILENO);
    dup2 (*log_fd, STDERR_FILENO);
  } else {
    dup2 (STDERR_FILENO, STDOUT_FILENO); /* our own output is JSON */
  }
}

static int
open_log (const Target *self, const char *log)
{
  if (log == NULL)
    return -1;
  g_autofree char *path = g_build_filename (self->setup.folder, log, NULL);
  return open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static char **
make_argv (const Target *self, const char *const *argv, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wrap = NULL;
  if (self->setup.wrap != NULL
      && !g_shell_parse_argv (self->setup.wrap, NULL, &wrap, error))
    return NULL;
  if (wrap != NULL)
    g_strv_builder_addv (builder, (const char **) wrap);
  g_strv_builder_addv (builder, (const char **) argv);
  return g_strv_builder_end (builder);
}

bool
target_spawn (Target *self, const char *const *argv, const char *log,
              GError **error)
{
  g_auto (GStrv) all = make_argv (self, argv, error);
  if (all == NULL)
    return false;
  int log_fd = open_log (self, log);
  const bool done = g_spawn_async (
      NULL, all, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
      prepare_child, &log_fd, &self->pid, error);
  if (log_fd >= 0)
    close (log_fd);
  return done;
}

void
target_reap (Target *self)
{
  if (self->pid <= 0)
    return;
  struct pollfd ended = { .fd = pidfd_open (self->pid, 0), .events = POLLIN };
  kill (self->pid, SIGTERM);
  if (ended.fd < 0 || poll (&ended, 1, PATIENCE_MS) == 0)
    kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  if (ended.fd >= 0)
    close (ended.fd);
  self->pid = 0;
}

bool
target_ended (const Target *self, GError **error)
{
  siginfo_t info = { 0 };
  if (waitid (P_PID, (id_t) self->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0
      && info.si_pid == 0)
    return false;
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
               "the server ended with %d", info.si_status);
  return true;
}
