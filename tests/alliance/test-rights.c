#include "alliance/rights.h"

#define ANYBODY "cetlo"

/* The matrix by hand: for each action the roles (c e t l o) that may ever do
 * it, and the relations (c p r e: clinic, passed, rung, expert) it needs. */
static const struct {
  YlAction action;
  const char *roles;
  const char *relations;
} MATRIX[] = {
  { YL_ACTION_SESSION, ANYBODY "-", "" },
  { YL_ACTION_DUTY_SET, "e", "" },
  { YL_ACTION_REQUEST, "c", "" },
  { YL_ACTION_CANCEL, "c", "c" },
  { YL_ACTION_ACCEPT, "e", "pre" },
  { YL_ACTION_DECLINE, "e", "pre" },
  { YL_ACTION_REDIRECT, "e", "pre" },
  { YL_ACTION_GET, ANYBODY "-", "cre" },
  { YL_ACTION_LIST, ANYBODY "-", "" },
  { YL_ACTION_END, ANYBODY, "ce" },
  { YL_ACTION_CHAT, ANYBODY, "ce" },
  { YL_ACTION_OPINION_SAVE, "e", "e" },
  { YL_ACTION_OPINION_SIGN, "e", "e" },
  { YL_ACTION_OPINION_SUPPLEMENT, "e", "e" },
  { YL_ACTION_ACKNOWLEDGE, "c", "c" },
  { YL_ACTION_MEDIA, ANYBODY, "ce" },
};

static bool
has (const char *set, char c)
{
  for (; *set != '\0'; set++)
    if (*set == c)
      return true;
  return false;
}

static void
check (unsigned row, unsigned role, unsigned relation)
{
  static const char role_letters[YL_N_ROLES + 1] = "cetlo-";
  static const char relation_letters[YL_N_RELATIONS] = "-cpre";
  const unsigned roles = role < YL_N_ROLES ? 1u << role : 0;
  const bool by_role = has (MATRIX[row].roles, role_letters[role]);
  const char *relations = MATRIX[row].relations;
  YlRights expected = YL_RIGHTS_YES;

  if (!by_role)
    expected = YL_RIGHTS_NO;
  else if (*relations != '\0' && relation == YL_RELATION_NONE)
    expected = YL_RIGHTS_NOT_FOUND;
  else if (*relations != '\0' && !has (relations, relation_letters[relation]))
    expected = YL_RIGHTS_NO;
  g_assert_cmpint (yl_rights_ask (MATRIX[row].action, roles, relation), ==,
                   expected);
  g_assert_cmpint (yl_rights_role (MATRIX[row].action, roles), ==, by_role);
}

static void
test_matrix (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (MATRIX), ==, YL_N_ACTIONS);
  for (unsigned row = 0; row < YL_N_ACTIONS; row++) {
    g_assert_cmpint (MATRIX[row].action, ==, row);
    g_assert_cmpint (yl_rights_needs_relation (row), ==,
                     *MATRIX[row].relations != '\0');
    for (unsigned role = 0; role <= YL_N_ROLES; role++)
      for (unsigned relation = 0; relation < YL_N_RELATIONS; relation++)
        check (row, role, relation);
  }
}

static void
test_many_roles (void)
{
  const unsigned roles = 1u << YL_ROLE_OFFICE | 1u << YL_ROLE_EXPERT;
  g_assert_cmpint (yl_rights_ask (YL_ACTION_ACCEPT, roles, YL_RELATION_RUNG),
                   ==, YL_RIGHTS_YES);
  g_assert_cmpint (yl_rights_ask (YL_ACTION_REQUEST, roles, 0), ==,
                   YL_RIGHTS_NO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alliance/rights/matrix", test_matrix);
  g_test_add_func ("/alliance/rights/many-roles", test_many_roles);
  return g_test_run ();
}
