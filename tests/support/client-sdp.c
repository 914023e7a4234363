/* client-sdp.c: the offer of the test client, and what it reads of an answer
 */
#include "client-sdp.h"

#include <stdio.h>
#include <string.h>

static void
write_section (GString *out, const ClientOffer *offer, unsigned mid)
{
  const bool video = mid == CLIENT_CAMERA || mid == CLIENT_VIDEO_SLOT;
  const bool slot = mid >= CLIENT_AUDIO_SLOT;
  const uint32_t ssrc = video ? offer->video_ssrc : offer->audio_ssrc;
  g_string_append (out, video ? "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
                              : "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
  g_string_append_printf (out,
                          "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\n"
                          "a=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\n"
                          "a=setup:actpass\r\na=mid:%u\r\na=%s\r\n"
                          "a=rtcp-mux\r\na=rtcp-rsize\r\n"
                          "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
                          offer->ufrag, offer->pwd, offer->fingerprint, mid,
                          slot        ? "recvonly"
                          : ssrc == 0 ? "inactive"
                                      : "sendonly",
                          CLIENT_MID_ID);
  g_string_append (out,
                   video ? "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
                           "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm fir\r\n"
                           "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
                         : "a=rtpmap:111 opus/48000/2\r\n"
                           "a=fmtp:111 minptime=10;useinbandfec=1\r\n");
  if (slot || ssrc == 0)
    return;
  g_string_append (out, "a=msid:stream track\r\n");
  if (video)
    g_string_append_printf (out,
                            "a=ssrc-group:FID %u %u\r\n"
                            "a=ssrc:%u cname:client\r\n",
                            ssrc, offer->video_rtx_ssrc, offer->video_rtx_ssrc);
  g_string_append_printf (out, "a=ssrc:%u cname:client\r\n", ssrc);
}

char *
client_offer_write (const ClientOffer *offer)
{
  GString *out = g_string_new ("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n"
                               "t=0 0\r\na=group:BUNDLE 0 1 2 3\r\n");
  for (unsigned mid = 0; mid < CLIENT_N_SECTIONS; mid++)
    write_section (out, offer, mid);
  return g_string_free (out, FALSE);
}

static void
read_fingerprint (ClientAnswer *answer, const char *text)
{
  for (size_t i = 0; i < sizeof answer->sha256 && text[0] != '\0'; i++) {
    unsigned octet = 0;
    sscanf (text, "%2x", &octet);
    answer->sha256[i] = (uint8_t) octet;
    text += strlen (text) > 2 ? 3 : strlen (text);
  }
}

static void
read_candidate (ClientAnswer *answer, const char *text)
{
  char ip[64];
  unsigned port;
  if (answer->n_candidates < G_N_ELEMENTS (answer->candidates)
      && sscanf (text, "%*s %*u %*s %*u %63s %u", ip, &port) == 2
      && yl_address_parse_ip (&answer->candidates[answer->n_candidates], ip,
                              (uint16_t) port))
    answer->n_candidates++;
}

typedef struct {
  ClientAnswer *answer;
  int section; /* under way, −1 before the first */
} Reading;

static void
read_media (Reading *self, const char *line)
{
  unsigned port = 0;
  self->section++;
  sscanf (line, "m=%*s %u", &port);
  if (self->section < CLIENT_N_SECTIONS)
    self->answer->sections[self->section].accepted = port != 0;
}

/* The media SSRC comes first in its group; without a group it is the only
 * one. */
static void
read_ssrc (Reading *self, const char *line)
{
  uint32_t a = 0, b = 0;
  if (self->section < 0 || self->section >= CLIENT_N_SECTIONS)
    return;
  if (sscanf (line, "a=ssrc-group:FID %u %u", &a, &b) == 2) {
    self->answer->sections[self->section].ssrc = a;
    self->answer->sections[self->section].rtx_ssrc = b;
  } else if (sscanf (line, "a=ssrc:%u", &a) == 1
             && self->answer->sections[self->section].ssrc == 0) {
    self->answer->sections[self->section].ssrc = a;
  }
}

bool
client_answer_read (ClientAnswer *answer, const char *sdp)
{
  Reading reading = { .answer = answer, .section = -1 };
  g_auto (GStrv) lines = g_strsplit (sdp, "\r\n", -1);
  memset (answer, 0, sizeof *answer);
  for (size_t i = 0; lines[i] != NULL; i++) {
    const char *line = lines[i];
    if (g_str_has_prefix (line, "m="))
      read_media (&reading, line);
    else if (g_str_has_prefix (line, "a=ssrc"))
      read_ssrc (&reading, line);
    else if (g_str_has_prefix (line, "a=ice-ufrag:"))
      g_strlcpy (answer->ufrag, line + 12, sizeof answer->ufrag);
    else if (g_str_has_prefix (line, "a=ice-pwd:"))
      g_strlcpy (answer->pwd, line + 10, sizeof answer->pwd);
    else if (g_str_has_prefix (line, "a=fingerprint:sha-256 "))
      read_fingerprint (answer, line + 22);
    else if (g_str_has_prefix (line, "a=candidate:") && reading.section == 0)
      read_candidate (answer, line + 12);
  }
  return answer->ufrag[0] != '\0' && answer->pwd[0] != '\0'
         && answer->n_candidates > 0
         && reading.section == CLIENT_N_SECTIONS - 1;
}
