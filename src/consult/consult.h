/* consult.h: the consultation workflow: decide (state, command, now) gives
 * events, apply (state, event) changes the state. No IO, no clock.
 *
 * PROTOCOL.md, sections 3 and 4, is what this implements. YlConsultBook is
 * the whole state in memory: who is on duty, the consultations it was told
 * about (open ones, and closed ones until they are dropped), and which
 * command ids were already answered. Events carry every name they show, so a
 * later alliance file never changes what happened. */
#pragma once

#include "alliance/alliance.h"
#include "alliance/rights.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Bounds of texts [characters]; over them: too-large. */
#define YL_CONSULT_COMMAND_MAX 64
#define YL_CONSULT_CHAT_MAX 2000
#define YL_CONSULT_REASON_MAX 500
#define YL_CONSULT_COMPLAINT_MAX 500
#define YL_CONSULT_SUMMARY_MAX 4000
#define YL_CONSULT_QUESTION_MAX 2000
#define YL_CONSULT_OPINION_MAX 4000 /* each of the four texts */
#define YL_CONSULT_AGE_MAX 150
/* Bounds of counts; over them: busy. */
#define YL_CONSULT_CHATS_MAX 2000
#define YL_CONSULT_REDIRECTS_MAX 8
#define YL_CONSULT_CLIMBS_MAX 64 /* entries of one consultation's climb */
#define YL_CONSULT_SUPPLEMENTS_MAX 50
#define YL_CONSULT_OPEN_MAX 2000 /* open consultations in a book */

typedef enum {
  YL_CONSULT_REQUESTED,
  YL_CONSULT_OFFERED,
  YL_CONSULT_ACCEPTED,
  YL_CONSULT_WAITING,
  YL_CONSULT_ACTIVE,
  YL_CONSULT_INTERRUPTED,
  YL_CONSULT_OPINION_PENDING,
  YL_CONSULT_SIGNED,
  YL_CONSULT_CLOSED,
  YL_CONSULT_DECLINED,
  YL_CONSULT_CANCELLED,
  YL_CONSULT_EXPIRED,
  YL_CONSULT_N_STATES,
} YlConsultState;

/* "requested" … "expired", as in the protocol. */
const char *yl_consult_state_name (YlConsultState state);

/* True for closed, declined, cancelled and expired: these live in the store. */
bool yl_consult_state_is_final (YlConsultState state);

typedef enum {
  YL_SIDE_CLINIC,
  YL_SIDE_EXPERT,
  YL_N_SIDES,
} YlSide;
const char *yl_side_name (YlSide side);

typedef enum { YL_SEX_FEMALE, YL_SEX_MALE, YL_SEX_OTHER, YL_N_SEXES } YlSex;
const char *yl_sex_name (YlSex sex);
bool yl_sex_parse (const char *text, YlSex *sex);

/* "connecting" is the server's to add: it is not worth an event. */
typedef enum {
  YL_SIDE_MEDIA_NONE,
  YL_SIDE_MEDIA_CONNECTED,
  YL_SIDE_MEDIA_LOST,
  YL_N_SIDE_MEDIA,
} YlSideMedia;
const char *yl_side_media_name (YlSideMedia media);

typedef enum {
  YL_RUNG_RINGING,
  YL_RUNG_ACCEPTED,
  YL_RUNG_DECLINED,
  YL_RUNG_NO_ANSWER,
  YL_RUNG_WITHDRAWN,  /* by others' doing: taken, cancelled, off duty */
  YL_RUNG_REDIRECTED, /* sent it on */
  YL_N_RUNG_STATES,
} YlRungState;
const char *yl_rung_state_name (YlRungState state);

/* Somebody who takes part, with the names of that day. Immutable, shared by
 * atomic references, any thread. */
typedef struct {
  const char *post;
  const char *account;
  YlName name;
  struct {
    const char *id;
    YlName name;
    YlLevel level;
  } organisation;
  YlDepartment department; /* id NULL: none */
} YlParty;

YlParty *yl_party_new (const YlParty *like);
YlParty *yl_party_of_post (const YlPost *post);
YlParty *yl_party_ref (const YlParty *self);
void yl_party_unref (const YlParty *self);

