/* store-courses.c: what the daemon asks about courses; yilianctl makes them */
#include "store/store.h"

#include "store/store-thread.h"

static bool
work_course (YlDatabase *database, YlStoreJob *job, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  if (yl_database_course (database, job->text, &job->course, &wrong)
      || g_error_matches (wrong, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND))
    return true;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

static void
reply_course (YlStoreJob *job)
{
  ((YlStoreCourseDone) job->done) (job->course, job->error, job->user_data);
}

void
yl_store_course_get (YlStore *self, const char *name, YlStoreCourseDone done,
                     void *user_data)
{
  static const YlStoreJobKind kind = { false, work_course, reply_course };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->text = g_strdup (name);
  job->certain = true;
  yl_store_submit (self, job);
}

static bool
work_courses (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_courses (database, &job->list, error);
}

GPtrArray *
yl_store_courses (YlStore *self, GError **error)
{
  static const YlStoreJobKind kind = { false, work_courses, NULL };
  YlStoreJob *job = yl_store_job_new (&kind, NULL, NULL);
  yl_store_run_now (self, job, error);
  GPtrArray *courses = g_steal_pointer (&job->list);
  yl_store_job_free (job);
  return courses;
}
