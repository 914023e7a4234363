#include "app/courses-private.h"

#include "base/log.h"
#include "base/time.h"
#include "io/clock.h"
#include "io/system-random.h"
#include "sdp/sdp-text.h"

#include <string.h>

/* When who was refused for lack of room may ask again [s]. */
#define RETRY_FULL_S 10
#define RETRY_DRAINING_S 15
#define RETRY_BUSY_S 1

/* Asked of the store at once; more are told to come again. */
#define MAX_LOOKUPS 512

/* Nobody guesses a token: this keeps a broken client from being a load. A
 * whole clinic may sit behind one address. */
static const YlThrottleRules address_rules = {
  .free_attempts = 20,
  .first_wait_us = 1 * YL_US_PER_S,
  .max_wait_us = 60 * YL_US_PER_S,
  .forget_us = 5 * 60 * YL_US_PER_S,
  .capacity = 10000,
};

/* An offer that waits for the store. */
typedef struct {
  YlCourses *courses;
  YlHttpPost *post;
  YlWhipRequest request;
  char address[YL_ADDRESS_TEXT_SIZE];
  uint8_t token_hash[YL_TOKEN_HASH_SIZE];
  char *offer;
  size_t offer_size;
} Attempt;

static void
refuse (YlCourses *self, YlHttpPost *post, const YlWhipRequest *request,
        YlWhipRefusal refusal, unsigned retry_after_s)
{
  self->stats.refusals[request->role][refusal]++;
  yl_http_whip_reply (post,
                      yl_whip_reply_refused (request, refusal, retry_after_s));
}

/* --- tokens --- */

static YlWhipRefusal
check_token (uint8_t known[YL_WHIP_N_ROLES][YL_TOKEN_HASH_SIZE],
             const uint8_t *shown, YlWhipRole role)
{
  const YlWhipRole other =
      role == YL_WHIP_PUBLISH ? YL_WHIP_WATCH : YL_WHIP_PUBLISH;
  if (yl_token_hash_equal (known[role], shown))
    return YL_WHIP_OK;
  return yl_token_hash_equal (known[other], shown) ? YL_WHIP_WRONG_ROLE
                                                   : YL_WHIP_WRONG_TOKEN;
}

/* Seconds to wait, 0: none. Who shows the token of a course that is on is
 * let through, whoever else sits behind its address. */
static unsigned
throttled_s (YlCourses *self, const Attempt *attempt)
{
  const uint64_t wait_us = yl_throttle_wait_us (
      self->throttle, attempt->address, yl_clock_now_us ());
  YlCourse *course =
      g_hash_table_lookup (self->courses, attempt->request.course);
  if (wait_us == 0
      || (course != NULL
          && check_token (course->token_hashes, attempt->token_hash,
                          attempt->request.role)
                 == YL_WHIP_OK))
    return 0;
  return (unsigned) (wait_us / YL_US_PER_S) + 1;
}

/* --- offers --- */

static void
finish (Attempt *attempt, YlWhipRefusal refusal, unsigned retry_after_s)
{
  if (attempt->post != NULL)
    refuse (attempt->courses, attempt->post, &attempt->request, refusal,
            retry_after_s);
  explicit_bzero (attempt->request.token, sizeof attempt->request.token);
  g_free (attempt->offer);
  g_free (attempt);
}

static YlWhipRefusal
refusal_of (const YlCourse *course, const GError *error)
{
  yl_log_info ("course %s: offer refused: %s", course->name, error->message);
  if (error->domain == YL_ROOMS_ERROR)
    return YL_WHIP_FULL;
  if (error->domain == YL_NEGO_ERROR)
    return YL_WHIP_UNSUPPORTED_OFFER;
  return g_error_matches (error, YL_SDP_ERROR, YL_SDP_ERROR_TOO_LARGE)
             ? YL_WHIP_TOO_LARGE
             : YL_WHIP_BAD_OFFER;
}

