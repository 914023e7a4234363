/* book.h: what a YlConsultBook is made of; inside this folder only */
#pragma once

#include "consult/answers.h"
#include "consult/consult.h"

struct YlConsultBook {
  YlAlliances *alliances;
  YlDuty *duty;
  GHashTable *consultations; /* id to owned YlConsultation */
  YlAnswers *answers;        /* NULL: this book remembers none */
  uint64_t seq;              /* the last number given out */
};
