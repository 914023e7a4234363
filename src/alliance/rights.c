#include "alliance/rights.h"

#define CLINIC_DOCTOR (1u << YL_ROLE_CLINIC_DOCTOR)
#define EXPERT_POST (1u << YL_ROLE_EXPERT)
#define ANY_POST ((1u << YL_N_ROLES) - 1)

#define CLINIC (1u << YL_RELATION_CLINIC)
#define PASSED (1u << YL_RELATION_PASSED)
#define RUNG (1u << YL_RELATION_RUNG)
#define EXPERT (1u << YL_RELATION_EXPERT)
/* Who is too late is told so by the workflow: taken, wrong-state. */
#define ASKED (PASSED | RUNG | EXPERT)

/* roles 0: any account, even one without a post; relations 0: the action is
 * about no consultation. Whose turn it is (states, texts, passwords) is the
 * workflow's business. */
static const struct {
  unsigned roles;
  unsigned relations;
} TABLE[YL_N_ACTIONS] = {
  [YL_ACTION_SESSION] = { 0, 0 },
  [YL_ACTION_DUTY_SET] = { EXPERT_POST, 0 },
  [YL_ACTION_REQUEST] = { CLINIC_DOCTOR, 0 },
  [YL_ACTION_CANCEL] = { CLINIC_DOCTOR, CLINIC },
  [YL_ACTION_ACCEPT] = { EXPERT_POST, ASKED },
  [YL_ACTION_DECLINE] = { EXPERT_POST, ASKED },
  [YL_ACTION_REDIRECT] = { EXPERT_POST, ASKED },
  [YL_ACTION_GET] = { 0, CLINIC | RUNG | EXPERT },
  [YL_ACTION_LIST] = { 0, 0 },
  [YL_ACTION_END] = { ANY_POST, CLINIC | EXPERT },
  [YL_ACTION_CHAT] = { ANY_POST, CLINIC | EXPERT },
  [YL_ACTION_OPINION_SAVE] = { EXPERT_POST, EXPERT },
  [YL_ACTION_OPINION_SIGN] = { EXPERT_POST, EXPERT },
  [YL_ACTION_OPINION_SUPPLEMENT] = { EXPERT_POST, EXPERT },
  [YL_ACTION_ACKNOWLEDGE] = { CLINIC_DOCTOR, CLINIC },
  [YL_ACTION_MEDIA] = { ANY_POST, CLINIC | EXPERT },
};

bool
yl_rights_role (YlAction action, unsigned roles)
{
  return TABLE[action].roles == 0 || (TABLE[action].roles & roles) != 0;
}

bool
yl_rights_needs_relation (YlAction action)
{
  return TABLE[action].relations != 0;
}

YlRights
yl_rights_ask (YlAction action, unsigned roles, YlRelation relation)
{
  const unsigned relations = TABLE[action].relations;
  if (!yl_rights_role (action, roles))
    return YL_RIGHTS_NO;
  if (relations == 0)
    return YL_RIGHTS_YES;
  if (relation == YL_RELATION_NONE)
    return YL_RIGHTS_NOT_FOUND;
  return relations & 1u << relation ? YL_RIGHTS_YES : YL_RIGHTS_NO;
}
