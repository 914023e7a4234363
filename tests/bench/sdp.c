/* sdp.c: the session descriptions of the load program's connections */
#include "sdp.h"

#include <stdio.h>
#include <string.h>

#define HEAD "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"

/* --- writing --- */

static void
write_transport (GString *out, const TargetLocal *local)
{
  g_string_append_printf (out,
                          "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\n"
                          "a=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\n"
                          "a=setup:active\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
                          local->ufrag, local->pwd, local->fingerprint);
}

static void
write_codec (GString *out, bool video, bool twcc)
{
  g_string_append_printf (out,
                          "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
                          TARGET_MID_ID);
  g_string_append (out,
                   video ? "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
                           "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm fir\r\n"
                           "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
                         : "a=rtpmap:111 opus/48000/2\r\n"
                           "a=fmtp:111 minptime=10;useinbandfec=1\r\n");
  if (twcc)
    g_string_append_printf (
        out,
        "a=rtcp-fb:%u transport-cc\r\na=extmap:%u http://www.ietf.org/id/"
        "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
        video ? TARGET_VP8 : TARGET_OPUS, TARGET_TWCC_ID);
}

static void
write_source (GString *out, const TargetLocal *local, YlMediaKind kind)
{
  const uint32_t ssrc = local->ssrc[kind];
  g_string_append (out, "a=msid:stream track\r\n");
  if (kind == YL_MEDIA_VIDEO && local->rtx_ssrc != 0)
    g_string_append_printf (out,
                            "a=ssrc-group:FID %u %u\r\n"
                            "a=ssrc:%u cname:load\r\n",
                            ssrc, local->rtx_ssrc, local->rtx_ssrc);
  g_string_append_printf (out, "a=ssrc:%u cname:load\r\n", ssrc);
}

static void
write_section (GString *out, const TargetLocal *local, unsigned mid, bool sends)
{
  const YlMediaKind kind = mid % 2 == 0 ? YL_MEDIA_AUDIO : YL_MEDIA_VIDEO;
  const bool video = kind == YL_MEDIA_VIDEO;
  g_string_append (out, video ? "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
                              : "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
  write_transport (out, local);
  g_string_append_printf (out, "a=mid:%u\r\na=%s\r\n", mid,
                          sends ? "sendonly" : "recvonly");
  write_codec (out, video, local->twcc && !sends);
  if (sends)
    write_source (out, local, kind);
}

char *
bench_sdp_offer (const TargetLocal *local)
{
  const bool sends = local->ssrc[YL_MEDIA_VIDEO] != 0;
  const unsigned n = (sends ? 2 : 0) + (local->receives ? 2 : 0);
  GString *out = g_string_new (HEAD "a=group:BUNDLE");
  for (unsigned mid = 0; mid < n; mid++)
    g_string_append_printf (out, " %u", mid);
  g_string_append (out, "\r\n");
  for (unsigned mid = 0; mid < n; mid++)
    write_section (out, local, mid, sends && mid < 2);
  return g_string_free (out, FALSE);
}

static bool
is_agreed (const char *line)
{
  static const char *const NAMES[] = { "a=mid:", "a=rtpmap:", "a=fmtp:",
                                       "a=rtcp-fb:", "a=extmap:" };
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_str_has_prefix (line, NAMES[i]))
      return true;
  return false;
}

char *
bench_sdp_answer (const TargetLocal *local, const char *offer)
{
  g_auto (GStrv) lines = g_strsplit (offer, "\n", -1);
  GString *out = g_string_new (HEAD);
  bool in_section = false;
  for (char **at = lines; *at != NULL; at++) {
    const char *line = g_strchomp (*at);
    const bool begins = g_str_has_prefix (line, "m=");
    if (begins
        || (in_section ? is_agreed (line)
                       : g_str_has_prefix (line, "a=group:BUNDLE")))
      g_string_append_printf (out, "%s\r\n", line);
    if (!begins)
      continue;
    in_section = true;
    write_transport (out, local);
    g_string_append (out, "a=recvonly\r\n");
  }
  return g_string_free (out, FALSE);
}

/* --- reading --- */

typedef struct {
  YlMediaKind kind;
  bool known; /* audio or video */
  bool accepted;
  bool sends; /* the server does */
  bool receives;
  char mid[YL_PEER_MID_SIZE];
  uint8_t payload_type;
  uint8_t rtx_payload_type;
  uint8_t mid_id;
  uint8_t twcc_id;
  uint32_t ssrc;
} Section;

typedef struct {
  TargetRemote *remote;
  const TargetLocal *local;
  Section section; /* under way */
  bool have_candidate;
} Reading;

static void
end_section (Reading *self)
{
  const Section *section = &self->section;
  TargetRemote *remote = self->remote;
  const YlMediaKind kind = section->kind;
  if (!section->known || !section->accepted)
    return;
  if (section->sends) {
    remote->payload_type[kind] = section->payload_type;
    remote->ssrc[kind] = section->ssrc;
    if (kind == YL_MEDIA_VIDEO)
      remote->rtx_payload_type = section->rtx_payload_type;
    if (section->twcc_id != 0)
      remote->twcc_id = section->twcc_id;
  }
  if (section->receives) {
    remote->send_payload_type[kind] = section->payload_type;
    if (kind == YL_MEDIA_VIDEO)
      remote->send_rtx_payload_type = section->rtx_payload_type;
    remote->mid_id = section->mid_id;
    g_strlcpy (remote->mid[kind], section->mid, sizeof remote->mid[kind]);
  }
}

