/* yilian-rooms.c: consultations at a running daemon, one a room of two */
#include "yilian-rooms.h"

#include "../support/rpc-client.h"
#include "io/clock.h"
#include "yilian-site.h"

typedef struct {
  char *id;          /* of the consultation */
  RpcClient *rpc[2]; /* of the sides */
} Room;

struct YilianRooms {
  RpcClient *people[2]; /* signed in */
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
      "{\"command\":\"load-%d\",\"post\":\"" YILIAN_SITE_CLINIC_POST "\","
      "\"department\":\"" YILIAN_SITE_DEPARTMENT "\","
      "\"urgency\":\"routine\",\"patient\":{\"sex\":\"female\",\"age\":60,"
      "\"complaint\":\"load\",\"summary\":\"\"},\"question\":\"\","
      "\"consent\":{\"read\":true,\"doctor\":\"load\","
      "\"at\":%" G_GINT64_FORMAT "}}",
      ++self->commands, yl_clock_wall_ms ());
  g_autoptr (JsonObject) consultation = NULL;
  if (!call (self->people[0], "consultation.request", params, &consultation,
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
  return call (self->people[1], "consultation.accept", params, NULL, error);
}

static bool
open_rooms (YilianRooms *self, const char *host, unsigned n, GError **error)
{
  self->people[0] = sign_in (host, YILIAN_SITE_CLINIC, error);
  if (self->people[0] == NULL)
    return false;
  self->people[1] = sign_in (host, YILIAN_SITE_EXPERT, error);
  if (self->people[1] == NULL
      || !call (self->people[1], "duty.set",
                "{\"command\":\"load-0\",\"post\":\"" YILIAN_SITE_EXPERT_POST
                "\",\"on\":true}",
                NULL, error))
    return false;
  self->rooms = g_new0 (Room, n);
  for (; self->n < n; self->n++) {
    Room *room = &self->rooms[self->n];
    for (unsigned who = 0; who < 2; who++)
      room->rpc[who] = rpc_client_share (self->people[who]);
    if (!request (self, room, error) || !accept_it (self, room, error))
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
  for (unsigned who = 0; who < 2; who++)
    g_clear_pointer (&self->people[who], rpc_client_free);
  g_free (self->rooms);
  g_free (self);
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
  if (!call (self->rooms[room].rpc[who], "media.offer", params, &answer, error))
    return NULL;
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
