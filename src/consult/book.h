/* book.h: what a YlConsultBook is made of; inside this folder only */
#pragma once

#include "consult/consult.h"

struct YlConsultBook {
  YlAlliances *alliances;
  YlDuty *duty;
  GHashTable *consultations; /* id to owned YlConsultation */
  GHashTable *answers;       /* "account\ncommand" to owned Answer */
  GQueue answered;           /* the keys of answers, oldest first; borrowed */
  uint64_t seq;              /* the last number given out */
};