static void
begin_section (Reading *self, const char *line)
{
  unsigned port = 0;
  end_section (self);
  self->section = (Section){ .sends = true, .receives = true };
  sscanf (line, "m=%*s %u", &port);
  self->section.accepted = port != 0;
  self->section.known = true;
  if (g_str_has_prefix (line, "m=video"))
    self->section.kind = YL_MEDIA_VIDEO;
  else if (g_str_has_prefix (line, "m=audio"))
    self->section.kind = YL_MEDIA_AUDIO;
  else
    self->section.known = false;
}

static void
read_fingerprint (TargetRemote *remote, const char *text)
{
  for (size_t i = 0; i < sizeof remote->sha256; i++, text += 3) {
    if (!g_ascii_isxdigit (text[0]) || !g_ascii_isxdigit (text[1]))
      return;
    remote->sha256[i] = (uint8_t) (g_ascii_xdigit_value (text[0]) << 4
                                   | g_ascii_xdigit_value (text[1]));
    if (text[2] != ':')
      return;
  }
}

/* The last one on our own address, else the first. */
static void
read_candidate (Reading *self, const char *text)
{
  char transport[8], ip[64];
  unsigned port;
  YlAddress address;
  if (sscanf (text, "%*s %*u %7s %*u %63s %u", transport, ip, &port) != 3
      || g_ascii_strcasecmp (transport, "udp") != 0
      || !yl_address_parse_ip (&address, ip, (uint16_t) port))
    return;
  const bool own =
      memcmp (address.ip, self->local->address.ip, sizeof address.ip) == 0;
  if (own || !self->have_candidate)
    self->remote->address = address;
  self->have_candidate = true;
}

static void
read_rtpmap (Section *section, const char *text)
{
  unsigned payload_type;
  char name[16];
  if (sscanf (text, "%u %15[^/]", &payload_type, name) != 2)
    return;
  const char *wanted = section->kind == YL_MEDIA_VIDEO ? "VP8" : "opus";
  if (g_ascii_strcasecmp (name, wanted) == 0)
    section->payload_type = (uint8_t) payload_type;
}

static void
read_fmtp (Section *section, const char *text)
{
  unsigned payload_type, apt;
  if (sscanf (text, "%u apt=%u", &payload_type, &apt) == 2
      && apt == section->payload_type)
    section->rtx_payload_type = (uint8_t) payload_type;
}

static void
read_extmap (Section *section, const char *text)
{
  const unsigned id = (unsigned) g_ascii_strtoull (text, NULL, 10);
  if (strstr (text, "sdes:mid") != NULL)
    section->mid_id = (uint8_t) id;
  else if (strstr (text, "transport-wide-cc") != NULL)
    section->twcc_id = (uint8_t) id;
}

static void
read_ssrc (Section *section, const char *line)
{
  uint32_t ssrc;
  if (section->ssrc == 0
      && (sscanf (line, "a=ssrc-group:FID %u", &ssrc) == 1
          || sscanf (line, "a=ssrc:%u", &ssrc) == 1))
    section->ssrc = ssrc;
}

static void
read_direction (Section *section, const char *line)
{
  if (strcmp (line, "a=sendonly") == 0)
    section->receives = false;
  else if (strcmp (line, "a=recvonly") == 0)
    section->sends = false;
  else if (strcmp (line, "a=inactive") == 0)
    section->sends = section->receives = false;
}

static void
read_line (Reading *self, const char *line)
{
  TargetRemote *remote = self->remote;
  if (g_str_has_prefix (line, "m="))
    begin_section (self, line);
  else if (g_str_has_prefix (line, "a=ice-ufrag:"))
    g_strlcpy (remote->ufrag, line + 12, sizeof remote->ufrag);
  else if (g_str_has_prefix (line, "a=ice-pwd:"))
    g_strlcpy (remote->pwd, line + 10, sizeof remote->pwd);
  else if (g_str_has_prefix (line, "a=fingerprint:sha-256 "))
    read_fingerprint (remote, line + 22);
  else if (g_str_has_prefix (line, "a=candidate:"))
    read_candidate (self, line + 12);
  else if (g_str_has_prefix (line, "a=mid:"))
    g_strlcpy (self->section.mid, line + 6, sizeof self->section.mid);
  else if (g_str_has_prefix (line, "a=rtpmap:"))
    read_rtpmap (&self->section, line + 9);
  else if (g_str_has_prefix (line, "a=fmtp:"))
    read_fmtp (&self->section, line + 7);
  else if (g_str_has_prefix (line, "a=extmap:"))
    read_extmap (&self->section, line + 9);
  else if (g_str_has_prefix (line, "a=ssrc"))
    read_ssrc (&self->section, line);
  else
    read_direction (&self->section, line);
}

bool
bench_sdp_read (TargetRemote *remote, const TargetLocal *local, const char *sdp)
{
  Reading reading = { .remote = remote, .local = local };
  g_auto (GStrv) lines = g_strsplit (sdp, "\n", -1);
  memset (remote, 0, sizeof *remote);
  for (char **at = lines; *at != NULL; at++)
    read_line (&reading, g_strchomp (*at));
  end_section (&reading);
  return remote->ufrag[0] != '\0' && remote->pwd[0] != '\0'
         && reading.have_candidate;
}
