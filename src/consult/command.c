#include "consult/consult.h"

/* Every text of a command, so that none is forgotten. */
#define FOR_EACH_TEXT(X) \
  X (id)                 \
  X (account)            \
  X (consultation)       \
  X (post)               \
  X (department)         \
  X (text)               \
  X (patient.complaint)  \
  X (patient.summary)    \
  X (question)           \
  X (consent.doctor)     \
  X (opinion.findings)   \
  X (opinion.diagnosis)  \
  X (opinion.advice)     \
  X (opinion.follow_up)

YlConsultCommand *
yl_consult_command_copy (const YlConsultCommand *self)
{
  YlConsultCommand *copy = g_memdup2 (self, sizeof *self);
#define COPY(member) copy->member = g_strdup (self->member);
  FOR_EACH_TEXT (COPY)
#undef COPY
  return copy;
}

void
yl_consult_command_free (YlConsultCommand *self)
{
  if (self == NULL)
    return;
#define FREE(member) g_free ((char *) self->member);
  FOR_EACH_TEXT (FREE)
#undef FREE
  g_free (self);
}
