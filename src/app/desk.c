#include <config.h>

#include "app/desk-private.h"

#include "base/log.h"
#include "io/clock.h"

#include <string.h>

/* Requests of one client that wait for the store at once. */
#define PENDING_MAX 64

#define CLOSE_SEAT_TAKEN 4409
#define CLOSE_NOT_SIGNED_IN 4401
#define CLOSE_TOO_LARGE 1009
#define CLOSE_RESTART 1012
#define CLOSE_FULL 1013

/* --- clients --- */

static YlClient *
client_new (YlDesk *self, const YlCaller *caller)
{
  YlClient *client = g_new0 (YlClient, 1);
  client->references = 1;
  client->desk = self;
  client->address = caller->address;
  client->secure = caller->secure;
  client->token = g_strdup (caller->session);
  client->account =
      g_strdup (yl_accounts_session (self->accounts, caller->session));
  return client;
}

static void
client_unref (YlClient *client)
{
  if (--client->references > 0)
    return;
  g_free (client->account);
  g_free (client->token);
  g_free (client);
}

static void
client_send (YlClient *client, const char *text, unsigned status,
             const char *set_cookie)
{
  if (client->socket != NULL) {
    yl_socket_send (client->socket, text);
  } else if (client->post != NULL) {
    YlHttpPost *post = g_steal_pointer (&client->post);
    yl_http_post_reply (post, status, set_cookie, text);
  }
}

/* --- calls --- */

static void
call_free (YlCall *call)
{
  call->client->pending--;
  client_unref (call->client);
  yl_request_clear (&call->request);
  g_free (call);
}

void
yl_call_reply_cookie (YlCall *call, JsonNode *result, const char *set_cookie)
{
  g_autofree char *text = yl_message_result (call->request.id, result);
  client_send (call->client, text, 200, set_cookie);
  g_clear_pointer (&result, json_node_unref);
  call_free (call);
}

void
yl_call_reply (YlCall *call, JsonNode *result)
{
  yl_call_reply_cookie (call, result, NULL);
}

static void
count_error (YlDesk *self, YlCode code)
{
  size_t n;
  const YlCodeRow *rows = yl_code_rows (&n);
  self->stats.errors[yl_code_row (code) - rows]++;
}

/* The sign-in page shows the demo accounts when it learns of the demo. */
static void
send_error (YlClient *client, JsonNode *id, YlCode code, JsonObject *data,
            unsigned status)
{
  count_error (client->desk, code);
  if (client->desk->demo
      && (code == YL_CODE_NOT_SIGNED_IN || code == YL_CODE_WRONG_CREDENTIALS))
    json_object_set_boolean_member (data, "demo", TRUE);
  g_autofree char *text = yl_message_error (id, code, data);
  client_send (client, text, status, NULL);
}

void
yl_call_fail_with (YlCall *call, YlCode code, const char *name, JsonNode *value)
{
  g_autoptr (JsonObject) data = json_object_new ();
  if (name != NULL)
    json_object_set_member (data, name, value);
  send_error (call->client, call->request.id, code, data, 200);
  call_free (call);
}

void
yl_call_fail (YlCall *call, YlCode code)
{
  yl_call_fail_with (call, code, NULL, NULL);
}

