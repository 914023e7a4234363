/* What the main thread wants. */
#include "worker/worker-private.h"

static void
room_add (YlWorker *self, YlCommand *command)
{
  if (!yl_sfu_add_room (self->sfu, command->room, NULL))
    return;
  g_hash_table_add (self->rooms,
                    g_memdup2 (&command->room.v, sizeof command->room.v));
  self->live.rooms++;
}

static void
room_forward (YlWorker *self, YlCommand *command)
{
  yl_sfu_set_forwarding (self->sfu, command->room, command->on, self->now_us);
}

static void
room_remove (YlWorker *self, YlCommand *command)
{
  for (uint32_t i = 0; i < self->max_peers; i++)
    if (self->peers[i].peer != NULL
        && yl_room_id_equal (self->peers[i].room, command->room))
      yl_worker_remove_peer (self, i);
  if (!g_hash_table_remove (self->rooms, &command->room.v))
    return;
  yl_worker_drop_carries (self, command->room);
  yl_sfu_remove_room (self->sfu, command->room, self->now_us);
  self->live.rooms--;
}

static void
peer_add (YlWorker *self, YlCommand *command)
{
  if (yl_worker_add_peer (self, command->room, command->peer, command->config)
      != YL_WORKER_NO_PEER)
    return;
  const YlWorkerEvent refused = { .kind = YL_WORKER_EVENT_PEER_CLOSED,
                                  .room = command->room,
                                  .peer = command->peer };
  yl_worker_tell (self, &refused);
}

static void
peer_update (YlWorker *self, YlCommand *command)
{
  const uint32_t place = yl_worker_find_peer (self, command->peer);
  if (place != YL_WORKER_NO_PEER)
    yl_worker_update_peer (self, place, command->config);
}

static void
peer_remove (YlWorker *self, YlCommand *command)
{
  const uint32_t place = yl_worker_find_peer (self, command->peer);
  if (place != YL_WORKER_NO_PEER)
    yl_worker_remove_peer (self, place);
}

static void
carry_out (YlWorker *self, YlCommand *command)
{
  yl_worker_carry_out (self, command->room, g_steal_pointer (&command->carry));
}

static void
carry_in (YlWorker *self, YlCommand *command)
{
  yl_worker_carry_in (self, command->room, g_steal_pointer (&command->carry));
}

static void (*const handlers[]) (YlWorker *self, YlCommand *command) = {
  [YL_COMMAND_ROOM_ADD] = room_add,
  [YL_COMMAND_ROOM_FORWARD] = room_forward,
  [YL_COMMAND_ROOM_REMOVE] = room_remove,
  [YL_COMMAND_PEER_ADD] = peer_add,
  [YL_COMMAND_PEER_UPDATE] = peer_update,
  [YL_COMMAND_PEER_REMOVE] = peer_remove,
  [YL_COMMAND_CARRY_OUT] = carry_out,
  [YL_COMMAND_CARRY_IN] = carry_in,
};

void
yl_command_clear (YlCommand *command)
{
  g_clear_pointer (&command->config, yl_peer_config_unref);
  g_clear_pointer (&command->carry, yl_carry_unref);
}

void
yl_worker_run_commands (YlWorker *self)
{
  YlCommand command;
  while (yl_mailbox_take (self->commands, &command)) {
    handlers[command.kind](self, &command);
    yl_command_clear (&command);
  }
}
