#include "alliance/alliance.h"

static const char *const LEVELS[YL_N_LEVELS] = { "village", "township",
                                                 "county", "city", "national" };
static const char *const ROLES[YL_N_ROLES] = { "clinic_doctor", "expert",
                                               "trainer", "learner", "office" };
static const char *const URGENCIES[YL_N_URGENCIES] = { "routine", "urgent",
                                                       "emergency" };
static const char *const ALLIANCE_KINDS[YL_N_ALLIANCE_KINDS] = {
  "urban_group", "county_community", "specialist", "telemedicine_network"
};
static const char *const MEMBER_KINDS[YL_N_MEMBER_KINDS] = { "lead", "member",
                                                             "cooperating" };

static bool
parse (const char *text, const char *const *words, unsigned n, unsigned *found)
{
  for (unsigned i = 0; text != NULL && i < n; i++)
    if (g_str_equal (text, words[i])) {
      *found = i;
      return true;
    }
  return false;
}

const char *
yl_level_name (YlLevel level)
{
  return LEVELS[level];
}

const char *
yl_role_name (YlRole role)
{
  return ROLES[role];
}

const char *
yl_urgency_name (YlUrgency urgency)
{
  return URGENCIES[urgency];
}

const char *
yl_alliance_kind_name (YlAllianceKind kind)
{
  return ALLIANCE_KINDS[kind];
}

const char *
yl_member_kind_name (YlMemberKind kind)
{
  return MEMBER_KINDS[kind];
}

bool
yl_level_parse (const char *text, YlLevel *level)
{
  unsigned i;
  if (!parse (text, LEVELS, YL_N_LEVELS, &i))
    return false;
  *level = (YlLevel) i;
  return true;
}

bool
yl_role_parse (const char *text, YlRole *role)
{
  unsigned i;
  if (!parse (text, ROLES, YL_N_ROLES, &i))
    return false;
  *role = (YlRole) i;
  return true;
}

bool
yl_urgency_parse (const char *text, YlUrgency *urgency)
{
  unsigned i;
  if (!parse (text, URGENCIES, YL_N_URGENCIES, &i))
    return false;
  *urgency = (YlUrgency) i;
  return true;
}

bool
yl_alliance_kind_parse (const char *text, YlAllianceKind *kind)
{
  unsigned i;
  if (!parse (text, ALLIANCE_KINDS, YL_N_ALLIANCE_KINDS, &i))
    return false;
  *kind = (YlAllianceKind) i;
  return true;
}

bool
yl_member_kind_parse (const char *text, YlMemberKind *kind)
{
  unsigned i;
  if (!parse (text, MEMBER_KINDS, YL_N_MEMBER_KINDS, &i))
    return false;
  *kind = (YlMemberKind) i;
  return true;
}