static void
accept_offer (Attempt *attempt, YlCourse *course, const YlRoomPeer *fresh,
              YlNegoAnswer *answer)
{
  const YlWhipRequest *request = &attempt->request;
  const YlCourseClient *client =
      yl_courses_join (attempt->courses, course, request->role,
                       attempt->token_hash, fresh, answer);
  yl_http_whip_reply (
      g_steal_pointer (&attempt->post),
      yl_whip_reply_created (request, client->id, answer->text));
}

/* The token is right: answers, or says what stands in the way. */
static YlWhipRefusal
try_offer (Attempt *attempt, const YlStoreCourse *row)
{
  YlCourses *self = attempt->courses;
  const YlWhipRole role = attempt->request.role;
  const YlNegoOffer offer = {
    .text = attempt->offer,
    .size = attempt->offer_size,
    .generation = 1,
    .role = role == YL_WHIP_PUBLISH ? YL_NEGO_PUBLISHER : YL_NEGO_VIEWER,
  };
  if (self->draining)
    return YL_WHIP_DRAINING;
  if (role == YL_WHIP_WATCH && self->stats.viewers >= self->max_viewers)
    return YL_WHIP_FULL;

  YlRoomPeer fresh = { 0 };
  YlNegoAnswer answer = { 0 };
  g_autoptr (GError) error = NULL;
  YlWhipRefusal refusal = YL_WHIP_OK;
  YlCourse *course = yl_courses_ensure (self, attempt->request.course);
  memcpy (course->token_hashes[YL_WHIP_PUBLISH], row->publish_hash,
          YL_TOKEN_HASH_SIZE);
  memcpy (course->token_hashes[YL_WHIP_WATCH], row->view_hash,
          YL_TOKEN_HASH_SIZE);
  if (yl_rooms_answer (self->rooms, &course->base, &fresh, &offer, &answer,
                       &error))
    accept_offer (attempt, course, &fresh, &answer);
  else
    refusal = refusal_of (course, error);
  yl_nego_answer_clear (&answer);
  yl_courses_let_go (self, course);
  return refusal;
}

static YlWhipRefusal
check_row (const Attempt *attempt, const YlStoreCourse *row)
{
  uint8_t known[YL_WHIP_N_ROLES][YL_TOKEN_HASH_SIZE];
  if (row == NULL)
    return YL_WHIP_WRONG_TOKEN;
  memcpy (known[YL_WHIP_PUBLISH], row->publish_hash, YL_TOKEN_HASH_SIZE);
  memcpy (known[YL_WHIP_WATCH], row->view_hash, YL_TOKEN_HASH_SIZE);
  return check_token (known, attempt->token_hash, attempt->request.role);
}

static void
on_course (const YlStoreCourse *row, const GError *error, void *user_data)
{
  Attempt *attempt = user_data;
  YlCourses *self = attempt->courses;
  self->lookups--;
  if (error != NULL) {
    yl_log_warning ("a course could not be read: %s", error->message);
    finish (attempt, YL_WHIP_UNAVAILABLE, RETRY_FULL_S);
    return;
  }
  YlWhipRefusal refusal = check_row (attempt, row);
  if (refusal != YL_WHIP_OK) {
    yl_throttle_attempt (self->throttle, attempt->address, yl_clock_now_us ());
  } else {
    yl_throttle_forgive (self->throttle, attempt->address);
    refusal = try_offer (attempt, row);
  }
  finish (attempt, refusal,
          refusal == YL_WHIP_DRAINING ? RETRY_DRAINING_S : RETRY_FULL_S);
}

static void
begin_offer (YlCourses *self, YlHttpPost *post, const YlCaller *caller,
             const YlWhipRequest *request, const char *body, size_t size)
{
  Attempt *attempt = g_new0 (Attempt, 1);
  attempt->courses = self;
  attempt->post = post;
  attempt->request = *request;
  yl_address_ip_text (&caller->address, attempt->address);
  yl_token_hash (request->token, attempt->token_hash);
  const unsigned wait_s = throttled_s (self, attempt);
  if (self->draining || wait_s > 0) {
    finish (attempt, self->draining ? YL_WHIP_DRAINING : YL_WHIP_THROTTLED,
            self->draining ? RETRY_DRAINING_S : wait_s);
    return;
  }
  if (self->lookups >= MAX_LOOKUPS) {
    finish (attempt, YL_WHIP_UNAVAILABLE, RETRY_BUSY_S);
    return;
  }
  attempt->offer = g_memdup2 (body, size);
  attempt->offer_size = size;
  self->lookups++;
  yl_store_course_get (self->store, request->course, on_course, attempt);
}

