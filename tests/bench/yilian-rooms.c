/* yilian-rooms.c: consultations at a running daemon, one a room of two */
#include "yilian-rooms.h"

#include "../support/rpc-client.h"
#include "io/clock.h"
#include "signal/codes.h"
#include "yilian-site.h"

typedef struct {
  char *id;          /* of the consultation */
  RpcClient *rpc[2]; /* of the sides */
} Room;

struct YilianRooms {
  RpcClient *expert; /* signed in */
  RpcClient *doctor; /* the latest */
  Room *rooms;
  unsigned n;
  gint commands;
};

static bool
call (RpcClient *rpc, const char *method, const char *params,
      JsonObject **result, GError **error)
{
  JsonObject *object = rpc_client_call (rpc, method, params, error);
  if (object == NULL)
    return false;
  if (result != NULL)
    *result = object;
  else
    json_object_unref (object);
  return true;
}

static RpcClient *
sign_in (const char *host, const char *account, GError **error)
{
  RpcClient *rpc = rpc_client_new (host);
  g_autofree char *params = g_strdup_printf (
      "{\"account\":\"%s\",\"password\":\"" YILIAN_SITE_PASSWORD "\"}",
      account);
  if (call (rpc, "session.open", params, NULL, error))
    return rpc;
  rpc_client_free (rpc);
  return NULL;
}

static bool
request (YilianRooms *self, Room *room, GError **error)
{
  g_autofree char *params = g_strdup_printf (
      "{\"command\":\"load-%d\",\"post\":\"" YILIAN_SITE_CLINIC_POST "%u\","
      "\"department\":\"" YILIAN_SITE_DEPARTMENT "\","
      "\"urgency\":\"routine\",\"patient\":{\"sex\":\"female\",\"age\":60,"
      "\"complaint\":\"load\",\"summary\":\"\"},\"question\":\"\","
      "\"consent\":{\"read\":true,\"doctor\":\"load\","
      "\"at\":%" G_GINT64_FORMAT "}}",
      ++self->commands, self->n / YILIAN_SITE_ROOMS, yl_clock_wall_ms ());
  g_autoptr (JsonObject) consultation = NULL;
  if (!call (room->rpc[0], "consultation.request", params, &consultation,
             error))
    return false;
  room->id = g_strdup (json_object_get_string_member (consultation, "id"));
  return true;
}

static bool
accept_it (YilianRooms *self, const Room *room, GError **error)
{
  g_autofree char *params =
      g_strdup_printf ("{\"command\":\"load-%d\",\"consultation\":\"%s\","
                       "\"post\":\"" YILIAN_SITE_EXPERT_POST "\"}",
                       ++self->commands, room->id);
  return call (room->rpc[1], "consultation.accept", params, NULL, error);
}

/* The doctor of the next rooms. */
static bool
change_doctor (YilianRooms *self, const char *host, GError **error)
{
  g_autofree char *account =
      g_strdup_printf (YILIAN_SITE_CLINIC "%u", self->n / YILIAN_SITE_ROOMS);
  g_clear_pointer (&self->doctor, rpc_client_free);
  self->doctor = sign_in (host, account, error);
  return self->doctor != NULL;
}

static bool
open_room (YilianRooms *self, Room *room, GError **error)
{
  room->rpc[0] = rpc_client_share (self->doctor);
  room->rpc[1] = rpc_client_share (self->expert);
  return request (self, room, error) && accept_it (self, room, error);
}

static bool
open_rooms (YilianRooms *self, const char *host, unsigned n, GError **error)
{
  self->expert = sign_in (host, YILIAN_SITE_EXPERT, error);
  if (self->expert == NULL
      || !call (self->expert, "duty.set",
                "{\"command\":\"load-0\",\"post\":\"" YILIAN_SITE_EXPERT_POST
                "\",\"on\":true}",
                NULL, error))
    return false;
  self->rooms = g_new0 (Room, n);
  for (; self->n < n; self->n++) {
    if ((self->n % YILIAN_SITE_ROOMS == 0 && !change_doctor (self, host, error))
        || !open_room (self, &self->rooms[self->n], error))
      return false;
  }
  return true;
}

YilianRooms *
yilian_rooms_new (const char *host, unsigned n, GError **error)
{
  YilianRooms *self = g_new0 (YilianRooms, 1);
  if (open_rooms (self, host, n, error))
    return self;
  yilian_rooms_free (self);
  return NULL;
}

void
yilian_rooms_free (YilianRooms *self)
{
  for (unsigned i = 0; i < self->n; i++) {
    g_free (self->rooms[i].id);
    for (unsigned who = 0; who < 2; who++)
      rpc_client_free (self->rooms[i].rpc[who]);
  }
  g_clear_pointer (&self->expert, rpc_client_free);
  g_clear_pointer (&self->doctor, rpc_client_free);
  g_free (self->rooms);
  g_free (self);
}

/* Whichever layer says so. */
static bool
is_busy (const GError *error)
{
  return g_error_matches (error, RPC_ERROR, YL_CODE_BUSY)
         || g_error_matches (error, RPC_ERROR, 429)
         || g_error_matches (error, RPC_ERROR, 503);
}

char *
yilian_rooms_offer (YilianRooms *self, unsigned room, unsigned who,
                    const char *sdp, GError **error)
{
  g_autofree char *quoted = rpc_quote (sdp);
  g_autofree char *params =
      g_strdup_printf ("{\"consultation\":\"%s\",\"generation\":1,"
                       "\"connection\":\"load-%u-%u\",\"sdp\":%s}",
                       self->rooms[room].id, room, who, quoted);
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) failure = NULL;
  if (!call (self->rooms[room].rpc[who], "media.offer", params, &answer,
             &failure)) {
    if (is_busy (failure))
      g_set_error_literal (error, TARGET_ERROR, TARGET_ERROR_BUSY,
                           failure->message);
    else
      g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  return g_strdup (json_object_get_string_member (answer, "sdp"));
}

void
yilian_rooms_close (YilianRooms *self, unsigned room, unsigned who)
{
  g_autofree char *params =
      g_strdup_printf ("{\"consultation\":\"%s\"}", self->rooms[room].id);
  g_autoptr (GError) error = NULL;
  if (!call (self->rooms[room].rpc[who], "media.close", params, NULL, &error))
    g_debug ("media.close: %s", error->message);
}
