#include "app/demo.h"

#include "base/log.h"
#include "pipeline/demo-expert.h"

#include <string.h>

typedef enum { NOTHING, ACCEPT, GREET, ANSWER, SIGN } Step;

/* One consultation the synthetic expert has to do with. */
typedef struct {
  YlDemo *demo;
  char *id;
  Step next;
  guint timer;
  bool in_room;
  YlRoomId room;
  unsigned worker;
} Case;

struct YlDemo {
  YlJournal *journal;
  YlMedia *media;
  YlDemoPace pace;
  GHashTable *cases;               /* Case by consultation */
  YlPipelineDemoExpert **pictures; /* one a worker */
  unsigned n_pictures;
};

static const char greeting[] =
    "您好，我是演示专家。图像和声音都正常，请介绍一下病人的情况。";
static const char reply[] = "收到，谢谢。";

static const YlOpinion opinion = {
  .findings = "（演示）已查看病历摘要，并通过视频观察病人。",
  .diagnosis = "（演示）此意见由演示专家自动生成，不用于诊疗。",
  .advice = "（演示）请结合本院检查结果，由接诊医生决定治疗方案。",
  .follow_up = "（演示）一周后复诊。",
};

/* --- picture and tone --- */

static void
enter_room (YlDemo *self, Case *c)
{
  if (c->in_room || self->media == NULL)
    return;
  yl_media_set_branch (self->media, c->id, YL_SIDE_EXPERT, &c->room,
                       &c->worker);
  c->in_room = true;
  g_autoptr (GError) error = NULL;
  if (c->worker < self->n_pictures
      && !yl_pipeline_demo_expert_join (self->pictures[c->worker], c->room,
                                        &error))
    yl_log_warning ("the demo expert has no picture: %s", error->message);
}

static void
leave_room (YlDemo *self, Case *c)
{
  if (c->in_room && c->worker < self->n_pictures)
    yl_pipeline_demo_expert_leave (self->pictures[c->worker], c->room);
  c->in_room = false;
}

static void
case_free (void *data)
{
  Case *c = data;
  leave_room (c->demo, c);
  g_clear_handle_id (&c->timer, g_source_remove);
  g_free (c->id);
  g_free (c);
}

/* --- acting --- */

/* The post with which it is rung, and whether a person is rung too. */
static const char *
ringing_post (const YlConsultation *consultation, bool *people)
{
  const char *post = NULL;
  *people = false;
  for (unsigned i = consultation->round; i < consultation->climb->len; i++) {
    const YlClimb *climb = g_ptr_array_index (consultation->climb, i);
    for (unsigned k = 0; k < climb->rung->len; k++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, k);
      if (rung->state != YL_RUNG_RINGING)
        continue;
      if (strcmp (rung->party->account, YL_DEMO_EXPERT_ACCOUNT) == 0)
        post = rung->party->post;
      else
        *people = true;
    }
  }
  return post;
}