/* --- removing --- */

/* Its id is as good as a secret, and it shows its token as well. */
static YlWhipRefusal
try_remove (YlCourses *self, const YlWhipRequest *request)
{
  uint8_t hash[YL_TOKEN_HASH_SIZE];
  YlCourseClient *client = g_hash_table_lookup (self->clients, request->id);
  if (client == NULL || client->role != request->role
      || strcmp (client->course->name, request->course) != 0)
    return YL_WHIP_NOT_FOUND;
  yl_token_hash (request->token, hash);
  if (!yl_token_hash_equal (client->token_hash, hash))
    return YL_WHIP_WRONG_TOKEN;
  yl_courses_leave (self, client);
  return YL_WHIP_OK;
}

void
yl_courses_take (YlCourses *self, YlHttpPost *post, const YlCaller *caller,
                 const YlWhipRequest *request, const char *body, size_t size)
{
  YlWhipRefusal refusal = request->refusal;
  switch (request->action) {
  case YL_WHIP_OFFER:
    begin_offer (self, post, caller, request, body, size);
    return;
  case YL_WHIP_OPTIONS:
    yl_http_whip_reply (post, yl_whip_reply_options (request));
    return;
  case YL_WHIP_REMOVE:
    refusal = try_remove (self, request);
    if (refusal == YL_WHIP_OK) {
      yl_http_whip_reply (post, yl_whip_reply_removed (request));
      return;
    }
    break;
  case YL_WHIP_REFUSE:
    break;
  }
  refuse (self, post, request, refusal, RETRY_FULL_S);
}

/* --- life --- */

static const YlStoreCourse *
find_row (const GPtrArray *rows, const char *name)
{
  for (guint i = 0; i < rows->len; i++) {
    const YlStoreCourse *row = g_ptr_array_index (rows, i);
    if (strcmp (row->name, name) == 0)
      return row;
  }
  return NULL;
}

static bool
may_stay (const YlCourseClient *client, const GPtrArray *rows)
{
  const YlStoreCourse *row = find_row (rows, client->course->name);
  if (row == NULL)
    return false;
  return yl_token_hash_equal (
      client->role == YL_WHIP_PUBLISH ? row->publish_hash : row->view_hash,
      client->token_hash);
}

bool
yl_courses_reload (YlCourses *self, GError **error)
{
  g_autoptr (GPtrArray) rows = yl_store_courses (self->store, error);
  if (rows == NULL)
    return false;
  g_autoptr (GList) clients = g_hash_table_get_values (self->clients);
  for (const GList *l = clients; l != NULL; l = l->next)
    if (!may_stay (l->data, rows))
      yl_courses_leave (self, l->data);
  return true;
}

void
yl_courses_drain (YlCourses *self)
{
  self->draining = true;
}

void
yl_courses_stats (const YlCourses *self, YlCoursesStats *stats)
{
  *stats = self->stats;
  stats->courses = g_hash_table_size (self->courses);
}

YlCourses *
yl_courses_new (const YlCoursesOptions *options)
{
  YlCourses *self = g_new0 (YlCourses, 1);
  self->store = options->store;
  self->rooms = options->rooms;
  self->max_viewers = options->max_viewers;
  self->throttle = yl_throttle_new (&address_rules);
  yl_system_random_init (&self->random);
  self->courses = g_hash_table_new (g_str_hash, g_str_equal);
  self->clients = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
yl_courses_end (YlCourses *self)
{
  self->draining = true;
  g_autoptr (GList) clients = g_hash_table_get_values (self->clients);
  for (const GList *l = clients; l != NULL; l = l->next)
    yl_courses_leave (self, l->data);
}

void
yl_courses_free (YlCourses *self)
{
  yl_courses_end (self);
  g_hash_table_unref (self->clients);
  g_hash_table_unref (self->courses);
  yl_throttle_free (self->throttle);
  g_free (self);
}
