#include "pipeline/demo-expert.h"

#include "base/log.h"

/* The clock makes delay and freezes visible; the two lines of text need a
 * font with Chinese, which pango finds if there is one. VP8 at 15 frames/s and
 * the fastest settings costs little; keyframes come when asked for, and every
 * 10 s for branches that cannot ask. */
#define DESCRIPTION                                                         \
  "videotestsrc is-live=true pattern=smpte75 "                              \
  "! video/x-raw,format=I420,width=640,height=360,framerate=15/1 "          \
  "! textoverlay text=\"演示专家  Demo expert\" font-desc=\"Sans 24\" " \
  "  valignment=top halignment=center shaded-background=true "              \
  "! clockoverlay time-format=\"%H:%M:%S\" font-desc=\"Sans Bold 40\" "     \
  "  valignment=center halignment=center shaded-background=true "           \
  "! vp8enc deadline=1 cpu-used=8 threads=1 end-usage=cbr "                 \
  "  target-bitrate=400000 keyframe-max-dist=150 error-resilient=default "  \
  "  lag-in-frames=0 "                                                      \
  "! rtpvp8pay name=video pt=96 mtu=1200 picture-id-mode=15-bit "           \
  "audiotestsrc is-live=true wave=ticks freq=440 volume=0.1 "               \
  "  tick-interval=2000000000 sine-periods-per-tick=110 "                   \
  "  apply-tick-ramp=true samplesperbuffer=960 "                            \
  "! audio/x-raw,format=S16LE,rate=48000,channels=1 "                       \
  "! opusenc bitrate=24000 frame-size=20 complexity=1 "                     \
  "! rtpopuspay name=audio pt=111"

typedef struct {
  YlPipelineDemoExpert *expert;
  YlRoomId room;
  GstElement *bin; /* owned by the relay */
} Appearance;

struct YlPipelineDemoExpert {
  YlPipelineRelay *relay;
  GPtrArray *appearances; /* Appearance, one a room */
};

YlPipelineDemoExpert *
yl_pipeline_demo_expert_new (YlPipelineRelay *relay)
{
  YlPipelineDemoExpert *self = g_new0 (YlPipelineDemoExpert, 1);
  self->relay = relay;
  self->appearances = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
yl_pipeline_demo_expert_free (YlPipelineDemoExpert *self)
{
  if (self == NULL)
    return;
  while (self->appearances->len > 0) {
    const Appearance *first = g_ptr_array_index (self->appearances, 0);
    yl_pipeline_demo_expert_leave (self, first->room);
  }
  g_ptr_array_unref (self->appearances);
  g_free (self);
}

static Appearance *
appearance_in (const YlPipelineDemoExpert *self, YlRoomId room)
{
  for (guint i = 0; i < self->appearances->len; i++) {
    Appearance *a = g_ptr_array_index (self->appearances, i);
    if (yl_room_id_equal (a->room, room))
      return a;
  }
  return NULL;
}

bool
yl_pipeline_demo_expert_is_in (const YlPipelineDemoExpert *self, YlRoomId room)
{
  return appearance_in (self, room) != NULL;
}

static void
on_failed (void *user, const GError *error)
{
  const Appearance *a = user;
  yl_log_warning ("demo expert leaves room %" G_GUINT64_FORMAT ": %s",
                  a->room.v, error->message);
  yl_pipeline_demo_expert_leave (a->expert, a->room);
}

/* Leads the payloader @kind of @bin to a sink pad of the router. */
static bool
publish (YlPipelineDemoExpert *self, GstElement *bin, YlRoomId room,
         const char *kind)
{
  g_autoptr (GstElement) payloader = gst_bin_get_by_name (GST_BIN (bin), kind);
  g_autoptr (GstPad) inner = gst_element_get_static_pad (payloader, "src");
  GstPad *outer = gst_ghost_pad_new (kind, inner);
  gst_element_add_pad (bin, outer);

  GstElement *router = yl_pipeline_relay_get_router (self->relay);
  g_autoptr (GstPad) into = gst_element_request_pad_simple (router, "sink_%u");
  if (into == NULL)
    return false;
  g_object_set (into, "room", room.v, NULL);
  if (gst_pad_link (outer, into) == GST_PAD_LINK_OK)
    return true;
  gst_element_release_request_pad (router, into);
  return false;
}

static bool
appear (YlPipelineDemoExpert *self, const Appearance *a, GError **error)
{
  if (publish (self, a->bin, a->room, "video")
      && publish (self, a->bin, a->room, "audio")
      && gst_element_sync_state_with_parent (a->bin))
    return true;
  g_set_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FAILED,
               "the demo expert cannot publish");
  return false;
}

bool
yl_pipeline_demo_expert_join (YlPipelineDemoExpert *self, YlRoomId room,
                              GError **error)
{
  if (yl_pipeline_demo_expert_is_in (self, room))
    return true;
  if (self->appearances->len == YL_PIPELINE_DEMO_EXPERT_MAX_ROOMS) {
    g_set_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FULL,
                 "the demo expert is in %d rooms already",
                 YL_PIPELINE_DEMO_EXPERT_MAX_ROOMS);
    return false;
  }
  GstElement *bin = gst_parse_bin_from_description_full (
      DESCRIPTION, FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (bin == NULL)
    return false;

  Appearance *a = g_new (Appearance, 1);
  *a = (Appearance){ .expert = self, .room = room, .bin = bin };
  g_ptr_array_add (self->appearances, a);
  yl_pipeline_relay_add_branch (self->relay, bin, on_failed, a);
  if (!appear (self, a, error)) {
    yl_pipeline_demo_expert_leave (self, room);
    return false;
  }
  return true;
}

void
yl_pipeline_demo_expert_leave (YlPipelineDemoExpert *self, YlRoomId room)
{
  Appearance *a = appearance_in (self, room);
  if (a == NULL)
    return;
  yl_pipeline_relay_remove_branch (self->relay, a->bin);
  g_ptr_array_remove_fast (self->appearances, a);
}
