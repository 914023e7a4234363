/* courses.h: courses that are on: one publisher, many who watch
 *
 * What WHIP and WHEP ask (whip/) is checked against the store and becomes
 * rooms and peers (rooms.h). A course is on from its first client to its
 * last; who watches may come before who publishes, and stays when that one
 * leaves. A new publisher takes the place of the old one: an encoder that
 * crashed must get back in. Main thread. */
#pragma once

#include "app/rooms.h"
#include "server/server.h"
#include "store/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct YlCourses YlCourses;

typedef struct {
  YlStore *store;
  YlRooms *rooms;
  unsigned max_viewers; /* of all courses together */
} YlCoursesOptions;

typedef struct {
  unsigned courses;    /* on now */
  unsigned publishers; /* now */
  unsigned viewers;    /* now */
  uint64_t sessions[YL_WHIP_N_ROLES];
  uint64_t refusals[YL_WHIP_N_ROLES][YL_WHIP_N_REFUSALS];
} YlCoursesStats;

YlCourses *yl_courses_new (const YlCoursesOptions *options);
/* Before the rooms, while nothing waits for the store. */
void yl_courses_free (YlCourses *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlCourses, yl_courses_free)

/* One request of WHIP or WHEP, as the handler of the server gets it. */
void yl_courses_take (YlCourses *self, YlHttpPost *post, const YlCaller *caller,
                      const YlWhipRequest *request, const char *body,
                      size_t size);

/* Ends every session and leaves all rooms. */
void yl_courses_end (YlCourses *self);

/* Ends those whose course or token is no longer in the store. Blocks. */
bool yl_courses_reload (YlCourses *self, GError **error);

/* New sessions are refused from now on. */
void yl_courses_drain (YlCourses *self);

void yl_courses_stats (const YlCourses *self, YlCoursesStats *stats);
