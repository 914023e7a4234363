/* course-people.h: a daemon, and who publishes and who watches courses there,
 * by WHIP and WHEP over plain HTTP */
#pragma once

#include "daemon-process.h"

#include "../support/rtc-client.h"
#include "../support/rtc-runner.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
  DaemonProcess daemon; /* not started yet */
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  RtcRunner *runner;
  uint32_t n; /* people so far */
} CoursePeople;

typedef struct {
  RtcClient *rtc;
  char *path; /* of the resource */
  char *token;
} CoursePerson;

/* As a fixture; @data is not looked at. */
void course_people_set_up (CoursePeople *self, const void *data);
void course_people_tear_down (CoursePeople *self, const void *data);

/* Makes or renews a course by yilianctl @words; its tokens, g_free(). */
void course_people_ctl (CoursePeople *self, const char *words, char **publish,
                        char **watch);

/* One exchange: the status; *reply (nullable): all of it, g_free(). */
unsigned course_people_ask (CoursePeople *self, const char *method,
                            const char *path, const char *token,
                            const char *body, char **reply);

/* A header's value in a reply, or NULL; g_free(). */
char *course_people_header (const char *reply, const char *name);

/* Offers at @path ("/whip/ecg"): camera and microphone, or slots only. */
void course_people_join (CoursePeople *self, CoursePerson *person,
                         const char *path, const char *token);
void course_person_clear (CoursePeople *self, CoursePerson *person);

/* DELETE of the person's resource: the status. */
unsigned course_person_remove (CoursePeople *self, const CoursePerson *person);

/* Until the person is connected; until frames and sound come from now on;
 * until the gateway closed it; until its resource is gone. */
void course_person_await_connected (CoursePeople *self,
                                    const CoursePerson *person);
void course_person_await_media (CoursePeople *self, const CoursePerson *person);
void course_person_await_closed (CoursePeople *self,
                                 const CoursePerson *person);
void course_person_await_gone (CoursePeople *self, const CoursePerson *person);
