#include "consult/answers.h"

#define MANY (4 * YL_ANSWERS_SETS * YL_ANSWERS_WAYS)

static void
add_numbered (YlAnswers *answers, uint64_t seq)
{
  g_autofree char *command = g_strdup_printf ("c-%" G_GUINT64_FORMAT, seq);
  yl_answers_add (answers, "clinic", command, "x", seq);
}

static bool
has_numbered (const YlAnswers *answers, uint64_t number)
{
  g_autofree char *command = g_strdup_printf ("c-%" G_GUINT64_FORMAT, number);
  const char *consultation;
  uint64_t seq;
  if (!yl_answers_find (answers, "clinic", command, &consultation, &seq))
    return false;
  g_assert_cmpstr (consultation, ==, "x");
  g_assert_cmpuint (seq, ==, number);
  return true;
}

static void
test_finds (void)
{
  g_autoptr (YlAnswers) answers = yl_answers_new ();
  const char *consultation = "unchanged";
  uint64_t seq = 77;
  g_assert_false (yl_answers_find (answers, "a", "1", &consultation, &seq));
  g_assert_cmpstr (consultation, ==, "unchanged");
  g_assert_cmpuint (seq, ==, 77);
  yl_answers_add (answers, "a", "1", "one", 5);
  yl_answers_add (answers, "a", "2", NULL, 6);
  g_assert_true (yl_answers_find (answers, "a", "1", &consultation, &seq));
  g_assert_cmpstr (consultation, ==, "one");
  g_assert_cmpuint (seq, ==, 5);
  g_assert_true (yl_answers_find (answers, "a", "2", &consultation, &seq));
  g_assert_null (consultation);
  g_assert_cmpuint (seq, ==, 6);
}

static void
test_keeps_the_first (void)
{
  g_autoptr (YlAnswers) answers = yl_answers_new ();
  const char *consultation;
  uint64_t seq;
  yl_answers_add (answers, "a", "1", "one", 5);
  yl_answers_add (answers, "a", "1", "two", 9);
  g_assert_true (yl_answers_find (answers, "a", "1", &consultation, &seq));
  g_assert_cmpstr (consultation, ==, "one");
  g_assert_cmpuint (seq, ==, 5);
}

static void
test_tells_accounts_apart (void)
{
  g_autoptr (YlAnswers) answers = yl_answers_new ();
  const char *consultation;
  uint64_t seq;
  yl_answers_add (answers, "ab", "c", "one", 5);
  g_assert_false (yl_answers_find (answers, "a", "bc", &consultation, &seq));
  g_assert_false (yl_answers_find (answers, "abc", "", &consultation, &seq));
  g_assert_false (yl_answers_find (answers, "a", "c", &consultation, &seq));
}

static void
test_id_length (void)
{
  g_autoptr (YlAnswers) answers = yl_answers_new ();
  g_autofree char *longest = g_strnfill (YL_ANSWERS_CONSULTATION, 'i');
  g_autofree char *longer = g_strnfill (YL_ANSWERS_CONSULTATION + 1, 'i');
  const char *consultation;
  uint64_t seq;
  yl_answers_add (answers, "a", "1", longest, 5);
  yl_answers_add (answers, "a", "2", longer, 6);
  g_assert_true (yl_answers_find (answers, "a", "1", &consultation, &seq));
  g_assert_cmpstr (consultation, ==, longest);
  g_assert_false (yl_answers_find (answers, "a", "2", &consultation, &seq));
}

/* Never one of the last thousand, and in the end all the table holds. */
static void
test_forgets_the_oldest (void)
{
  g_autoptr (YlAnswers) answers = yl_answers_new ();
  unsigned kept = 0;
  for (uint64_t seq = 1; seq <= MANY; seq++) {
    add_numbered (answers, seq);
    if (seq > 1000)
      g_assert_true (has_numbered (answers, seq - 1000));
  }
  for (uint64_t seq = 1; seq <= MANY; seq++)
    kept += has_numbered (answers, seq);
  g_assert_cmpuint (kept, ==, YL_ANSWERS_SETS * YL_ANSWERS_WAYS);
  g_assert_false (has_numbered (answers, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consult/answers/finds", test_finds);
  g_test_add_func ("/consult/answers/keeps-the-first", test_keeps_the_first);
  g_test_add_func ("/consult/answers/tells-accounts-apart",
                   test_tells_accounts_apart);
  g_test_add_func ("/consult/answers/id-length", test_id_length);
  g_test_add_func ("/consult/answers/forgets-the-oldest",
                   test_forgets_the_oldest);
  return g_test_run ();
}