static gboolean
on_timer (void *data)
{
  Case *c = data;
  YlDemo *self = c->demo;
  const Step step = c->next;
  bool people;
  const YlConsultation *consultation =
      yl_consult_book_find (yl_journal_book (self->journal), c->id);
  c->timer = 0;
  c->next = NOTHING;
  if (consultation == NULL)
    return G_SOURCE_REMOVE;

  g_autofree char *id = g_strdup (c->id);
  YlConsultCommand command = {
    .account = YL_DEMO_EXPERT_ACCOUNT,
    .consultation = id,
  };
  switch (step) {
  case ACCEPT:
    command.kind = YL_CONSULT_DO_ACCEPT;
    command.post = ringing_post (consultation, &people);
    break;
  case GREET:
  case ANSWER:
    command.kind = YL_CONSULT_DO_CHAT;
    command.text = step == GREET ? greeting : reply;
    break;
  case SIGN:
    command.kind = YL_CONSULT_DO_SIGN;
    command.opinion = opinion;
    break;
  case NOTHING:
    return G_SOURCE_REMOVE;
  }
  yl_journal_submit (self->journal, &command, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
plan (Case *c, Step step, unsigned in_ms)
{
  if (c->next == step)
    return;
  g_clear_handle_id (&c->timer, g_source_remove);
  c->next = step;
  if (step != NOTHING)
    c->timer = g_timeout_add (in_ms, on_timer, c);
}

/* Says hello once, then answers the first lines the clinic writes. */
static void
plan_chat (YlDemo *self, Case *c, const YlConsultation *consultation)
{
  unsigned own = 0;
  bool last_is_own = true;
  for (unsigned i = 0; i < consultation->chat->len; i++) {
    const YlConsultEvent *event = g_ptr_array_index (consultation->chat, i);
    last_is_own = event->side == YL_SIDE_EXPERT;
    own += last_is_own;
  }
  if (own == 0 && consultation->state == YL_CONSULT_ACTIVE)
    plan (c, GREET, self->pace.chat_ms);
  else if (own > 0 && own < 4 && !last_is_own)
    plan (c, ANSWER, self->pace.chat_ms);
}

static void
plan_own (YlDemo *self, Case *c, const YlConsultation *consultation)
{
  if (consultation->state == YL_CONSULT_OPINION_PENDING) {
    leave_room (self, c);
    plan (c, SIGN, self->pace.sign_ms);
  } else if (consultation->state < YL_CONSULT_OPINION_PENDING) {
    enter_room (self, c);
    plan_chat (self, c, consultation);
  } else {
    g_hash_table_remove (self->cases, consultation->id);
  }
}

static Case *
ensure_case (YlDemo *self, const char *id)
{
  Case *c = g_hash_table_lookup (self->cases, id);
  if (c == NULL) {
    c = g_new0 (Case, 1);
    c->demo = self;
    c->id = g_strdup (id);
    g_hash_table_insert (self->cases, c->id, c);
  }
  return c;
}

void
yl_demo_follow (const YlConsultation *consultation, void *user_data)
{
  YlDemo *self = user_data;
  const YlParty *expert = consultation->expert;
  bool people;
  if (yl_consult_state_is_final (consultation->state)) {
    g_hash_table_remove (self->cases, consultation->id);
  } else if (expert != NULL
             && strcmp (expert->account, YL_DEMO_EXPERT_ACCOUNT) == 0) {
    plan_own (self, ensure_case (self, consultation->id), consultation);
  } else if (expert == NULL && ringing_post (consultation, &people) != NULL) {
    plan (ensure_case (self, consultation->id), ACCEPT,
          people ? self->pace.accept_after_people_ms : self->pace.accept_ms);
  } else {
    g_hash_table_remove (self->cases, consultation->id);
  }
}

/* --- life --- */

static void
go_on_duty (YlDemo *self, const YlAlliances *alliances)
{
  const YlDuty *duty = yl_consult_book_duty (yl_journal_book (self->journal));
  g_autoptr (GPtrArray) posts =
      yl_alliances_posts_of (alliances, YL_DEMO_EXPERT_ACCOUNT);
  for (unsigned i = 0; i < posts->len; i++) {
    const YlPost *post = g_ptr_array_index (posts, i);
    const YlConsultCommand command = {
      .kind = YL_CONSULT_DO_DUTY_SET,
      .account = YL_DEMO_EXPERT_ACCOUNT,
      .post = post->id,
      .on = true,
    };
    if (!yl_duty_get (duty, post->id))
      yl_journal_submit (self->journal, &command, NULL, NULL);
  }
}

YlDemo *
yl_demo_new (const YlDemoOptions *options)
{
  YlDemo *self = g_new0 (YlDemo, 1);
  self->journal = options->journal;
  self->media = options->media;
  self->pace = options->pace;
  self->cases =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, case_free);
  if (options->plane != NULL) {
    yl_plane_workers (options->plane, &self->n_pictures);
    self->pictures = g_new0 (YlPipelineDemoExpert *, self->n_pictures);
    for (unsigned i = 0; i < self->n_pictures; i++)
      self->pictures[i] =
          yl_pipeline_demo_expert_new (yl_plane_relay (options->plane, i));
  }
  go_on_duty (self, options->alliances);
  g_autoptr (GPtrArray) open =
      yl_consult_book_open (yl_journal_book (self->journal));
  for (unsigned i = 0; i < open->len; i++)
    yl_demo_follow (g_ptr_array_index (open, i), self);
  return self;
}

void
yl_demo_free (YlDemo *self)
{
  g_hash_table_unref (self->cases);
  for (unsigned i = 0; i < self->n_pictures; i++)
    yl_pipeline_demo_expert_free (self->pictures[i]);
  g_free (self->pictures);
  g_free (self);
}