void
yl_call_refuse (YlCall *call, const YlRefusal *refusal)
{
  static const YlCode codes[YL_N_REFUSALS] = {
    [YL_REFUSAL_NONE] = YL_CODE_INTERNAL,
    [YL_REFUSAL_INVALID_PARAMS] = YL_CODE_INVALID_PARAMS,
    [YL_REFUSAL_TOO_LARGE] = YL_CODE_TOO_LARGE,
    [YL_REFUSAL_NO_RIGHT] = YL_CODE_NO_RIGHT,
    [YL_REFUSAL_NOT_FOUND] = YL_CODE_NOT_FOUND,
    [YL_REFUSAL_WRONG_STATE] = YL_CODE_WRONG_STATE,
    [YL_REFUSAL_TAKEN] = YL_CODE_TAKEN,
    [YL_REFUSAL_NOT_SAVED] = YL_CODE_NOT_SAVED,
    [YL_REFUSAL_BUSY] = YL_CODE_BUSY,
  };
  const YlCode code = codes[refusal->kind];
  if (code == YL_CODE_WRONG_STATE)
    yl_call_fail_with (call, code, "state",
                       yl_node_text (yl_consult_state_name (refusal->state)));
  else if (refusal->param != NULL)
    yl_call_fail_with (call, code, "param", yl_node_text (refusal->param));
  else
    yl_call_fail (call, code);
}

/* The one gate every request passes: signed in, a role that may, not while
 * draining. How a person stands to a consultation is asked where it is
 * known: by the workflow for commands, by the handlers for the others; both
 * ask alliance/rights.h. */
static YlCode
check_gate (const YlDesk *self, const YlClient *client, const YlMethod *method)
{
  if (method->post_only && client->socket != NULL)
    return YL_CODE_INVALID_REQUEST;
  if (self->draining && !method->draining)
    return YL_CODE_DRAINING;
  if (method->anybody)
    return YL_CODE_OK;
  /* A WebSocket outlives neither its session's end nor its expiry. */
  if (yl_accounts_session (self->accounts, client->token) == NULL)
    return YL_CODE_NOT_SIGNED_IN;
  const unsigned roles = yl_alliances_roles (self->alliances, client->account);
  if (!yl_rights_role (method->action, roles))
    return YL_CODE_NO_RIGHT;
  return client->pending > PENDING_MAX ? YL_CODE_BUSY : YL_CODE_OK;
}

static void
take_text (YlDesk *self, YlClient *client, const char *text, size_t size)
{
  YlRequest request;
  YlRequestError error;
  if (!yl_request_parse (text, size, &request, &error)) {
    g_autoptr (JsonObject) data = json_object_new ();
    if (error.param != NULL)
      json_object_set_string_member (data, "param", error.param);
    send_error (client, error.id, error.code, data,
                error.beyond_bounds ? 413 : 200);
    if (error.beyond_bounds && client->socket != NULL)
      yl_socket_close (client->socket, CLOSE_TOO_LARGE, "too deep");
    yl_request_error_clear (&error);
    return;
  }
  YlCall *call = g_new0 (YlCall, 1);
  call->client = client;
  call->request = request;
  client->references++;
  client->pending++;
  self->stats.calls[request.method]++;
  const YlCode code = check_gate (self, client, yl_method_row (request.method));
  if (code == YL_CODE_NOT_SIGNED_IN && client->socket != NULL)
    yl_socket_close (client->socket, CLOSE_NOT_SIGNED_IN, "not signed in");
  if (code != YL_CODE_OK)
    yl_call_fail (call, code);
  else
    yl_desk_carry_out (self, call);
}

/* Nothing more goes to somebody whose session has ended. */
static bool
check_session (YlClient *client)
{
  if (yl_accounts_session (client->desk->accounts, client->token) != NULL)
    return true;
  yl_socket_close (client->socket, CLOSE_NOT_SIGNED_IN, "not signed in");
  return false;
}

void
yl_desk_end_seat (YlDesk *self, const char *account)
{
  YlClient *client = g_hash_table_lookup (self->seats, account);
  if (client != NULL)
    check_session (client);
}

void
yl_desk_end_seats (YlDesk *self)
{
  GHashTableIter iter;
  void *client;
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    check_session (client);
}

/* --- views and pushes --- */

const YlDuty *
yl_desk_duty (const YlDesk *self)
{
  return yl_consult_book_duty (yl_journal_book (self->journal));
}

bool
yl_desk_is_present (const YlDesk *self, const char *account)
{
  return g_hash_table_contains (self->seats, account);
}