typedef struct {
  YlSex sex;
  int age; /* years, 0..YL_CONSULT_AGE_MAX */
  const char *complaint;
  const char *summary;
} YlPatient;

/* That the patient (or who speaks for them) agreed, and who witnessed it. */
typedef struct {
  bool read;
  const char *doctor;
  int64_t at_ms;
} YlConsent;

typedef struct {
  const char *findings;
  const char *diagnosis;
  const char *advice;
  const char *follow_up;
} YlOpinion;

/* --- events --- */

typedef enum {
  YL_EVENT_DUTY,         /* post, on; belongs to no consultation */
  YL_EVENT_REQUESTED,    /* party, department, urgency, patient, question,
                            consent */
  YL_EVENT_RINGING,      /* level, deadline_ms, rung: one more climb entry */
  YL_EVENT_DECLINED,     /* post, text: one of the rung declined */
  YL_EVENT_WITHDRAWN,    /* post: rung, but went off duty */
  YL_EVENT_UNANSWERED,   /* all that ring and are due: no answer */
  YL_EVENT_ACCEPTED,     /* post: has it; the others are withdrawn */
  YL_EVENT_REDIRECTED,   /* post, department, text: a new round begins */
  YL_EVENT_ALL_DECLINED, /* nobody left, all declined: state declined */
  YL_EVENT_EXPIRED,      /* nobody left: state expired; text says why */
  YL_EVENT_CANCELLED,    /* text */
  YL_EVENT_MEDIA,        /* side, media */
  YL_EVENT_ENDED,        /* side: state opinion_pending */
  YL_EVENT_CHAT,         /* side, text */
  YL_EVENT_DRAFT,        /* opinion; kept beside the log, has no number */
  YL_EVENT_SIGNED,       /* opinion, text: its hash, 64 hexadecimal digits */
  YL_EVENT_SUPPLEMENTED, /* text */
  YL_EVENT_ACKNOWLEDGED, /* the clinic has read it: state closed */
  YL_N_EVENT_KINDS,
} YlEventKind;
const char *yl_event_kind_name (YlEventKind kind);

/* Immutable, shared by atomic references. Only the members named beside the
 * kind above are set. */
typedef struct {
  YlEventKind kind;
  uint64_t seq;             /* place in the global order, from 1; a draft: 0 */
  int64_t at_ms;            /* wall clock */
  const char *consultation; /* NULL: a duty event */
  const char *account;      /* whose command made it; NULL: time did */
  const char *command;      /* that command's id, on its first event only */
  const char *post;
  const char *text; /* chat, reason, supplement, hash */
  const YlParty *party;
  YlDepartment department;
  YlUrgency urgency;
  YlPatient patient;
  const char *question;
  YlConsent consent;
  YlLevel level;
  int64_t deadline_ms;
  GPtrArray *rung; /* (element-type YlParty) */
  YlSide side;
  YlSideMedia media;
  bool on;
  YlOpinion opinion;
} YlConsultEvent;

/* A copy of everything @like points to; rung parties are referenced. */
YlConsultEvent *yl_consult_event_new (const YlConsultEvent *like);
YlConsultEvent *yl_consult_event_ref (const YlConsultEvent *self);
void yl_consult_event_unref (const YlConsultEvent *self);

#define YL_CONSULT_ERROR yl_consult_error_quark ()
typedef enum {
  YL_CONSULT_ERROR_MALFORMED,
  YL_CONSULT_ERROR_VERSION, /* written by a newer program */
} YlConsultError;
GQuark yl_consult_error_quark (void);

/* The event as one line of JSON, without its number: {"v": 1, "kind": …}. */
char *yl_consult_event_encode (const YlConsultEvent *self);

/* The reverse; @seq is the number it had. Any thread. */
YlConsultEvent *yl_consult_event_decode (const char *text, size_t size,
                                         uint64_t seq, GError **error);

/* --- the state of one consultation; read its members, change nothing --- */

typedef struct {
  const YlParty *party;
  YlRungState state;
  const char *reason; /* why declined, or NULL */
  uint64_t ended_seq; /* the event that stopped the ringing, or 0 */
} YlRung;

