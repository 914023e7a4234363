/* yilianctl-course.c: courses and their tokens */
#include "app/yilianctl.h"

#include "base/course-name.h"
#include "io/clock.h"
#include "io/system-random.h"

#include <string.h>

#define TITLE_MAX 200 /* characters */

typedef struct {
  char publish[YL_TOKEN_SIZE];
  char view[YL_TOKEN_SIZE];
} Tokens;

static void
make_tokens (Tokens *tokens, YlStoreCourse *course)
{
  YlRandom random;
  yl_system_random_init (&random);
  yl_token_make (&random, tokens->publish);
  yl_token_make (&random, tokens->view);
  yl_token_hash (tokens->publish, course->publish_hash);
  yl_token_hash (tokens->view, course->view_hash);
}

static bool
check_name (const char *name, GError **error)
{
  if (yl_course_name_is_valid (name, strlen (name)))
    return true;
  g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE,
               "'%s' is no name of a course: 1 to %d of a-z 0-9 -", name,
               YL_COURSE_NAME_MAX);
  return false;
}

static bool
check_title (const char *title, GError **error)
{
  if (title == NULL
      || (g_utf8_validate (title, -1, NULL)
          && g_utf8_strlen (title, -1) <= TITLE_MAX
          && strpbrk (title, "\r\n\t") == NULL))
    return true;
  g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE,
               "a title is one line of at most %d characters", TITLE_MAX);
  return false;
}

/* Where clients find the daemon, as far as this machine knows. */
static char *
make_base (const YlCtl *self)
{
  const char *colon = self->https != NULL ? strrchr (self->https, ':') : NULL;
  const bool usual = colon == NULL || strcmp (colon, ":443") == 0;
  return g_strdup_printf ("https://%s%s", g_get_host_name (),
                          usual ? "" : colon);
}

static void
print_access (const YlCtl *self, const char *name, Tokens *tokens)
{
  g_autofree char *base = make_base (self);
  g_print ("publish at: %s/whip/%s\n"
           "publish token: %s\n"
           "watch at: %s/whep/%s\n"
           "watch token: %s\n"
           "The tokens are shown this once; only their hashes are kept.\n",
           base, name, tokens->publish, base, name, tokens->view);
  explicit_bzero (tokens, sizeof *tokens);
}

static YlDatabase *
open_database (const YlCtl *self, YlDatabaseMode mode, GError **error)
{
  YlDatabase *database = yl_database_open (self->database, mode, error);
  yl_ctl_give_to_daemon (self);
  return database;
}

typedef bool (*Change) (YlDatabase *database, const YlStoreCourse *course,
                        GError **error);

/* Runs @change in a transaction of its own. */
static bool
write_course (YlDatabase *database, Change change, const YlStoreCourse *course,
              GError **error)
{
  const bool done = yl_database_begin (database, error)
                    && change (database, course, error)
                    && yl_database_commit (database, error);
  if (!done)
    yl_database_rollback (database);
  return done;
}

/* Writes the course with new tokens and tells them. */
static bool
put (const YlCtl *self, char *name, YlDatabaseMode mode, Change change,
     GError **error)
{
  Tokens tokens;
  YlStoreCourse course = { .name = name,
                           .title = self->title,
                           .created_ms = yl_clock_wall_ms () };
  if (!check_name (name, error) || !check_title (self->title, error))
    return false;
  g_autoptr (YlDatabase) database = open_database (self, mode, error);
  if (database == NULL)
    return false;
  make_tokens (&tokens, &course);
  if (!write_course (database, change, &course, error))
    return false;
  print_access (self, name, &tokens);
  return true;
}

bool
yl_ctl_course_add (const YlCtl *self, char **arguments, GError **error)
{
  return put (self, arguments[0], YL_DATABASE_MAKE, yl_database_add_course,
              error);
}

bool
yl_ctl_course_token (const YlCtl *self, char **arguments, GError **error)
{
  if (!put (self, arguments[0], YL_DATABASE_EXISTING,
            yl_database_set_course_tokens, error))
    return false;
  g_print ("Nobody new gets in with the old tokens; a running daemon ends who "
           "is in with: systemctl reload yilian\n");
  return true;
}

static bool
remove_course (YlDatabase *database, const YlStoreCourse *course,
               GError **error)
{
  return yl_database_remove_course (database, course->name, error);
}

bool
yl_ctl_course_remove (const YlCtl *self, char **arguments, GError **error)
{
  const YlStoreCourse course = { .name = arguments[0] };
  if (!check_name (arguments[0], error))
    return false;
  g_autoptr (YlDatabase) database =
      open_database (self, YL_DATABASE_EXISTING, error);
  if (database == NULL
      || !write_course (database, remove_course, &course, error))
    return false;
  g_print ("course '%s' removed; a running daemon ends it, if it is on, with: "
           "systemctl reload yilian\n",
           arguments[0]);
  return true;
}

bool
yl_ctl_course_list (const YlCtl *self, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) courses = NULL;
  g_autoptr (YlDatabase) database =
      open_database (self, YL_DATABASE_EXISTING, error);
  if (database == NULL || !yl_database_courses (database, &courses, error))
    return false;
  for (guint i = 0; i < courses->len; i++) {
    const YlStoreCourse *course = g_ptr_array_index (courses, i);
    g_autoptr (GDateTime) created =
        g_date_time_new_from_unix_local (course->created_ms / 1000);
    g_autofree char *day =
        created != NULL ? g_date_time_format (created, "%F") : NULL;
    g_print ("%s\t%s\t%s\n", course->name, day != NULL ? day : "-",
             course->title != NULL ? course->title : "");
  }
  return true;
}
