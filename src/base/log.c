#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 1024

static atomic_int threshold = YL_LOG_INFO;

static const struct {
  const char *name;
  const char *priority; /* sd-daemon(3) */
} levels[] = {
  [YL_LOG_ERROR] = { "error", "<3>" },
  [YL_LOG_WARNING] = { "warning", "<4>" },
  [YL_LOG_INFO] = { "info", "<6>" },
  [YL_LOG_DEBUG] = { "debug", "<7>" },
};

void
yl_log_set_level (YlLogLevel level)
{
  threshold = (int) level;
}

bool
yl_log_level_parse (const char *text, YlLogLevel *level)
{
  for (size_t i = 0; i < G_N_ELEMENTS (levels); i++) {
    if (strcmp (levels[i].name, text) == 0) {
      *level = (YlLogLevel) i;
      return true;
    }
  }
  return false;
}

static size_t
write_start (char *line, size_t size, YlLogLevel level)
{
  if (g_getenv ("JOURNAL_STREAM") != NULL)
    return g_strlcpy (line, levels[level].priority, size);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S.%f");
  return (size_t) g_snprintf (line, size, "%.12s %s: ", time,
                              levels[level].name);
}

void
yl_log_write (YlLogLevel level, const char *format, ...)
{
  if ((int) level > threshold)
    return;
  char line[LINE_SIZE];
  const size_t start = write_start (line, sizeof line - 1, level);
  va_list args;
  va_start (args, format);
  g_vsnprintf (line + start, sizeof line - 1 - start, format, args);
  va_end (args);

  /* One line a fact, whatever was put into it. */
  const size_t size = strlen (line);
  for (size_t i = 0; i < size; i++)
    if ((unsigned char) line[i] < 0x20)
      line[i] = ' ';
  line[size] = '\n';
  if (write (STDERR_FILENO, line, size + 1) < 0)
    return; /* nowhere left to say it */
}
