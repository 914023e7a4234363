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
bool
yl_client_check_session (YlClient *client)
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
    yl_client_check_session (client);
}

void
yl_desk_end_seats (YlDesk *self)
{
  GHashTableIter iter;
  void *client;
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    yl_client_check_session (client);
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
    yl_desk_show_presence (self, client->account);
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
    yl_desk_show_presence (self, client->account);
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

static void
on_whip (YlHttpPost *post, const YlCaller *caller, const YlWhipRequest *request,
         const char *body, size_t size, void *user_data)
{
  const YlDesk *self = user_data;
  yl_courses_take (self->courses, post, caller, request, body, size);
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
  .whip = on_whip,
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
  yl_journal_observe (self->journal, yl_desk_on_event, self);
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
yl_desk_set_courses (YlDesk *self, YlCourses *courses)
{
  self->courses = courses;
}

void
yl_desk_set_alliances (YlDesk *self, YlAlliances *alliances)
{
  yl_alliances_ref (alliances);
  yl_alliances_unref (self->alliances);
  self->alliances = alliances;
  yl_desk_tell_duty (self);
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
