/* agent.c: STUN as ICE-lite needs it, by libnice's STUN library */
#include "ice/agent.h"

#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <string.h>
#include <sys/socket.h>

struct YlIceAgent {
  StunAgent stun;
};

/* What a check may carry that must be understood (RFC 8445, 16.1). */
static const uint16_t known_attributes[] = {
  STUN_ATTRIBUTE_USERNAME,       STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
  STUN_ATTRIBUTE_PRIORITY,       STUN_ATTRIBUTE_USE_CANDIDATE,
  STUN_ATTRIBUTE_REALM,          STUN_ATTRIBUTE_NONCE,
  STUN_ATTRIBUTE_ERROR_CODE,     STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
  STUN_ATTRIBUTE_MAPPED_ADDRESS, 0,
};

YlIceAgent *
yl_ice_agent_new (void)
{
  YlIceAgent *self = g_new0 (YlIceAgent, 1);
  stun_agent_init (&self->stun, known_attributes, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                       | STUN_AGENT_USAGE_USE_FINGERPRINT);
  return self;
}

void
yl_ice_agent_free (YlIceAgent *self)
{
  g_free (self);
}

typedef struct {
  const YlIceCredentials *const *all;
  size_t n;
  const YlIceCredentials *used;
} Lookup;

static bool
is_username (const YlIceCredentials *credentials, const char *username,
             size_t size)
{
  const size_t local = strlen (credentials->local_ufrag);
  const size_t remote = strlen (credentials->remote_ufrag);
  return size == local + 1 + remote
         && memcmp (username, credentials->local_ufrag, local) == 0
         && username[local] == ':'
         && memcmp (username + local + 1, credentials->remote_ufrag, remote)
                == 0;
}

/* Called by the library for the password of a user name. */
static bool
find_password (StunAgent *agent, StunMessage *message, uint8_t *username,
               uint16_t size, uint8_t **password, size_t *password_size,
               void *user)
{
  Lookup *lookup = user;
  for (size_t i = 0; i < lookup->n; i++) {
    const YlIceCredentials *credentials = lookup->all[i];
    if (is_username (credentials, (const char *) username, size)) {
      lookup->used = credentials;
      *password = (uint8_t *) credentials->local_pwd;
      *password_size = strlen (credentials->local_pwd);
      return true;
    }
  }
  return false;
}

static YlIceCheckResult
write_error (YlIceAgent *self, const StunMessage *request, StunError code,
             YlIceCheck *check)
{
  StunMessage reply;
  if (!stun_agent_init_error (&self->stun, &reply, check->reply,
                              sizeof check->reply, request, code))
    return YL_ICE_CHECK_DROP;
  check->reply_size = stun_agent_finish_message (&self->stun, &reply, NULL, 0);
  return check->reply_size > 0 ? YL_ICE_CHECK_ERROR : YL_ICE_CHECK_DROP;
}

static YlIceCheckResult
write_unknown (YlIceAgent *self, const StunMessage *request, YlIceCheck *check)
{
  StunMessage reply;
  check->reply_size = stun_agent_build_unknown_attributes_error (
      &self->stun, &reply, check->reply, sizeof check->reply, request);
  return check->reply_size > 0 ? YL_ICE_CHECK_ERROR : YL_ICE_CHECK_DROP;
}

static YlIceCheckResult
write_success (YlIceAgent *self, const StunMessage *request,
               const YlAddress *remote, YlIceCheck *check)
{
  StunMessage reply;
  struct sockaddr_storage to;
  const size_t to_size = yl_address_to_sockaddr (remote, &to, false);
  if (!stun_agent_init_response (&self->stun, &reply, check->reply,
                                 sizeof check->reply, request)
      || stun_message_append_xor_addr (&reply,
                                       STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &to,
                                       (socklen_t) to_size)
             != STUN_MESSAGE_RETURN_SUCCESS)
    return YL_ICE_CHECK_DROP;
  check->reply_size = stun_agent_finish_message (&self->stun, &reply, NULL, 0);
  return check->reply_size > 0 ? YL_ICE_CHECK_VALID : YL_ICE_CHECK_DROP;
}

/* We are lite and hence always controlled: a peer that claims the same has
 * to change, whatever its tie-breaker (RFC 8445, 6.1.1 and 7.3.1.1). */
static YlIceCheckResult
answer (YlIceAgent *self, const StunMessage *request, const YlAddress *remote,
        YlIceCheck *check)
{
  uint64_t tie_breaker;
  if (stun_message_find64 (request, STUN_ATTRIBUTE_ICE_CONTROLLED, &tie_breaker)
      == STUN_MESSAGE_RETURN_SUCCESS)
    return write_error (self, request, STUN_ERROR_ROLE_CONFLICT, check);
  check->use_candidate = stun_usage_ice_conncheck_use_candidate (request);
  return write_success (self, request, remote, check);
}

YlIceCheckResult
yl_ice_agent_check (YlIceAgent *self,
                    const YlIceCredentials *const *credentials, size_t n,
                    const YlAddress *remote, const uint8_t *data, size_t size,
                    YlIceCheck *check)
{
  Lookup lookup = { .all = credentials, .n = n };
  StunMessage request;
  memset (check, 0, sizeof *check);
  const StunValidationStatus status = stun_agent_validate (
      &self->stun, &request, data, size, find_password, &lookup);
  if (status == STUN_VALIDATION_NOT_STUN
      || status == STUN_VALIDATION_INCOMPLETE_STUN
      || stun_message_get_class (&request) != STUN_REQUEST
      || stun_message_get_method (&request) != STUN_BINDING)
    return YL_ICE_CHECK_DROP;

  check->credentials = lookup.used;
  switch (status) {
  case STUN_VALIDATION_SUCCESS:
    return answer (self, &request, remote, check);
  case STUN_VALIDATION_BAD_REQUEST:
  case STUN_VALIDATION_UNAUTHORIZED_BAD_REQUEST:
    return write_error (self, &request, STUN_ERROR_BAD_REQUEST, check);
  case STUN_VALIDATION_UNAUTHORIZED:
    return write_error (self, &request, STUN_ERROR_UNAUTHORIZED, check);
  case STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE:
    return write_unknown (self, &request, check);
  default:
    return YL_ICE_CHECK_DROP;
  }
}