JsonNode *
yl_desk_view (const YlDesk *self, const YlConsultation *c, const char *account,
              bool summary)
{
  const char *accounts[YL_N_SIDES] = {
    [YL_SIDE_CLINIC] = c->request->party->account,
    [YL_SIDE_EXPERT] = c->expert != NULL ? c->expert->account : NULL,
  };
  YlViewContext context = { .account = account, .summary = summary };
  for (int side = 0; side < YL_N_SIDES; side++) {
    if (self->media != NULL)
      yl_media_view (self->media, c->id, (YlSide) side, &context.sides[side]);
    if (accounts[side] != NULL)
      context.sides[side].present |= yl_desk_is_present (self, accounts[side]);
  }
  return yl_view_consultation (c, &context);
}

void
yl_desk_push (YlDesk *self, const char *account, const char *method,
              JsonNode *params)
{
  YlClient *client = g_hash_table_lookup (self->seats, account);
  if (client != NULL && client->socket != NULL && check_session (client)) {
    g_autofree char *text = yl_message_notification (method, params);
    yl_socket_send (client->socket, text);
  }
  json_node_unref (params);
}

static bool
has_seat (const YlDesk *self, const char *account)
{
  return g_hash_table_contains (self->seats, account);
}

static void
push_changed (YlDesk *self, const YlConsultation *c, const char *account)
{
  if (has_seat (self, account))
    yl_desk_push (self, account, "consultation.changed",
                  yl_node_object ("consultation",
                                  yl_desk_view (self, c, account, false),
                                  NULL));
}

/* To both sides and to all whose telephone rings. */
static void
show (YlDesk *self, const YlConsultation *c)
{
  const char *clinic = c->request->party->account;
  const char *expert = c->expert != NULL ? c->expert->account : NULL;
  push_changed (self, c, clinic);
  if (expert != NULL)
    push_changed (self, c, expert);
  for (unsigned i = c->round; i < c->climb->len; i++) {
    const YlClimb *climb = g_ptr_array_index (c->climb, i);
    for (unsigned k = 0; k < climb->rung->len; k++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, k);
      if (rung->state == YL_RUNG_RINGING)
        push_changed (self, c, rung->party->account);
    }
  }
}

/* Why somebody's telephone stopped; NULL: they know themselves. */
static const char *
gone_reason (YlEventKind kind)
{
  switch (kind) {
  case YL_EVENT_ACCEPTED:
    return "taken";
  case YL_EVENT_WITHDRAWN:
    return "withdrawn";
  case YL_EVENT_CANCELLED:
    return "cancelled";
  case YL_EVENT_REDIRECTED:
    return "redirected";
  case YL_EVENT_UNANSWERED:
  case YL_EVENT_EXPIRED:
    return "no_answer";
  default:
    return NULL;
  }
}

static void
push_gone (YlDesk *self, const YlConsultEvent *event, const YlConsultation *c,
           const char *account)
{
  const bool taken = event->kind == YL_EVENT_ACCEPTED && c->expert != NULL;
  if (!has_seat (self, account) || g_strcmp0 (account, event->account) == 0)
    return;
  yl_desk_push (self, account, "consultation.gone",
                yl_node_object ("consultation", yl_node_text (c->id), "reason",
                                yl_node_text (gone_reason (event->kind)), "by",
                                taken ? yl_view_name (c->expert->name)
                                      : yl_node_text (NULL),
                                NULL));
}

static void
tell_gone (YlDesk *self, const YlConsultEvent *event, const YlConsultation *c)
{
  if (gone_reason (event->kind) == NULL)
    return;
  for (unsigned i = 0; i < c->climb->len; i++) {
    const YlClimb *climb = g_ptr_array_index (c->climb, i);
    for (unsigned k = 0; k < climb->rung->len; k++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, k);
      if (rung->ended_seq == event->seq && event->seq != 0
          && rung->state != YL_RUNG_ACCEPTED)
        push_gone (self, event, c, rung->party->account);
    }
  }
}

