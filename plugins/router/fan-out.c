/* fan-out.c: batches of tracks on their way to viewers and other workers */
#include "router/fan-out.h"

#include "sfu/passes.h"

struct YlFanOut {
  GstPad *srcpad;
  YlPlan *plan;
  YlSfuPasses *passes; /* their owners are GstBufferLists */
  bool announced;
};

YlFanOut *
yl_fan_out_new (GstPad *srcpad)
{
  YlFanOut *self = g_new0 (YlFanOut, 1);
  self->srcpad = srcpad;
  self->plan = yl_plan_new ();
  self->passes = yl_sfu_passes_new ();
  return self;
}

void
yl_fan_out_reset (YlFanOut *self)
{
  GstBufferList *list;
  while ((list = yl_sfu_passes_steal (self->passes)) != NULL)
    gst_buffer_list_unref (list);
  self->announced = false;
}

void
yl_fan_out_free (YlFanOut *self)
{
  yl_fan_out_reset (self);
  yl_sfu_passes_free (self->passes);
  yl_plan_free (self->plan);
  g_free (self);
}

/* ---- to the viewers here ---- */

/* GStreamer wants a stream to begin before its data. */
static void
announce (YlFanOut *self)
{
  GstSegment segment;
  GstCaps *caps = gst_caps_new_empty_simple ("application/x-rtp");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->srcpad,
                      gst_event_new_stream_start ("yilian-router"));
  gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
  gst_pad_push_event (self->srcpad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  self->announced = true;
}

/* Sends @list on with its plan. (transfer full) */
static void
push_planned (YlFanOut *self, YlWorker *worker, GstBufferList *list)
{
  if (self->plan->n_rows == 0) {
    gst_buffer_list_unref (list);
    return;
  }
  if (!self->announced)
    announce (self);
  yl_worker_set_plan (worker, self->plan);
  gst_pad_push_list (self->srcpad, list);
  yl_worker_set_plan (worker, NULL);
}

/* At once, in pieces later, or behind what waits already. */
static void
plan_or_queue (YlFanOut *self, YlWorker *worker, const YlFanOutBatch *batch)
{
  const YlSfuPassBatch adding = { batch->track, batch->n, batch->packets };
  gpointer owner = batch->list;
  switch (yl_sfu_passes_add (self->passes, yl_worker_get_sfu (worker), &adding,
                             &owner, yl_worker_now (worker), self->plan)) {
  case YL_SFU_PASS_PLANNED:
    push_planned (self, worker, batch->list);
    return;
  case YL_SFU_PASS_WAITS:
    return;
  case YL_SFU_PASS_JOINED:
    for (size_t i = 0; i < batch->n; i++)
      gst_buffer_list_add (owner, gst_buffer_ref (batch->owners[i]));
    break;
  case YL_SFU_PASS_DROPPED:
    break;
  }
  gst_buffer_list_unref (batch->list);
}

bool
yl_fan_out_run (YlFanOut *self, YlWorker *worker, uint64_t now_us,
                uint64_t *dropped)
{
  YlSfu *sfu = yl_worker_get_sfu (worker);
  YlSfuPassStep step;
  yl_sfu_passes_begin_turn (self->passes);
  while (yl_sfu_passes_next (self->passes, sfu, now_us, self->plan, &step)) {
    GstBufferList *list = step.owner;
    push_planned (self, worker, step.done ? list : gst_buffer_list_ref (list));
  }
  *dropped = yl_sfu_passes_dropped (self->passes);
  return yl_sfu_passes_waiting (self->passes);
}

/* ---- and elsewhere ---- */

static void
keep_buffer (void *owner)
{
  gst_buffer_ref (owner);
}

static void
release_buffer (void *owner)
{
  gst_buffer_unref (owner);
}

static const YlCarryOwners owners = { keep_buffer, release_buffer };

void
yl_fan_out_send (YlFanOut *self, YlWorker *worker, const YlFanOutBatch *batch)
{
  const YlCarryBatch carried = { .how = &owners,
                                 .n = batch->n,
                                 .owners = batch->owners,
                                 .packets = batch->packets };
  yl_worker_carry (worker, batch->track, &carried);
  plan_or_queue (self, worker, batch);
}
