#include "nego/nego.h"

#include "nego/answer-text.h"
#include "nego/numbers.h"
#include "nego/section.h"

#include <string.h>

G_DEFINE_QUARK (yl_nego_error, yl_nego_error)

enum { CNAME_SIZE = 16, UFRAG_SIZE = 8, PWD_SIZE = 24 };

/* Slots one connection may ever have had: a client that asks for more is
 * not one of ours. Bounds `used_ssrcs`. */
enum { MAX_USED_SSRCS = 4096 };

struct YlNegoSession {
  uint64_t id; /* o= line */
  uint32_t version;
  YlPeerConfig *config; /* of the last answer, NULL before the first */
  char *answer;
  GHashTable *used_ssrcs; /* set of every slot SSRC ever answered */
  YlNegoNumbers numbers;
};

/* An answer in the making; becomes the session's state when all is well. */
typedef struct {
  const YlNegoSession *session;
  const YlSdpOffer *offer;
  const YlNegoSite *site;
  YlRandom *random;
  YlNegoRole role;
  YlPeerConfig *config;
  YlNegoNumbers numbers;
} Draft;

static bool
fail (GError **error, YlNegoError code, const char *message)
{
  g_set_error_literal (error, YL_NEGO_ERROR, code, message);
  return false;
}

static bool
in_bundle (const YlSdpOffer *offer, unsigned index)
{
  return memchr (offer->bundle, (int) index, offer->n_bundle) != NULL;
}

/* Was this very section, not one that took its place, in the last answer? */
static const YlPeerSection *
previous_section (const Draft *self, unsigned index)
{
  const YlPeerConfig *before = self->session->config;
  const YlPeerSection *now = &self->config->sections[index];
  if (before == NULL || index >= before->n_sections
      || strcmp (before->sections[index].mid, now->mid) != 0)
    return NULL;
  return &before->sections[index];
}

static bool
accept_sections (Draft *self, GError **error)
{
  const YlSdpOffer *offer = self->offer;
  const YlPeerConfig *before = self->session->config;
  unsigned accepted = 0;
  if (offer->n_bundle == 0)
    return fail (error, YL_NEGO_ERROR_MISSING, "offer is without BUNDLE");
  if (before != NULL && offer->n_sections < before->n_sections)
    return fail (error, YL_NEGO_ERROR_CONFLICT, "offer lost a section");

  self->config->n_sections = offer->n_sections;
  for (unsigned i = 0; i < offer->n_sections; i++) {
    YlPeerSection *section = &self->config->sections[i];
    if (!yl_nego_accept_section (&offer->sections[i], in_bundle (offer, i),
                                 self->role, self->site->simulcast, section,
                                 error)
        || !yl_nego_numbers_add (&self->numbers, section, error))
      return false;
    const YlPeerSection *previous = previous_section (self, i);
    if (previous != NULL && previous->kind != section->kind)
      return fail (error, YL_NEGO_ERROR_CONFLICT, "section changed its kind");
    accepted += section->n_codecs > 0
                && (self->role == YL_NEGO_BOTH_WAYS
                    || section->direction != YL_DIRECTION_INACTIVE);
  }
  return accepted > 0
         || fail (error, YL_NEGO_ERROR_UNSUPPORTED,
                  "no section can be accepted");
}

static bool
same_fingerprints (const YlSdpTransport *a, const YlSdpTransport *b)
{
  return a->n_fingerprints == b->n_fingerprints
         && memcmp (a->fingerprints, b->fingerprints,
                    sizeof (a->fingerprints[0]) * a->n_fingerprints)
                == 0;
}

/* A section's own lines, completed by those of the session. */
static YlSdpTransport
effective_transport (const YlSdpOffer *offer, unsigned index)
{
  const YlSdpTransport *session = &offer->transport;
  YlSdpTransport t = offer->sections[index].transport;
  if (t.ufrag == NULL && t.pwd == NULL) {
    t.ufrag = session->ufrag;
    t.pwd = session->pwd;
  }
  if (t.setup == YL_SDP_SETUP_ABSENT)
    t.setup = session->setup;
  if (t.n_fingerprints == 0) {
    t.n_fingerprints = session->n_fingerprints;
    memcpy (t.fingerprints, session->fingerprints, sizeof (t.fingerprints));
  }
  return t;
}

/* The transport is the first accepted section's (RFC 8843, 7.3.1). The
 * others may be silent, but not say otherwise. */
