/* raw-target.c: the raw limit as a server under test: keys told, no ICE, no
 * DTLS */
#include "target.h"

#include "rtp/rtp-ext.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_MS 10000
#define KEY_TEXT_SIZE (2 * 28 + 1)

/* A publisher's place in a room. */
typedef struct {
  bool taken;
  uint32_t source;
  TargetSeat *seat; /* of one who joined, to be made a viewer */
} Place;

typedef struct {
  Target parent;
  int listener;
  FILE *in;  /* its answers */
  FILE *out; /* our lines */
  uint16_t port;
  GMutex mutex; /* of the dialogue and the places */
  Place *places;
} RawTarget;

struct TargetSeat {
  bool receives;
  uint32_t viewer;
  char *line; /* what adds the viewer, but for the source */
};

static bool
fail (GError **error, const char *what)
{
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED, "raw limit: %s", what);
  return false;
}

/* ---- the process ---- */

static bool
listen_at (RawTarget *self, const char *path)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const struct timeval wait = { .tv_sec = WAIT_MS / 1000 };
  g_strlcpy (name.sun_path, path, sizeof name.sun_path);
  self->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return self->listener >= 0 && strlen (path) < sizeof name.sun_path
         && setsockopt (self->listener, SOL_SOCKET, SO_RCVTIMEO, &wait,
                        sizeof wait)
                == 0
         && bind (self->listener, (struct sockaddr *) &name, sizeof name) == 0
         && listen (self->listener, 1) == 0;
}

/* Beside this program, unless an option says where. */
static char *
find_program (const Target *self)
{
  const char *told = target_option (self, "program", NULL);
  if (told != NULL)
    return g_strdup (told);
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (own != NULL ? own : ".");
  return g_build_filename (folder, "raw-limit", NULL);
}

static bool
spawn (RawTarget *self, const char *path, GError **error)
{
  char address[YL_ADDRESS_TEXT_SIZE];
  g_autofree char *program = find_program (&self->parent);
  const char *argv[8] = {
    program,
    "--control",
    path,
    "--hold-us",
    target_option (&self->parent, "hold_us", "5000"),
  };
  size_t n = 5;
  const bool fast =
      g_strcmp0 (target_option (&self->parent, "crypto", "evp"), "ipsec-mb")
      == 0;
  if (fast)
    argv[n++] = "--ipsec-mb";
  g_strlcpy (self->parent.crypto, fast ? "ipsec-mb" : "openssl",
             sizeof self->parent.crypto);
  argv[n++] = yl_address_ip_text (&self->parent.setup.own, address);
  return target_spawn (&self->parent, argv, "raw-limit.log", error);
}

static bool
connect_it (RawTarget *self, GError **error)
{
  unsigned port;
  const int fd = accept (self->listener, NULL, NULL);
  if (fd < 0)
    return target_ended (&self->parent, error)
               ? false
               : fail (error, "does not connect");
  self->in = fdopen (fd, "r");
  self->out = fdopen (dup (fd), "w");
  if (fscanf (self->in, "port %u", &port) != 1 || fgetc (self->in) != '\n')
    return fail (error, "names no port");
  self->port = (uint16_t) port;
  return true;
}

static bool
start (Target *target, GError **error)
{
  RawTarget *self = (RawTarget *) target;
  g_autofree char *path =
      g_build_filename (target->setup.folder, "raw.sock", NULL);
  g_mutex_init (&self->mutex);
  self->places = g_new0 (Place, TARGET_SENDERS_MAX * target->setup.rooms);
  if (!listen_at (self, path))
    return fail (error, "cannot listen");
  return spawn (self, path, error) && connect_it (self, error);
}

static void
stop (Target *target)
{
  RawTarget *self = (RawTarget *) target;
  g_clear_pointer (&self->in, fclose);
  g_clear_pointer (&self->out, fclose);
  if (self->listener > 0)
    close (self->listener);
  target_reap (target);
  g_clear_pointer (&self->places, g_free);
  g_mutex_clear (&self->mutex);
}

/* Under the mutex. */
static bool
tell (RawTarget *self, const char *line, uint32_t *number, GError **error)
{
  char answer[256];
  if (fprintf (self->out, "%s\n", line) < 0 || fflush (self->out) != 0
      || fgets (answer, sizeof answer, self->in) == NULL)
    return fail (error, "does not answer");
  return sscanf (answer, "ok %u", number) == 1 || fail (error, answer);
}

/* ---- keys and streams ---- */

static void
make_keys (YlSrtpKeying *keys, char text[KEY_TEXT_SIZE])
{
  const size_t key_size = 16, salt_size = 12;
  *keys = (YlSrtpKeying){ .profile = YL_SRTP_PROFILE_AEAD_AES_128_GCM };
  if (RAND_bytes (keys->key, (int) key_size) != 1
      || RAND_bytes (keys->salt, (int) salt_size) != 1)
    g_error ("no random octets");
  if (text == NULL)
    return;
  for (size_t i = 0; i < key_size; i++)
    sprintf (text + 2 * i, "%02x", keys->key[i]);
  for (size_t i = 0; i < salt_size; i++)
    sprintf (text + 2 * (key_size + i), "%02x", keys->salt[i]);
}

static void
fill_remote (const RawTarget *self, const TargetLocal *local,
             TargetRemote *remote)
{
  *remote = (TargetRemote){
    .address = self->parent.setup.own,
    .keyed = true,
    .payload_type = { TARGET_OPUS, TARGET_VP8 },
    .twcc_id = local->twcc ? TARGET_TWCC_ID : 0,
    .send_payload_type = { TARGET_OPUS, TARGET_VP8 },
    .mid_id = TARGET_MID_ID,
    .mid = { "0", "1" },
  };
  remote->address.port = self->port;
}

