/* database-courses.c: courses and the hashes of their tokens */
#include "store/database.h"

#include "store/sql.h"

#include <string.h>

void
yl_store_course_free (YlStoreCourse *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self);
}

static bool
copy_hash (sqlite3_stmt *row, int column, uint8_t hash[YL_TOKEN_HASH_SIZE])
{
  if (sqlite3_column_bytes (row, column) != YL_TOKEN_HASH_SIZE)
    return false;
  memcpy (hash, sqlite3_column_blob (row, column), YL_TOKEN_HASH_SIZE);
  return true;
}

/* NULL: a hash has the wrong size, so no token can fit. */
static YlStoreCourse *
read_course (sqlite3_stmt *row)
{
  g_autoptr (YlStoreCourse) course = g_new0 (YlStoreCourse, 1);
  course->name = g_strdup (yl_sql_text (row, 0));
  course->title = g_strdup (yl_sql_text (row, 1));
  course->created_ms = sqlite3_column_int64 (row, 4);
  if (!copy_hash (row, 2, course->publish_hash)
      || !copy_hash (row, 3, course->view_hash))
    return NULL;
  return g_steal_pointer (&course);
}

static bool
fail_name (GError **error, YlStoreError code, const char *name)
{
  g_set_error (error, YL_STORE_ERROR, code,
               code == YL_STORE_ERROR_EXISTS ? "course '%s' exists already"
                                             : "no course '%s'",
               name);
  return false;
}

bool
yl_database_course (YlDatabase *self, const char *name, YlStoreCourse **course,
                    GError **error)
{
  g_autoptr (GError) wrong = NULL;
  YlStoreCourse *found = NULL;
  sqlite3_stmt *get = yl_sql (self, YL_SQL_COURSE_GET, error);
  if (get == NULL)
    return false;
  yl_sql_bind_text (get, 1, name);
  if (yl_sql_next (self, get, &wrong)) {
    found = read_course (get);
    yl_sql_reset (get);
  }
  if (wrong != NULL) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  if (found == NULL)
    return fail_name (error, YL_STORE_ERROR_NOT_FOUND, name);
  *course = found;
  return true;
}

static void
free_course (gpointer course)
{
  yl_store_course_free (course);
}

bool
yl_database_courses (YlDatabase *self, GPtrArray **courses, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (free_course);
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *all = yl_sql (self, YL_SQL_COURSES, error);
  if (all == NULL)
    return false;
  while (yl_sql_next (self, all, &wrong)) {
    YlStoreCourse *course = read_course (all);
    if (course != NULL)
      g_ptr_array_add (found, course);
  }
  if (wrong != NULL) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  *courses = g_steal_pointer (&found);
  return true;
}

/* A statement that says which row it touched; none: @otherwise. */
static bool
change (YlDatabase *self, sqlite3_stmt *statement, const char *name,
        YlStoreError otherwise, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  const bool done = yl_sql_next (self, statement, &wrong);
  yl_sql_reset (statement);
  if (wrong == NULL)
    return done || fail_name (error, otherwise, name);
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

bool
yl_database_add_course (YlDatabase *self, const YlStoreCourse *course,
                        GError **error)
{
  sqlite3_stmt *add = yl_sql (self, YL_SQL_COURSE_INSERT, error);
  if (add == NULL)
    return false;
  yl_sql_bind_text (add, 1, course->name);
  yl_sql_bind_text (add, 2, course->title);
  yl_sql_bind_blob (add, 3, course->publish_hash, YL_TOKEN_HASH_SIZE);
  yl_sql_bind_blob (add, 4, course->view_hash, YL_TOKEN_HASH_SIZE);
  yl_sql_bind_int (add, 5, course->created_ms);
  return change (self, add, course->name, YL_STORE_ERROR_EXISTS, error);
}

bool
yl_database_set_course_tokens (YlDatabase *self, const YlStoreCourse *course,
                               GError **error)
{
  sqlite3_stmt *set = yl_sql (self, YL_SQL_COURSE_TOKENS, error);
  if (set == NULL)
    return false;
  yl_sql_bind_text (set, 1, course->name);
  yl_sql_bind_blob (set, 2, course->publish_hash, YL_TOKEN_HASH_SIZE);
  yl_sql_bind_blob (set, 3, course->view_hash, YL_TOKEN_HASH_SIZE);
  return change (self, set, course->name, YL_STORE_ERROR_NOT_FOUND, error);
}

bool
yl_database_remove_course (YlDatabase *self, const char *name, GError **error)
{
  sqlite3_stmt *gone = yl_sql (self, YL_SQL_COURSE_REMOVE, error);
  if (gone == NULL)
    return false;
  yl_sql_bind_text (gone, 1, name);
  return change (self, gone, name, YL_STORE_ERROR_NOT_FOUND, error);
}