static void
tell_duty (YlDesk *self)
{
  GHashTableIter iter;
  void *account;
  const YlDuty *duty = yl_desk_duty (self);
  const int64_t now_ms = yl_clock_wall_ms ();
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, &account, NULL))
    yl_desk_push (
        self, account, "duty.changed",
        yl_node_object (
            "on_duty", yl_view_on_duty (self->alliances, duty, account, now_ms),
            "posts", yl_view_posts (self->alliances, duty, account), NULL));
}

static void
on_event (const YlConsultEvent *event, const YlConsultation *consultation,
          void *user_data)
{
  YlDesk *self = user_data;
  if (consultation == NULL) {
    tell_duty (self);
    return;
  }
  if (self->media != NULL)
    yl_media_follow (self->media, consultation);
  if (event->kind == YL_EVENT_DRAFT)
    return; /* its writer has it on the screen, others may not see it */
  show (self, consultation);
  tell_gone (self, event, consultation);
  if (self->follower != NULL)
    self->follower (consultation, self->follower_data);
}

void
yl_desk_show (YlDesk *self, const char *consultation)
{
  const YlConsultation *c =
      yl_consult_book_find (yl_journal_book (self->journal), consultation);
  if (c != NULL)
    show (self, c);
}

void
yl_desk_tell_slots (YlDesk *self, const char *consultation, YlSide side,
                    JsonNode *slots)
{
  const YlConsultation *c =
      yl_consult_book_find (yl_journal_book (self->journal), consultation);
  if (c == NULL || (side == YL_SIDE_EXPERT && c->expert == NULL))
    return;
  const YlParty *party = side == YL_SIDE_CLINIC ? c->request->party : c->expert;
  yl_desk_push (self, party->account, "media.slots",
                yl_node_object ("consultation", yl_node_text (consultation),
                                "slots", json_node_copy (slots), NULL));
}

/* Both sides see each other come and go. */
static void
show_presence (YlDesk *self, const char *account)
{
  g_autoptr (GPtrArray) open = yl_journal_open_of (self->journal, account);
  YlSide side;
  for (unsigned i = 0; i < open->len; i++) {
    const YlConsultation *c = g_ptr_array_index (open, i);
    if (yl_consultation_side (c, account, &side))
      show (self, c);
  }
}

/* --- what the web server calls --- */

static void
take_seat (YlDesk *self, YlClient *client)
{
  YlClient *older = g_hash_table_lookup (self->seats, client->account);
  if (older != NULL) {
    yl_desk_push (self, client->account, "seat.taken",
                  yl_node_object (NULL, NULL));
    yl_socket_close (older->socket, CLOSE_SEAT_TAKEN, "seat taken");
  }
  g_hash_table_replace (self->seats, client->account, client);
}

static void
on_socket_opened (YlSocket *socket, const YlCaller *caller, void *user_data)
{
  YlDesk *self = user_data;
  YlClient *client = client_new (self, caller);
  client->socket = socket;
  yl_socket_set_data (socket, client);
  if (client->account == NULL) {
    yl_socket_close (socket, CLOSE_NOT_SIGNED_IN, "not signed in");
  } else if (self->draining) {
    yl_socket_close (socket, CLOSE_RESTART, "the server restarts");
  } else if (!yl_socket_admit (socket)) {
    yl_socket_close (socket, CLOSE_FULL, "too many connections");
  } else {
    take_seat (self, client);
    yl_desk_push (self, client->account, "hello",
                  yl_node_object ("epoch", yl_node_text (self->epoch),
                                  "server_time",
                                  yl_node_integer (yl_clock_wall_ms ()),
                                  "version", yl_node_text (PACKAGE_VERSION),
                                  "demo", yl_node_boolean (self->demo), NULL));
    show_presence (self, client->account);
  }
}

