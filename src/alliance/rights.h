/* rights.h: who may do what: the one table that every method asks */
#pragma once

#include "alliance/alliance.h"

/* How a person stands to one consultation. */
typedef enum {
  YL_RELATION_NONE,   /* may not even know that it exists */
  YL_RELATION_CLINIC, /* asked for it */
  YL_RELATION_PASSED, /* was rung for it and is no longer */
  YL_RELATION_RUNG,   /* is rung for it now */
  YL_RELATION_EXPERT, /* accepted it */
  YL_N_RELATIONS,
} YlRelation;

typedef enum {
  YL_ACTION_SESSION, /* session.get, .close, .password, home.get */
  YL_ACTION_DUTY_SET,
  YL_ACTION_REQUEST,
  YL_ACTION_CANCEL,
  YL_ACTION_ACCEPT,
  YL_ACTION_DECLINE,
  YL_ACTION_REDIRECT,
  YL_ACTION_GET,
  YL_ACTION_LIST,
  YL_ACTION_END,
  YL_ACTION_CHAT,
  YL_ACTION_OPINION_SAVE,
  YL_ACTION_OPINION_SIGN,
  YL_ACTION_OPINION_SUPPLEMENT,
  YL_ACTION_ACKNOWLEDGE,
  YL_ACTION_MEDIA, /* media.offer, .state, .close */
  YL_N_ACTIONS,
} YlAction;

typedef enum {
  YL_RIGHTS_YES,
  YL_RIGHTS_NO,        /* no-right */
  YL_RIGHTS_NOT_FOUND, /* not-found: must not learn that it exists */
} YlRights;

/* True if a person with any of @roles (mask of 1u << YlRole) may ever do
 * @action. */
bool yl_rights_role (YlAction action, unsigned roles);

/* True if @action is about one consultation. */
bool yl_rights_needs_relation (YlAction action);

/* The whole question: role first, then how the person stands to the
 * consultation. @relation is ignored by actions that are about none. */
YlRights yl_rights_ask (YlAction action, unsigned roles, YlRelation relation);
