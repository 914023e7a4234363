/* courses-private.h: what the files of courses share
 *
 * courses.c: requests, tokens, answers. courses-clients.c: who is in which
 * course. */
#pragma once

#include "app/courses.h"
#include "app/throttle.h"

#define YL_COURSE_ID_SIZE 33 /* 128 random bits in hexadecimal, with NUL */

typedef struct YlCourse YlCourse;

/* One session of WHIP or WHEP: the resource and its peer. */
typedef struct {
  YlRoomPeer base; /* first: events come with it */
  YlCourse *course;
  YlWhipRole role;
  guint timer; /* runs while there is no connection */
  uint8_t token_hash[YL_TOKEN_HASH_SIZE]; /* of the token it showed */
  char id[YL_COURSE_ID_SIZE];
} YlCourseClient;

/* A course that is on. */
struct YlCourse {
  YlRoom base;
  YlCourses *courses;
  char *name;
  YlCourseClient *publisher; /* or NULL */
  /* By role, as the store had them last. */
  uint8_t token_hashes[YL_WHIP_N_ROLES][YL_TOKEN_HASH_SIZE];
};

struct YlCourses {
  YlStore *store;
  YlRooms *rooms;
  YlThrottle *throttle; /* of wrong tokens, by address */
  YlRandom random;
  unsigned max_viewers;
  bool draining;
  unsigned lookups;    /* of courses, under way in the store */
  GHashTable *courses; /* YlCourse by name */
  GHashTable *clients; /* YlCourseClient by id */
  YlCoursesStats stats;
};

/* The course of that name, on from now if it was not; one without clients
 * must be let go again. */
YlCourse *yl_courses_ensure (YlCourses *self, const char *name);
void yl_courses_let_go (YlCourses *self, YlCourse *course);

/* The client's peer has an answer (@fresh) and joins the course. As
 * publisher it takes the place of the one before. */
YlCourseClient *yl_courses_join (YlCourses *self, YlCourse *course,
                                 YlWhipRole role, const uint8_t *token_hash,
                                 const YlRoomPeer *fresh, YlNegoAnswer *answer);

/* The client's session is over; its course too, if it was the last. */
void yl_courses_leave (YlCourses *self, YlCourseClient *client);
