#include "consult/answers.h"

#include <string.h>

#define DIGEST 16 /* octets of the SHA-256 that are kept */

typedef struct {
  uint8_t digest[DIGEST];
  uint64_t seq;                                   /* 0: a free place */
  char consultation[YL_ANSWERS_CONSULTATION + 1]; /* "": none */
} Answer;

G_STATIC_ASSERT (sizeof (Answer) == 64);

struct YlAnswers {
  Answer sets[YL_ANSWERS_SETS][YL_ANSWERS_WAYS];
};

YlAnswers *
yl_answers_new (void)
{
  return g_new0 (YlAnswers, 1);
}

void
yl_answers_free (YlAnswers *self)
{
  g_free (self);
}

/* No two commands anybody can find agree in a digest, so the texts need not
 * be kept; the zero between them is in neither. */
static void
make_digest (uint8_t digest[DIGEST], const char *account, const char *command)
{
  uint8_t whole[32];
  gsize size = sizeof whole;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *) account,
                     (gssize) strlen (account) + 1);
  g_checksum_update (sum, (const guchar *) command, (gssize) strlen (command));
  g_checksum_get_digest (sum, whole, &size);
  memcpy (digest, whole, DIGEST);
}

static const Answer *
set_of (const YlAnswers *self, const uint8_t digest[DIGEST])
{
  const unsigned number = (unsigned) digest[0] << 8 | digest[1];
  return self->sets[number % YL_ANSWERS_SETS];
}

static const Answer *
find (const Answer *set, const uint8_t digest[DIGEST])
{
  for (unsigned i = 0; i < YL_ANSWERS_WAYS; i++)
    if (set[i].seq > 0 && memcmp (set[i].digest, digest, DIGEST) == 0)
      return &set[i];
  return NULL;
}

void
yl_answers_add (YlAnswers *self, const char *account, const char *command,
                const char *consultation, uint64_t seq)
{
  Answer made = { .seq = seq };
  g_return_if_fail (seq > 0);
  if (consultation != NULL
      && g_strlcpy (made.consultation, consultation, sizeof made.consultation)
             >= sizeof made.consultation)
    return;
  make_digest (made.digest, account, command);
  Answer *set = (Answer *) set_of (self, made.digest);
  if (find (set, made.digest) != NULL)
    return;
  Answer *oldest = set;
  for (unsigned i = 1; i < YL_ANSWERS_WAYS; i++)
    if (set[i].seq < oldest->seq)
      oldest = &set[i];
  *oldest = made;
}

bool
yl_answers_find (const YlAnswers *self, const char *account,
                 const char *command, const char **consultation, uint64_t *seq)
{
  uint8_t digest[DIGEST];
  make_digest (digest, account, command);
  const Answer *answer = find (set_of (self, digest), digest);
  if (answer == NULL)
    return false;
  *consultation = answer->consultation[0] != '\0' ? answer->consultation : NULL;
  *seq = answer->seq;
  return true;
}