static bool
find_transport (const Draft *self, YlSdpTransport *transport, GError **error)
{
  const YlSdpOffer *offer = self->offer;
  bool found = false;
  for (unsigned i = 0; i < offer->n_bundle; i++) {
    const unsigned index = offer->bundle[i];
    if (self->config->sections[index].n_codecs == 0)
      continue;
    const YlSdpTransport t = effective_transport (offer, index);
    if (!found)
      *transport = t;
    else if (t.n_fingerprints > 0 && !same_fingerprints (&t, transport))
      return fail (error, YL_NEGO_ERROR_CONFLICT, "fingerprints differ");
    found = true;
  }
  return true;
}

static bool
accept_transport (Draft *self, GError **error)
{
  YlPeerConfig *config = self->config;
  YlSdpTransport t = { 0 };
  if (!find_transport (self, &t, error))
    return false;
  if (t.ufrag == NULL || t.pwd == NULL)
    return fail (error, YL_NEGO_ERROR_MISSING,
                 "offer is without ice-ufrag or ice-pwd");
  if (t.n_fingerprints == 0)
    return fail (error, YL_NEGO_ERROR_MISSING,
                 "offer is without a sha-256 fingerprint");
  if (t.setup == YL_SDP_SETUP_PASSIVE)
    return fail (error, YL_NEGO_ERROR_UNSUPPORTED,
                 "offer insists on a passive DTLS role");
  if (g_strlcpy (config->remote_ufrag, t.ufrag, YL_PEER_UFRAG_SIZE)
          >= YL_PEER_UFRAG_SIZE
      || g_strlcpy (config->remote_pwd, t.pwd, YL_PEER_PWD_SIZE)
             >= YL_PEER_PWD_SIZE)
    return fail (error, YL_NEGO_ERROR_UNSUPPORTED,
                 "ice-ufrag or ice-pwd is too long");

  G_STATIC_ASSERT (YL_SDP_MAX_FINGERPRINTS == YL_PEER_MAX_FINGERPRINTS);
  config->n_fingerprints = t.n_fingerprints;
  for (unsigned i = 0; i < t.n_fingerprints; i++)
    memcpy (config->fingerprints[i].sha256, t.fingerprints[i],
            sizeof (t.fingerprints[i]));
  return true;
}

/* Ours change when, and only when, theirs do (RFC 8839, 4.4.1.1). */
static void
choose_credentials (Draft *self)
{
  YlPeerConfig *config = self->config;
  const YlPeerConfig *before = self->session->config;
  if (before == NULL)
    yl_random_ice_chars (self->random, config->cname, CNAME_SIZE);
  else
    memcpy (config->cname, before->cname, sizeof (config->cname));

  if (before != NULL && strcmp (config->remote_ufrag, before->remote_ufrag) == 0
      && strcmp (config->remote_pwd, before->remote_pwd) == 0) {
    memcpy (config->local_ufrag, before->local_ufrag, YL_PEER_UFRAG_SIZE);
    memcpy (config->local_pwd, before->local_pwd, YL_PEER_PWD_SIZE);
    return;
  }
  yl_random_ice_chars (self->random, config->local_ufrag, UFRAG_SIZE);
  yl_random_ice_chars (self->random, config->local_pwd, PWD_SIZE);
}

static bool
ssrc_is_taken (const Draft *self, uint32_t ssrc)
{
  if (ssrc == 0
      || g_hash_table_contains (self->session->used_ssrcs,
                                GUINT_TO_POINTER (ssrc)))
    return true;
  for (unsigned i = 0; i < self->offer->n_sections; i++) {
    const YlSdpSection *offered = &self->offer->sections[i];
    const YlPeerSection *section = &self->config->sections[i];
    if (section->slot_ssrc == ssrc || section->slot_rtx_ssrc == ssrc
        || offered->fid[0] == ssrc || offered->fid[1] == ssrc)
      return true;
    for (unsigned k = 0; k < offered->n_ssrcs; k++) {
      if (offered->ssrcs[k] == ssrc)
        return true;
    }
  }
  return false;
}

static uint32_t
choose_ssrc (const Draft *self)
{
  uint32_t ssrc;
  do
    ssrc = yl_random_u32 (self->random);
  while (ssrc_is_taken (self, ssrc));
  return ssrc;
}

/* A slot that was one in the last answer keeps its SSRCs. One that comes
 * back after a pause gets new ones: the sfu forgot how far the old ones
 * had counted, and an SRTP index must not be used twice. */