/* One level that was rung. Several may ring at a time. */
typedef struct {
  YlLevel level;
  const YlParty *at; /* for its organisation; NULL: more than one rings */
  int64_t started_ms;
  int64_t deadline_ms;
  int64_t ended_ms; /* 0: still ringing */
  GArray *rung;     /* (element-type YlRung) */
} YlClimb;

typedef struct {
  const char *id;
  uint64_t seq; /* of its newest event */
  YlConsultState state;
  int64_t updated_ms;
  int64_t since_ms;               /* when the present state began */
  const YlConsultEvent *request;  /* party (the clinic), urgency, patient,
                                     question, consent, at_ms */
  const YlConsultEvent *redirect; /* the last one, or NULL */
  YlDepartment department;        /* asked for now: a redirect changes it */
  GPtrArray *climb;               /* (element-type YlClimb) */
  unsigned round;                 /* index in climb where this round begins */
  unsigned redirects;
  const YlParty *expert; /* NULL: nobody has it */
  YlSideMedia media[YL_N_SIDES];
  int64_t accepted_ms; /* of these times 0 means: not yet */
  int64_t active_ms;   /* first moment both sides were connected */
  int64_t ended_ms;    /* the call ended, or the request did */
  bool ended_by_side;  /* false: nobody's doing */
  YlSide ended_by;
  GPtrArray *chat;               /* (element-type YlConsultEvent) */
  const YlConsultEvent *draft;   /* opinion, or NULL; for its expert only */
  const YlConsultEvent *opinion; /* the signed one, or NULL */
  GPtrArray *supplements;        /* (element-type YlConsultEvent) */
  const YlConsultEvent *acknowledged; /* or NULL */
  const char *reason;                 /* of the end or last redirect, or NULL */
  GPtrArray *excluded; /* (element-type utf8) accounts who sent it on */
} YlConsultation;

YlConsultation *yl_consultation_copy (const YlConsultation *self);
void yl_consultation_free (YlConsultation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlConsultation, yl_consultation_free)

/* Rebuilds one from its events (the first is its request); false and
 * untouched where an event does not follow. @self points to NULL at first. */
bool yl_consultation_apply (YlConsultation **self, const YlConsultEvent *event);

/* How @account stands to it. */
YlRelation yl_consultation_relation (const YlConsultation *self,
                                     const char *account);

/* The side @account is on; false: on none. */
bool yl_consultation_side (const YlConsultation *self, const char *account,
                           YlSide *side);

/* True if @account's telephone rings for it now. */
bool yl_consultation_rings (const YlConsultation *self, const char *account);

/* The next moment time itself does something to it; INT64_MAX: never. */
int64_t yl_consultation_deadline_ms (const YlConsultation *self,
                                     const YlAlliances *alliances);

/* --- commands --- */

typedef enum {
  YL_CONSULT_DO_DUTY_SET,    /* post, on */
  YL_CONSULT_DO_REQUEST,     /* consultation (a new id), post, department,
                             urgency, patient, question, consent */
  YL_CONSULT_DO_CANCEL,      /* consultation, text… */
  YL_CONSULT_DO_ACCEPT,      /* consultation, post */
  YL_CONSULT_DO_DECLINE,     /* consultation, post, text */
  YL_CONSULT_DO_REDIRECT,    /* consultation, post, department, text */
  YL_CONSULT_DO_END,         /* consultation */
  YL_CONSULT_DO_CHAT,        /* consultation, text */
  YL_CONSULT_DO_SAVE,        /* consultation, opinion */
  YL_CONSULT_DO_SIGN,        /* consultation, opinion */
  YL_CONSULT_DO_SUPPLEMENT,  /* consultation, text */
  YL_CONSULT_DO_ACKNOWLEDGE, /* consultation */
  YL_CONSULT_DO_MEDIA,       /* the server's own: consultation, side, media */
  YL_CONSULT_DO_TIME,        /* the journal's own: consultation */
  YL_N_CONSULT_COMMANDS,
} YlConsultCommandKind;

/* What somebody wants done; borrows everything. A password, where one is
 * asked, was checked before. */