static void
on_socket_text (YlSocket *socket, const char *text, size_t size,
                void *user_data)
{
  take_text (user_data, yl_socket_get_data (socket), text, size);
}

static void
on_socket_closed (YlSocket *socket, void *user_data)
{
  YlDesk *self = user_data;
  YlClient *client = yl_socket_get_data (socket);
  client->socket = NULL;
  if (client->account != NULL
      && g_hash_table_lookup (self->seats, client->account) == client) {
    g_hash_table_remove (self->seats, client->account);
    show_presence (self, client->account);
  }
  client_unref (client);
}

static void
on_post (YlHttpPost *post, const YlCaller *caller, const char *body,
         size_t size, void *user_data)
{
  YlDesk *self = user_data;
  YlClient *client = client_new (self, caller);
  client->post = post;
  take_text (self, client, body, size);
  client_unref (client);
}

static const char *
not_ready (void *user_data)
{
  const YlDesk *self = user_data;
  if (self->draining)
    return "draining";
  return yl_journal_healthy (self->journal) ? NULL : "the store does not write";
}

static char *
make_metrics (void *user_data)
{
  const YlDesk *self = user_data;
  return self->metrics != NULL ? self->metrics (self->metrics_data)
                               : g_strdup ("");
}

const YlServerHandler yl_desk_handler = {
  .socket_opened = on_socket_opened,
  .socket_text = on_socket_text,
  .socket_closed = on_socket_closed,
  .post = on_post,
  .not_ready = not_ready,
  .metrics = make_metrics,
};

/* --- life --- */

YlDesk *
yl_desk_new (const YlDeskOptions *options)
{
  size_t n_codes;
  yl_code_rows (&n_codes);
  YlDesk *self = g_new0 (YlDesk, 1);
  self->store = options->store;
  self->journal = options->journal;
  self->accounts = options->accounts;
  self->alliances = yl_alliances_ref (options->alliances);
  self->epoch = g_strdup (options->epoch);
  self->demo = options->demo;
  self->seats = g_hash_table_new (g_str_hash, g_str_equal);
  self->stats.errors = g_new0 (uint64_t, n_codes);
  yl_journal_observe (self->journal, on_event, self);
  return self;
}

void
yl_desk_free (YlDesk *self)
{
  g_hash_table_unref (self->seats);
  yl_alliances_unref (self->alliances);
  g_free (self->epoch);
  g_free (self->stats.errors);
  g_free (self);
}

void
yl_desk_set_media (YlDesk *self, YlMedia *media)
{
  self->media = media;
}

void
yl_desk_set_alliances (YlDesk *self, YlAlliances *alliances)
{
  yl_alliances_ref (alliances);
  yl_alliances_unref (self->alliances);
  self->alliances = alliances;
  tell_duty (self);
}

void
yl_desk_set_follower (YlDesk *self, YlDeskFollower follower, void *user_data)
{
  self->follower = follower;
  self->follower_data = user_data;
}

void
yl_desk_set_metrics (YlDesk *self, char *(*metrics) (void *user_data),
                     void *user_data)
{
  self->metrics = metrics;
  self->metrics_data = user_data;
}

void
yl_desk_drain (YlDesk *self, int64_t in_ms)
{
  GHashTableIter iter;
  void *account;
  self->draining = true;
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, &account, NULL))
    yl_desk_push (self, account, "server.draining",
                  yl_node_object ("in_ms", yl_node_integer (in_ms), NULL));
}

void
yl_desk_close_all (YlDesk *self)
{
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    YlClient *client = value;
    yl_socket_close (client->socket, CLOSE_RESTART, "the server restarts");
  }
}

void
yl_desk_stats (const YlDesk *self, YlDeskStats *stats)
{
  *stats = self->stats;
  stats->sockets = g_hash_table_size (self->seats);
}