/* The same header extensions as a gateway gives this viewer. */
static void
append_stream (GString *line, TargetRemote *remote, YlMediaKind kind)
{
  uint8_t block[YL_RTP_EXT_BLOCK_MAX];
  YlRtpExtLayout layout;
  const YlRtpExtIds ids = { .mid = TARGET_MID_ID,
                            .transport_cc = remote->twcc_id };
  const YlRtpExtValues values = {
    .mid = kind == YL_MEDIA_VIDEO ? "3" : "2",
    .mid_size = 1,
    .has_transport_seq = true,
    .audio_level = YL_RTP_EXT_AUDIO_LEVEL_ABSENT,
  };
  yl_rtp_ext_write (block, &ids, &values, &layout);
  remote->ssrc[kind] = g_random_int ();
  g_string_append_printf (line, " %u:%u:", remote->ssrc[kind],
                          remote->payload_type[kind]);
  for (size_t i = 0; i < layout.size; i++)
    g_string_append_printf (line, "%02x", block[i]);
  g_string_append_printf (line, ":%u", layout.transport_seq_at);
}

static bool
add_source (RawTarget *self, Place *place, const TargetLocal *local,
            TargetRemote *remote, GError **error)
{
  char key[KEY_TEXT_SIZE];
  make_keys (&remote->send_keys, key);
  g_autofree char *line =
      g_strdup_printf ("source %s %u %u", key, local->ssrc[YL_MEDIA_AUDIO],
                       local->ssrc[YL_MEDIA_VIDEO]);
  place->taken = tell (self, line, &place->source, error);
  OPENSSL_cleanse (key, sizeof key);
  return place->taken;
}

static char *
write_viewer (const TargetLocal *local, TargetRemote *remote)
{
  char key[KEY_TEXT_SIZE], address[YL_ADDRESS_TEXT_SIZE];
  make_keys (&remote->receive_keys, key);
  GString *line = g_string_new (NULL);
  g_string_printf (line, "%s %u %s",
                   yl_address_ip_text (&local->address, address),
                   local->address.port, key);
  OPENSSL_cleanse (key, sizeof key);
  append_stream (line, remote, YL_MEDIA_AUDIO);
  append_stream (line, remote, YL_MEDIA_VIDEO);
  return g_string_free (line, FALSE);
}

static bool
add_viewer (RawTarget *self, TargetSeat *seat, const Place *of, GError **error)
{
  if (seat->receives)
    return true;
  g_autofree char *line =
      g_strdup_printf ("viewer %u %s", of->source, seat->line);
  seat->receives = tell (self, line, &seat->viewer, error);
  return seat->receives;
}

/* ---- seats ---- */

static void
free_seat (TargetSeat *seat)
{
  g_free (seat->line);
  g_free (seat);
}

static Place *
find_place (RawTarget *self, unsigned room, unsigned who)
{
  return &self->places[room * TARGET_SENDERS_MAX + who];
}

static TargetSeat *
publish (Target *target, unsigned room, unsigned who, const TargetLocal *local,
         TargetRemote *remote, GError **error)
{
  RawTarget *self = (RawTarget *) target;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->mutex);
  fill_remote (self, local, remote);
  make_keys (&remote->receive_keys, NULL);
  return add_source (self, find_place (self, room, who), local, remote, error)
             ? g_new0 (TargetSeat, 1)
             : NULL;
}

static TargetSeat *
view (Target *target, unsigned room, unsigned who, const TargetLocal *local,
      TargetRemote *remote, GError **error)
{
  RawTarget *self = (RawTarget *) target;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->mutex);
  TargetSeat *seat = g_new0 (TargetSeat, 1);
  fill_remote (self, local, remote);
  make_keys (&remote->send_keys, NULL);
  seat->line = write_viewer (local, remote);
  if (add_viewer (self, seat, find_place (self, room, who), error))
    return seat;
  free_seat (seat);
  return NULL;
}

/* The second to come makes viewers of both. */
static TargetSeat *
join (Target *target, unsigned room, unsigned who, const TargetLocal *local,
      TargetRemote *remote, GError **error)
{
  RawTarget *self = (RawTarget *) target;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->mutex);
  Place *own = find_place (self, room, who);
  Place *other = find_place (self, room, 1 - who);
  fill_remote (self, local, remote);
  TargetSeat *seat = own->seat = g_new0 (TargetSeat, 1);
  seat->line = write_viewer (local, remote);
  if (add_source (self, own, local, remote, error)
      && (other->seat == NULL
          || (add_viewer (self, seat, other, error)
              && add_viewer (self, other->seat, own, error))))
    return seat;
  own->seat = NULL;
  free_seat (seat);
  return NULL;
}

static void
leave (Target *target, TargetSeat *seat)
{
  RawTarget *self = (RawTarget *) target;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->mutex);
  if (seat->receives) {
    uint32_t number;
    g_autofree char *line = g_strdup_printf ("leave %u", seat->viewer);
    (void) tell (self, line, &number, NULL);
  }
  const unsigned n = target->setup.rooms * TARGET_SENDERS_MAX;
  for (unsigned i = 0; i < n; i++)
    if (self->places[i].seat == seat)
      self->places[i].seat = NULL;
  free_seat (seat);
}

const TargetType target_raw = {
  .name = "raw",
  .size = sizeof (RawTarget),
  .start = start,
  .stop = stop,
  .publish = publish,
  .view = view,
  .join = join,
  .leave = leave,
};