typedef struct {
  YlConsultCommandKind kind;
  const char *id;      /* the client's command id; NULL: not remembered */
  const char *account; /* who asks; NULL for MEDIA and TIME */
  const char *consultation;
  const char *post;
  const char *department; /* id */
  const char *text;
  YlUrgency urgency;
  YlPatient patient;
  const char *question;
  YlConsent consent;
  YlOpinion opinion; /* NULL texts count as empty */
  YlSide side;
  YlSideMedia media;
  bool on;
} YlConsultCommand;

/* A copy that owns its texts, for a command that has to wait. */
YlConsultCommand *yl_consult_command_copy (const YlConsultCommand *self);
void yl_consult_command_free (YlConsultCommand *self);

/* Why a command was refused; the names are those of PROTOCOL.md, section 2. */
typedef enum {
  YL_REFUSAL_NONE,
  YL_REFUSAL_INVALID_PARAMS, /* param */
  YL_REFUSAL_TOO_LARGE,      /* param */
  YL_REFUSAL_NO_RIGHT,
  YL_REFUSAL_NOT_FOUND,
  YL_REFUSAL_WRONG_STATE, /* state */
  YL_REFUSAL_TAKEN,
  YL_REFUSAL_NOT_SAVED,
  YL_REFUSAL_BUSY,
  YL_N_REFUSALS,
} YlRefusalKind;
const char *yl_refusal_name (YlRefusalKind kind);

typedef struct {
  YlRefusalKind kind;
  const char *param; /* static text, or NULL */
  YlConsultState state;
} YlRefusal;

/* --- the book --- */

typedef struct YlConsultBook YlConsultBook;

YlConsultBook *yl_consult_book_new (YlAlliances *alliances);
void yl_consult_book_free (YlConsultBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlConsultBook, yl_consult_book_free)

/* A new alliance file; who is on duty and what is open stay as they are. */
void yl_consult_book_set_alliances (YlConsultBook *self,
                                    YlAlliances *alliances);

/**
 * yl_consult_decide:
 * @now_ms: wall clock
 * @events: (element-type YlConsultEvent) (out): what would happen, numbered
 *   on from the book's last; appended only on success. None: nothing to do.
 * @refusal: (out): %YL_REFUSAL_NONE, or why not
 *
 * A command id that @account used before gives no events and no refusal; see
 * yl_consult_book_answered(). The book is not changed.
 */
bool yl_consult_decide (const YlConsultBook *self,
                        const YlConsultCommand *command, int64_t now_ms,
                        GPtrArray *events, YlRefusal *refusal);

/* False, and nothing changed: the event does not follow from the state. */
bool yl_consult_apply (YlConsultBook *self, const YlConsultEvent *event);

/* The first answer to this command id: which consultation (may be NULL, good
 * until the next event) and the number of its last event. False: never seen,
 * or so long ago that only the store knows. */
bool yl_consult_book_answered (const YlConsultBook *self, const char *account,
                               const char *command, const char **consultation,
                               uint64_t *seq);

const YlConsultation *yl_consult_book_find (const YlConsultBook *self,
                                            const char *id);
const YlDuty *yl_consult_book_duty (const YlConsultBook *self);
const YlAlliances *yl_consult_book_alliances (const YlConsultBook *self);
uint64_t yl_consult_book_seq (const YlConsultBook *self);

/* Consultations in the book that are not final, oldest first: container only,
 * (element-type const YlConsultation *). */
GPtrArray *yl_consult_book_open (const YlConsultBook *self);

/* The earliest deadline and whose it is; INT64_MAX, NULL: none. */
int64_t yl_consult_book_deadline_ms (const YlConsultBook *self,
                                     const char **consultation);

/* For rebuilding: who is on duty, the last number given out, a command
 * answered earlier, a consultation that was read back (handed over), and
 * forgetting a final one. */
void yl_consult_book_set_duty (YlConsultBook *self, const char *post, bool on);
void yl_consult_book_set_seq (YlConsultBook *self, uint64_t seq);
void yl_consult_book_remember (YlConsultBook *self, const char *account,
                               const char *command, const char *consultation,
                               uint64_t seq);
/* From now on it remembers no answers: for a book that nobody decides on. */
void yl_consult_book_forget_answers (YlConsultBook *self);
void yl_consult_book_add (YlConsultBook *self, YlConsultation *consultation);
void yl_consult_book_drop (YlConsultBook *self, const char *id);
