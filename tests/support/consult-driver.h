/* consult-driver.h: two people and their clients through a consultation at a
 * running daemon with the demo alliance */
#pragma once

#include "rpc-client.h"
#include "rtc-client.h"
#include "rtc-runner.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { CONSULT_CLINIC, CONSULT_EXPERT, CONSULT_N_SIDES };

typedef struct {
  RpcClient *rpc[CONSULT_N_SIDES];
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  RtcRunner *runner;
  unsigned n;         /* commands and connections so far */
  uint32_t video_bps; /* of each camera; 500000 unless set */

  /* of the consultation under way */
  char *id;
  RtcClient *clients[CONSULT_N_SIDES];
  uint64_t connected_us; /* from acceptance to media both ways */
} ConsultDriver;

/* Signs both in and puts the expert on duty. @host: "127.0.0.1:8080" */
void consult_driver_init (ConsultDriver *self, const char *host);
void consult_driver_clear (ConsultDriver *self);

/* Request and acceptance. */
void consult_driver_open (ConsultDriver *self);

/* Both sides connect; returns when each sees and hears the other. False:
 * that did not happen within @limit_us. */
bool consult_driver_connect (ConsultDriver *self, uint64_t limit_us);

/* Ends it, signs the opinion, acknowledges, and forgets the clients. */
void consult_driver_close (ConsultDriver *self);
