/* yilian-site.c: a site of our own to run the daemon with */
#include "yilian-site.h"

#include <gio/gio.h>
#include <string.h>

/* Nobody waits for long here, and nobody is asked a second time. */
static const char ORGANISATIONS[] =
    "{\"version\": 1,"
    "\"timeouts\": {\"routine\": 60, \"urgent\": 45, \"emergency\": 30,"
    " \"patience\": 1800},"
    "\"departments\": [{\"id\": \"" YILIAN_SITE_DEPARTMENT "\","
    " \"zh\": \"心内科\", \"en\": \"Cardiology\"}],"
    "\"organisations\": ["
    "{\"id\": \"clinic\", \"zh\": \"卫生室\", \"en\": \"Clinic\","
    " \"level\": \"village\", \"kind\": \"clinic\", \"parent\": \"hospital\"},"
    "{\"id\": \"hospital\", \"zh\": \"医院\", \"en\": \"Hospital\","
    " \"level\": \"county\", \"kind\": \"hospital\"}],"
    "\"alliances\": [{\"id\": \"community\", \"zh\": \"医共体\","
    " \"en\": \"Community\", \"kind\": \"county_community\", \"members\": ["
    "{\"organisation\": \"hospital\", \"kind\": \"lead\"},"
    "{\"organisation\": \"clinic\", \"kind\": \"member\"}]}],";

static unsigned
count_doctors (const Target *target)
{
  const unsigned n = target->setup.rooms - target->setup.courses;
  return (n + YILIAN_SITE_ROOMS - 1) / YILIAN_SITE_ROOMS;
}

static char *
write_alliance (const Target *target)
{
  GString *out = g_string_new (ORGANISATIONS);
  const unsigned n = count_doctors (target);
  g_string_append (out, "\"persons\": [");
  for (unsigned i = 0; i < n; i++)
    g_string_append_printf (out,
                            "{\"account\": \"" YILIAN_SITE_CLINIC "%u\","
                            " \"zh\": \"甲\", \"en\": \"A\"},",
                            i);
  g_string_append (out, "{\"account\": \"" YILIAN_SITE_EXPERT "\","
                        " \"zh\": \"乙\", \"en\": \"B\"}],\"posts\": [");
  for (unsigned i = 0; i < n; i++)
    g_string_append_printf (out,
                            "{\"id\": \"" YILIAN_SITE_CLINIC_POST "%u\","
                            " \"role\": \"clinic_doctor\","
                            " \"person\": \"" YILIAN_SITE_CLINIC "%u\","
                            " \"organisation\": \"clinic\"},",
                            i, i);
  g_string_append (out, "{\"id\": \"" YILIAN_SITE_EXPERT_POST
                        "\", \"role\": \"expert\","
                        " \"person\": \"" YILIAN_SITE_EXPERT "\","
                        " \"organisation\": \"hospital\","
                        " \"department\": \"" YILIAN_SITE_DEPARTMENT "\"}]}");
  return g_string_free (out, FALSE);
}

static char *
find_build (void)
{
  const char *named = g_getenv ("YL_BUILDDIR");
  if (named != NULL)
    return g_strdup (named);
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (own != NULL ? own : "");
  if (g_str_has_suffix (folder, "/.libs"))
    *strrchr (folder, '/') = '\0';
  return g_build_filename (folder, "..", "..", NULL);
}

void
yilian_site_init (YilianSite *self, const Target *target)
{
  g_autofree char *build = find_build ();
  self->daemon = g_build_filename (build, "src", "app", "yiliand", NULL);
  self->ctl = g_build_filename (build, "src", "app", "yilianctl", NULL);
  self->data = g_build_filename (target->setup.folder, "data", NULL);
  g_mkdir_with_parents (self->data, 0700);
}

void
yilian_site_clear (YilianSite *self)
{
  g_clear_pointer (&self->daemon, g_free);
  g_clear_pointer (&self->ctl, g_free);
  g_clear_pointer (&self->data, g_free);
}

/* Returns what the command printed; NULL on error. */
static char *
run_ctl (const YilianSite *self, const char *input, GError **error, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  va_list arguments;
  char *argument;
  g_ptr_array_add (argv, self->ctl);
  g_ptr_array_add (argv, (char *) "--data");
  g_ptr_array_add (argv, self->data);
  va_start (arguments, error);
  do {
    argument = va_arg (arguments, char *);
    g_ptr_array_add (argv, argument);
  } while (argument != NULL);
  va_end (arguments);

  g_autoptr (GSubprocess) process = g_subprocess_newv (
      (const char *const *) argv->pdata,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
  g_autofree char *output = NULL;
  if (process == NULL
      || !g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL,
                                         error)
      || !g_subprocess_wait_check (process, NULL, error))
    return NULL;
  return g_steal_pointer (&output);
}

static bool
make_account (const YilianSite *self, const char *account, GError **error)
{
  g_autofree char *output = run_ctl (self, YILIAN_SITE_PASSWORD "\n", error,
                                     "user", "add", account, NULL);
  return output != NULL;
}

bool
yilian_site_make_people (const YilianSite *self, const Target *target,
                         GError **error)
{
  g_autofree char *path =
      g_build_filename (target->setup.folder, "alliance.json", NULL);
  g_autofree char *alliance = write_alliance (target);
  if (!g_file_set_contents (path, alliance, -1, error))
    return false;
  g_autofree char *output =
      run_ctl (self, NULL, error, "alliance", "import", path, NULL);
  if (output == NULL || !make_account (self, YILIAN_SITE_EXPERT, error))
    return false;
  for (unsigned i = 0; i < count_doctors (target); i++) {
    g_autofree char *account = g_strdup_printf (YILIAN_SITE_CLINIC "%u", i);
    if (!make_account (self, account, error))
      return false;
  }
  return true;
}

/* The rest of the line that begins with @key; g_free(). */
static char *
find_line (const char *text, const char *key)
{
  const char *at = strstr (text, key);
  if (at == NULL)
    return NULL;
  at += strlen (key);
  return g_strndup (at, strcspn (at, "\r\n"));
}

bool
yilian_site_make_course (const YilianSite *self, const char *name,
                         YilianCourse *course, GError **error)
{
  g_autofree char *output =
      run_ctl (self, NULL, error, "course", "add", name, NULL);
  if (output == NULL)
    return false;
  course->publish = find_line (output, "publish token: ");
  course->view = find_line (output, "watch token: ");
  if (course->publish != NULL && course->view != NULL)
    return true;
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
               "yilianctl course add said no tokens");
  return false;
}
