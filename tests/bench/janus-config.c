/* janus-config.c: the folder Debian's Janus is run from
 *
 * The comparison is worth what its weakest choice is worth, so whatever costs
 * Janus something without being part of the task is off, and nothing that a
 * video room needs is. Each choice stands beside its line. */
#include "janus-config.h"

#include "target.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "janus"

static const struct {
  const char *folder; /* below the run's folder */
  const char *part;   /* below Debian's folder; NULL: nothing is loaded */
} PARTS[] = {
  { "plugins", "plugins/libjanus_videoroom.so" },
  { "transports", "transports/libjanus_websockets.so" },
  { "none", NULL },
};

/* Where Debian put a part: the folder's name depends on the architecture. */
static char *
find_part (const char *part)
{
  g_autoptr (GDir) dir = g_dir_open ("/usr/lib", 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path =
        g_build_filename ("/usr/lib", name, "janus", part, NULL);
    if (access (path, R_OK) == 0)
      return g_steal_pointer (&path);
  }
  return NULL;
}

bool
janus_config_installed (void)
{
  g_autofree char *program = g_find_program_in_path (PROGRAM);
  bool found = program != NULL;
  for (size_t i = 0; found && i < G_N_ELEMENTS (PARTS); i++) {
    g_autofree char *path =
        PARTS[i].part != NULL ? find_part (PARTS[i].part) : g_strdup ("");
    found = path != NULL;
  }
  return found;
}

/* Folders of links: what is not there need not be disabled by name. */
static bool
link_parts (const char *folder, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (PARTS); i++) {
    g_autofree char *dir = g_build_filename (folder, PARTS[i].folder, NULL);
    bool done = g_mkdir_with_parents (dir, 0700) == 0;
    if (done && PARTS[i].part != NULL) {
      g_autofree char *from = find_part (PARTS[i].part);
      g_autofree char *name = g_path_get_basename (PARTS[i].part);
      g_autofree char *to = g_build_filename (dir, name, NULL);
      done = from != NULL && symlink (from, to) == 0;
    }
    if (!done) {
      g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                   "cannot make %s for janus: %s", dir, g_strerror (errno));
      return false;
    }
  }
  return true;
}

/* A string of libconfig, with its quotes. */
static void
append_string (GString *out, const char *name, const char *text)
{
  g_string_append_printf (out, "  %s = \"", name);
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *text);
  }
  g_string_append (out, "\"\n");
}

static void
append_folder (GString *out, const char *name, const char *folder,
               const char *below)
{
  g_autofree char *path = g_build_filename (folder, below, NULL);
  append_string (out, name, path);
}

static char *
write_core (const JanusConfig *self, const char *folder)
{
  GString *out = g_string_new ("general: {\n");
  char own[YL_ADDRESS_TEXT_SIZE];
  yl_address_ip_text (&self->own, own);
  append_string (out, "configs_folder", folder);
  append_folder (out, "plugins_folder", folder, "plugins");
  append_folder (out, "transports_folder", folder, "transports");
  append_folder (out, "events_folder", folder, "none");
  append_folder (out, "loggers_folder", folder, "none");
  append_string (out, "interface", own);
  /* 0: a thread for each connection, the default. With few cores a loop for
   * each of them saves switches: the bench runs both and keeps the better. */
  if (self->event_loops > 0)
    g_string_append_printf (out, "  event_loops = %u\n", self->event_loops);
  g_string_append (
      out, "  debug_level = 2\n" /* errors only: nothing is said per packet */
           "  debug_colors = false\n"
           "}\n"
           "media: {\n"
           /* Its history for resends is emptied at a keyframe. */
           "  nack_optimizations = true\n"
           /* Each connection has a timer for transport-cc, five times a
            * second, used or not; at 1000 ms it shares that of RTCP. */
           "  twcc_period = 1000\n"
           /* No notices about media that stopped. */
           "  no_media_timer = 0\n"
           "}\n"
           "nat: {\n"
           /* No checks of its own, like ours. */
           "  ice_lite = true\n");
  /* No port range: the kernel then picks a free port at once, where a range
   * is searched bind by bind. The one address has one candidate. */
  append_string (out, "ice_enforce_list", own);
  g_string_append (out, "}\n");
  return g_string_free (out, FALSE);
}

/* The kernel chooses the port: janus-port.h finds out which. */
static const char WEBSOCKETS[] = "general: {\n"
                                 "  json = \"compact\"\n" /* the cheapest */
                                 "  ws = true\n"
                                 "  ws_ip = \"127.0.0.1\"\n"
                                 "  ws_port = 0\n"
                                 "  wss = false\n"
                                 "}\n"
                                 "admin: {\n"
                                 "  admin_ws = false\n"
                                 "  admin_wss = false\n"
                                 "}\n";

/* Rooms are made by request. */
static const char VIDEOROOM[] = "general: {\n  events = false\n}\n";

static bool
write_file (const char *folder, const char *name, const char *text,
            GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_file_set_contents (path, text, -1, error);
}

bool
janus_config_write (const JanusConfig *self, GError **error)
{
  g_autofree char *folder = g_canonicalize_filename (self->folder, NULL);
  g_autofree char *core = write_core (self, folder);
  return link_parts (folder, error)
         && write_file (folder, "janus.jcfg", core, error)
         && write_file (folder, "janus.transport.websockets.jcfg", WEBSOCKETS,
                        error)
         && write_file (folder, "janus.plugin.videoroom.jcfg", VIDEOROOM,
                        error);
}

char **
janus_config_argv (const JanusConfig *self)
{
  g_autofree char *folder = g_canonicalize_filename (self->folder, NULL);
  g_autofree char *file = g_build_filename (folder, "janus.jcfg", NULL);
  const char *argv[] = { PROGRAM, "-C", file, "-F", folder, NULL };
  return g_strdupv ((char **) argv);
}
