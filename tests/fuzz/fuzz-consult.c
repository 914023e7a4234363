#include "consult/consult.h"

#include "base/reader.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char ALLIANCES[] =
    "{\"version\":1,"
    "\"departments\":[{\"id\":\"d\",\"zh\":\"d\",\"en\":\"d\"},"
    "{\"id\":\"e\",\"zh\":\"e\",\"en\":\"e\"}],"
    "\"organisations\":["
    "{\"id\":\"v\",\"zh\":\"v\",\"en\":\"v\",\"level\":\"village\","
    "\"kind\":\"clinic\"},"
    "{\"id\":\"t\",\"zh\":\"t\",\"en\":\"t\",\"level\":\"township\","
    "\"kind\":\"hospital\"},"
    "{\"id\":\"c\",\"zh\":\"c\",\"en\":\"c\",\"level\":\"county\","
    "\"kind\":\"hospital\"}],"
    "\"alliances\":[{\"id\":\"a\",\"zh\":\"a\",\"en\":\"a\","
    "\"kind\":\"urban_group\",\"members\":["
    "{\"organisation\":\"c\",\"kind\":\"lead\"},"
    "{\"organisation\":\"t\",\"kind\":\"member\"},"
    "{\"organisation\":\"v\",\"kind\":\"member\"}]}],"
    "\"persons\":[{\"account\":\"p0\",\"zh\":\"p\",\"en\":\"p\"},"
    "{\"account\":\"p1\",\"zh\":\"p\",\"en\":\"p\"},"
    "{\"account\":\"p2\",\"zh\":\"p\",\"en\":\"p\"},"
    "{\"account\":\"p3\",\"zh\":\"p\",\"en\":\"p\"}],"
    "\"posts\":[{\"id\":\"x0\",\"role\":\"clinic_doctor\",\"person\":"
    "\"p0\",\"organisation\":\"v\"},"
    "{\"id\":\"x1\",\"role\":\"expert\",\"person\":\"p1\","
    "\"organisation\":\"t\",\"department\":\"d\"},"
    "{\"id\":\"x2\",\"role\":\"expert\",\"person\":\"p2\","
    "\"organisation\":\"c\",\"department\":\"d\"},"
    "{\"id\":\"x3\",\"role\":\"expert\",\"person\":\"p3\","
    "\"organisation\":\"c\",\"department\":\"e\"},"
    "{\"id\":\"x4\",\"role\":\"expert\",\"person\":\"p1\","
    "\"organisation\":\"t\",\"department\":\"e\"}]}";

static const char *const ACCOUNTS[] = { "p0", "p1", "p2", "p3", "p9", NULL };
static const char *const POSTS[] = { "x0", "x1", "x2", "x3", "x4", "x9", NULL };
static const char *const IDS[] = { "c1", "c2", "not here", NULL };
static const char *const DEPARTMENTS[] = { "d", "e", "f", NULL };
static const char *const TEXTS[] = { "", "text", "\xff", NULL };
static const char *const COMMAND_IDS[] = { NULL, "k1", "k2", "k 3" };

#define PICK(in, list) list[yl_reader_u8 (in) % G_N_ELEMENTS (list)]

static YlConsultCommand
read_command (YlReader *in)
{
  YlConsultCommand command = {
    .kind = yl_reader_u8 (in) % YL_N_CONSULT_COMMANDS,
    .id = PICK (in, COMMAND_IDS),
    .account = PICK (in, ACCOUNTS),
    .consultation = PICK (in, IDS),
    .post = PICK (in, POSTS),
    .department = PICK (in, DEPARTMENTS),
    .text = PICK (in, TEXTS),
    .urgency = (YlUrgency) (yl_reader_u8 (in) % (YL_N_URGENCIES + 1)),
    .patient = { YL_SEX_MALE, yl_reader_u8 (in), "complaint", "summary" },
    .question = "question",
    .consent = { true, "doctor", 0 },
  };
  const uint8_t flags = yl_reader_u8 (in);
  command.opinion.advice = PICK (in, TEXTS);
  command.side = (YlSide) (flags & 1);
  command.media = (YlSideMedia) (flags >> 1 & 3);
  command.on = flags >> 3 & 1;
  return command;
}

/* Whatever anybody asks, decide gives events that follow, or a refusal. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlReader in = yl_reader_init (data, size);
  YlAlliances *alliances =
      yl_alliances_parse (ALLIANCES, sizeof ALLIANCES - 1, NULL);
  g_assert_nonnull (alliances);
  YlConsultBook *book = yl_consult_book_new (alliances);
  int64_t now_ms = 1;
  while (yl_reader_left (&in) > 0) {
    const YlConsultCommand command = read_command (&in);
    g_autoptr (GPtrArray) events = g_ptr_array_new ();
    YlRefusal refusal;
    now_ms += (int64_t) yl_reader_u8 (&in) * 1000;
    const bool done =
        yl_consult_decide (book, &command, now_ms, events, &refusal);
    g_assert_true (done == (refusal.kind == YL_REFUSAL_NONE));
    for (guint i = 0; i < events->len; i++) {
      g_assert_true (yl_consult_apply (book, events->pdata[i]));
      yl_consult_event_unref (events->pdata[i]);
    }
  }
  yl_consult_book_free (book);
  yl_alliances_unref (alliances);
  return 0;
}
