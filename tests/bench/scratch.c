/* scratch.c: memory for one batch of datagrams either way */
#define _GNU_SOURCE /* struct mmsghdr */
#include "scratch.h"

static const struct {
  unsigned n;
  size_t size;
} SHAPES[] = {
  [SCRATCH_WHOLE] = { SCRATCH_RECEIVE, 2048 },
  [SCRATCH_BRIEF] = { SCRATCH_RECEIVE, 96 },
  [SCRATCH_GRO] = { SCRATCH_JOINED, 65536 },
};

static void
init_receive (ScratchReceive *self, unsigned n, size_t size)
{
  self->n = n;
  self->size = size;
  self->data = g_malloc (n * size);
  for (unsigned i = 0; i < n; i++) {
    self->iovs[i] = (struct iovec){ self->data + i * size, size };
    self->messages[i].msg_hdr = (struct msghdr){
      .msg_iov = &self->iovs[i],
      .msg_iovlen = 1,
      .msg_control = self->controls[i],
      .msg_controllen = SCRATCH_CONTROL,
    };
  }
}

Scratch *
scratch_new (void)
{
  Scratch *self = g_new0 (Scratch, 1);
  for (unsigned kind = 0; kind < SCRATCH_N_KINDS; kind++)
    init_receive (&self->receive[kind], SHAPES[kind].n, SHAPES[kind].size);
  for (unsigned i = 0; i < SCRATCH_SEND; i++) {
    self->send.iovs[i].iov_base = self->send.data[i];
    self->send.messages[i].msg_hdr =
        (struct msghdr){ .msg_iov = &self->send.iovs[i], .msg_iovlen = 1 };
  }
  return self;
}

void
scratch_free (Scratch *self)
{
  for (unsigned kind = 0; kind < SCRATCH_N_KINDS; kind++)
    g_free (self->receive[kind].data);
  g_free (self);
}
