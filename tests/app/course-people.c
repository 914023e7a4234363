#include "course-people.h"

#include "../server/scenario.h"
#include "base/time.h"
#include "io/clock.h"

#include <string.h>

#define PATIENCE_US (20 * YL_US_PER_S)
#define SOME_FRAMES 5

void
course_people_set_up (CoursePeople *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  memset (self, 0, sizeof *self);
  daemon_set_up (&self->daemon);
  self->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  self->dtls = yl_dtls_context_new (self->certificate, &error);
  g_assert_no_error (error);
  self->runner = rtc_runner_new ();
}

void
course_people_tear_down (CoursePeople *self, const void *data)
{
  rtc_runner_free (self->runner);
  yl_dtls_context_free (self->dtls);
  yl_dtls_certificate_free (self->certificate);
  daemon_tear_down (&self->daemon);
}

static char *
line_of (const char *text, const char *label)
{
  const char *at = strstr (text, label);
  g_assert_nonnull (at);
  at += strlen (label);
  return g_strndup (at, strcspn (at, "\r\n"));
}

void
course_people_ctl (CoursePeople *self, const char *words, char **publish,
                   char **watch)
{
  g_autofree char *output = daemon_ctl (&self->daemon, words);
  g_free (*publish);
  g_free (*watch);
  *publish = line_of (output, "publish token: ");
  *watch = line_of (output, "watch token: ");
}

/* --- asking --- */

unsigned
course_people_ask (CoursePeople *self, const char *method, const char *path,
                   const char *token, const char *body, char **reply)
{
  g_autofree char *request = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://elsewhere.test\r\n"
      "%s%s%sContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
      method, path, token != NULL ? "Authorization: Bearer " : "",
      token != NULL ? token : "", token != NULL ? "\r\n" : "", strlen (body),
      body);
  g_autofree char *text = client_ask (self->daemon.http, request);
  g_assert_nonnull (text);
  const unsigned status =
      (unsigned) g_ascii_strtoull (text + strlen ("HTTP/1.1 "), NULL, 10);
  if (reply != NULL)
    *reply = g_steal_pointer (&text);
  return status;
}

char *
course_people_header (const char *reply, const char *name)
{
  g_autofree char *label = g_strdup_printf ("\r\n%s: ", name);
  return strstr (reply, label) != NULL ? line_of (reply, label) : NULL;
}

/* --- people --- */

void
course_people_join (CoursePeople *self, CoursePerson *person, const char *path,
                    const char *token)
{
  const bool sends = g_str_has_prefix (path, "/whip/");
  const RtcClientSetup setup = { .dtls = self->dtls,
                                 .certificate = self->certificate,
                                 .seed = ++self->n,
                                 .audio_bps = sends ? 32000 : 0,
                                 .video_bps = sends ? 300000 : 0 };
  g_autofree char *reply = NULL;
  person->rtc = rtc_client_new (&setup, yl_clock_now_us ());
  g_autofree char *offer = rtc_client_offer (person->rtc);
  g_assert_cmpuint (
      course_people_ask (self, "POST", path, token, offer, &reply), ==, 201);
  person->path = course_people_header (reply, "location");
  person->token = g_strdup (token);
  g_assert_true (g_str_has_prefix (person->path, path));
  g_assert_true (rtc_client_answer (person->rtc, strstr (reply, "\r\n\r\n") + 4,
                                    yl_clock_now_us ()));
  rtc_runner_add (self->runner, person->rtc);
}

void
course_person_clear (CoursePeople *self, CoursePerson *person)
{
  rtc_runner_remove (self->runner, person->rtc);
  rtc_client_free (person->rtc);
  g_free (person->path);
  g_free (person->token);
  memset (person, 0, sizeof *person);
}

unsigned
course_person_remove (CoursePeople *self, const CoursePerson *person)
{
  return course_people_ask (self, "DELETE", person->path, person->token, "",
                            NULL);
}

/* --- waiting --- */

static bool
is_connected (void *rtc)
{
  return rtc_client_state (rtc) == RTC_CONNECTED;
}

void
course_person_await_connected (CoursePeople *self, const CoursePerson *person)
{
  g_assert_true (
      rtc_runner_run (self->runner, is_connected, person->rtc, PATIENCE_US));
}

static bool
is_closed (void *rtc)
{
  return rtc_client_state (rtc) == RTC_CLOSED;
}

void
course_person_await_closed (CoursePeople *self, const CoursePerson *person)
{
  g_assert_true (
      rtc_runner_run (self->runner, is_closed, person->rtc, PATIENCE_US));
}

typedef struct {
  const RtcClient *rtc;
  uint64_t frames, sounds; /* to be there */
} Wish;

static bool
is_fulfilled (void *data)
{
  const Wish *wish = data;
  return rtc_client_sink (wish->rtc, YL_MEDIA_VIDEO)->frames >= wish->frames
         && rtc_client_sink (wish->rtc, YL_MEDIA_AUDIO)->packets
                >= wish->sounds;
}

void
course_person_await_media (CoursePeople *self, const CoursePerson *person)
{
  const RtcClient *rtc = person->rtc;
  Wish wish = { rtc,
                rtc_client_sink (rtc, YL_MEDIA_VIDEO)->frames + SOME_FRAMES,
                rtc_client_sink (rtc, YL_MEDIA_AUDIO)->packets + SOME_FRAMES };
  g_assert_true (
      rtc_runner_run (self->runner, is_fulfilled, &wish, PATIENCE_US));
  g_assert_cmpuint (rtc_client_sink (rtc, YL_MEDIA_VIDEO)->malformed, ==, 0);
  g_assert_cmpuint (rtc_client_sink (rtc, YL_MEDIA_VIDEO)->before_keyframe, ==,
                    0);
}

void
course_person_await_gone (CoursePeople *self, const CoursePerson *person)
{
  const uint64_t end_us = yl_clock_now_us () + PATIENCE_US;
  unsigned status;
  /* A wrong token finds out without doing anything. */
  while ((status = course_people_ask (self, "DELETE", person->path, "wrong", "",
                                      NULL))
         != 404) {
    g_assert_cmpuint (status, ==, 401);
    g_assert_cmpuint (yl_clock_now_us (), <, end_us);
    rtc_runner_pass (self->runner, 20 * YL_US_PER_MS);
  }
}
