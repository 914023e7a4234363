/* peer-pair.h: a YlPeer and a PeerClient joined in memory, virtual time */
#pragma once

#include "peer-client.h"
#include "peer/peer.h"

/* What the peer told, in order. */
#define PAIR_MAX_EVENTS 256

typedef struct PeerPair PeerPair;
struct PeerPair {
  uint64_t now_us;
  YlDtlsCertificate *certificates[2]; /* gateway, client */
  YlDtlsContext *contexts[2];
  YlIceAgent *agent;
  YlRandom random;
  YlPeerCounters counters;
  YlPeerScratch scratch;
  YlPeerConfig *config;
  YlPeer *peer;
  PeerClient *client;
  YlIcePath path;
  size_t n_events;
  YlPeerEvent events[PAIR_MAX_EVENTS];
  GArray *nacked;   /* uint16_t, of all NACK events */
  GPtrArray *media; /* of GBytes: what receive_media() let through */
  GArray *tracks;   /* uint8_t, beside media */
  GArray *seqs;     /* int64_t, beside media */
  /* Asked for every datagram to the gateway or to the client; NULL: none is
   * lost. */
  bool (*lose) (PeerPair *pair, bool to_gateway, const uint8_t *data,
                size_t size);
};

PeerPair *peer_pair_new (void);
void peer_pair_free (PeerPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeerPair, peer_pair_free)

/* Delivers until nobody has anything to say. */
void peer_pair_settle (PeerPair *self);

/* Lets @us pass, a deadline at a time. */
void peer_pair_advance (PeerPair *self, uint64_t us);

/* Check, nomination, handshake. */
void peer_pair_connect (PeerPair *self);

/* How often @kind was told. */
size_t peer_pair_count (const PeerPair *self, YlPeerEventKind kind);

/* The last event of @kind, or NULL. */
const YlPeerEvent *peer_pair_last (const PeerPair *self, YlPeerEventKind kind);