static bool
choose_slots (Draft *self, GError **error)
{
  if (g_hash_table_size (self->session->used_ssrcs) >= MAX_USED_SSRCS)
    return fail (error, YL_NEGO_ERROR_UNSUPPORTED, "too many slots");
  for (unsigned i = 0; i < self->config->n_sections; i++) {
    YlPeerSection *section = &self->config->sections[i];
    if (section->direction != YL_DIRECTION_SEND)
      continue;
    bool rtx = false;
    for (unsigned k = 0; k < section->n_codecs; k++)
      rtx |= section->codecs[k].rtx_payload_type != YL_PAYLOAD_TYPE_NONE;
    const YlPeerSection *previous = previous_section (self, i);
    const bool keep = previous != NULL
                      && previous->direction == YL_DIRECTION_SEND
                      && (previous->slot_rtx_ssrc != 0) == rtx;
    section->slot_ssrc = keep ? previous->slot_ssrc : choose_ssrc (self);
    if (rtx)
      section->slot_rtx_ssrc =
          keep ? previous->slot_rtx_ssrc : choose_ssrc (self);
  }
  return true;
}

static void
commit (YlNegoSession *self, const Draft *draft, char *answer)
{
  const YlPeerConfig *config = draft->config;
  for (unsigned i = 0; i < config->n_sections; i++) {
    const YlPeerSection *section = &config->sections[i];
    if (section->slot_ssrc != 0)
      g_hash_table_add (self->used_ssrcs,
                        GUINT_TO_POINTER (section->slot_ssrc));
    if (section->slot_rtx_ssrc != 0)
      g_hash_table_add (self->used_ssrcs,
                        GUINT_TO_POINTER (section->slot_rtx_ssrc));
  }
  g_clear_pointer (&self->config, yl_peer_config_unref);
  self->config = yl_peer_config_fit (draft->config);
  g_free (self->answer);
  self->answer = g_realloc (answer, strlen (answer) + 1); /* it was written */
  self->numbers = draft->numbers;
  self->version++;
}

YlNegoSession *
yl_nego_session_new (void)
{
  YlNegoSession *self = g_new0 (YlNegoSession, 1);
  self->used_ssrcs = g_hash_table_new (NULL, NULL);
  return self;
}

void
yl_nego_session_free (YlNegoSession *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->config, yl_peer_config_unref);
  g_hash_table_unref (self->used_ssrcs);
  g_free (self->answer);
  g_free (self);
}

void
yl_nego_answer_clear (YlNegoAnswer *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->config, yl_peer_config_unref);
  self->repeated = false;
}

static bool
answer_new (YlNegoSession *self, Draft *draft, GError **error)
{
  if (!accept_sections (draft, error) || !accept_transport (draft, error)
      || !choose_slots (draft, error))
    return false;
  choose_credentials (draft);
  if (self->config == NULL)
    self->id = yl_random_u64 (draft->random) >> 2; /* fits a signed reader */
  const YlAnswerText text = {
    .offer = draft->offer,
    .config = draft->config,
    .site = draft->site,
    .session_id = self->id,
    .version = self->version + 1,
  };
  commit (self, draft, yl_answer_text_write (&text));
  return true;
}

bool
yl_nego_answer (YlNegoSession *self, const YlNegoOffer *offer,
                const YlNegoSite *site, YlRandom *random, YlNegoAnswer *answer,
                GError **error)
{
  g_return_val_if_fail (site->n_candidates > 0, false);
  const uint32_t last = self->config != NULL ? self->config->generation : 0;
  const bool repeated = last > 0 && offer->generation == last;
  if (!repeated) {
    if (offer->generation <= last) {
      g_set_error (error, YL_NEGO_ERROR, YL_NEGO_ERROR_STALE_GENERATION,
                   "generation %u, but %u was answered", offer->generation,
                   last);
      return false;
    }
    g_autoptr (YlSdpOffer) parsed =
        yl_sdp_offer_parse (offer->text, offer->size, error);
    g_autoptr (YlPeerConfig) config = yl_peer_config_new ();
    config->generation = offer->generation;
    Draft draft = {
      .session = self,
      .offer = parsed,
      .site = site,
      .random = random,
      .role = offer->role,
      .config = config,
      .numbers = self->numbers,
    };
    if (parsed == NULL || !answer_new (self, &draft, error))
      return false;
  }
  *answer = (YlNegoAnswer){
    .text = g_strdup (self->answer),
    .config = yl_peer_config_ref (self->config),
    .repeated = repeated,
  };
  return true;
}
