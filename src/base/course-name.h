/* course-name.h: what a course may be called in addresses and commands */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define YL_COURSE_NAME_MAX 64 /* without NUL */

/* True: 1 to 64 of a-z, 0-9 and '-'. @name need not end in NUL. */
static inline bool
yl_course_name_is_valid (const char *name, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    const char c = name[i];
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
      return false;
  }
  return size >= 1 && size <= YL_COURSE_NAME_MAX;
}
