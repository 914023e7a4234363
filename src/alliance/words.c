#include "alliance/alliance.h"

#include "base/words.h"

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

YL_WORDS_DEFINE_NAME (yl_level_name, YlLevel, LEVELS)
YL_WORDS_DEFINE_PARSE (yl_level_parse, YlLevel, LEVELS)
YL_WORDS_DEFINE_NAME (yl_role_name, YlRole, ROLES)
YL_WORDS_DEFINE_PARSE (yl_role_parse, YlRole, ROLES)
YL_WORDS_DEFINE_NAME (yl_urgency_name, YlUrgency, URGENCIES)
YL_WORDS_DEFINE_PARSE (yl_urgency_parse, YlUrgency, URGENCIES)
YL_WORDS_DEFINE_NAME (yl_alliance_kind_name, YlAllianceKind, ALLIANCE_KINDS)
YL_WORDS_DEFINE_PARSE (yl_alliance_kind_parse, YlAllianceKind, ALLIANCE_KINDS)
YL_WORDS_DEFINE_NAME (yl_member_kind_name, YlMemberKind, MEMBER_KINDS)
YL_WORDS_DEFINE_PARSE (yl_member_kind_parse, YlMemberKind, MEMBER_KINDS)
