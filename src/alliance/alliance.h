/* alliance.h: organisations, alliances, people, and whom a clinic can reach
 *
 * YlAlliances is one immutable snapshot of everything the alliance office
 * keeps: shared by reference between threads, never changed, replaced as a
 * whole. Everything reached through it is borrowed and lives as long as the
 * snapshot. Who is on duty changes by the hour and is kept apart, in YlDuty. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  YL_LEVEL_VILLAGE,
  YL_LEVEL_TOWNSHIP,
  YL_LEVEL_COUNTY,
  YL_LEVEL_CITY,
  YL_LEVEL_NATIONAL,
  YL_N_LEVELS,
} YlLevel;

typedef enum {
  YL_ROLE_CLINIC_DOCTOR,
  YL_ROLE_EXPERT,
  YL_ROLE_TRAINER,
  YL_ROLE_LEARNER,
  YL_ROLE_OFFICE,
  YL_N_ROLES,
} YlRole;

typedef enum {
  YL_URGENCY_ROUTINE,
  YL_URGENCY_URGENT,
  YL_URGENCY_EMERGENCY,
  YL_N_URGENCIES,
} YlUrgency;

typedef enum {
  YL_ALLIANCE_URBAN_GROUP,          /* lead hospital + members */
  YL_ALLIANCE_COUNTY_COMMUNITY,     /* county, township hub, village base */
  YL_ALLIANCE_SPECIALIST,           /* one specialty, many regions */
  YL_ALLIANCE_TELEMEDICINE_NETWORK, /* many-to-many, by agreement */
  YL_N_ALLIANCE_KINDS,
} YlAllianceKind;

typedef enum {
  YL_MEMBER_LEAD,
  YL_MEMBER_MEMBER,
  YL_MEMBER_COOPERATING,
  YL_N_MEMBER_KINDS,
} YlMemberKind;

/* The words of the protocol and of the alliance file: "village",
 * "clinic_doctor", "urgent", "county_community", "lead". */
const char *yl_level_name (YlLevel level);
const char *yl_role_name (YlRole role);
const char *yl_urgency_name (YlUrgency urgency);
const char *yl_alliance_kind_name (YlAllianceKind kind);
const char *yl_member_kind_name (YlMemberKind kind);

/* False: @text is none of those words (or NULL); the output is untouched. */
bool yl_level_parse (const char *text, YlLevel *level);
bool yl_role_parse (const char *text, YlRole *role);
bool yl_urgency_parse (const char *text, YlUrgency *urgency);
bool yl_alliance_kind_parse (const char *text, YlAllianceKind *kind);
bool yl_member_kind_parse (const char *text, YlMemberKind *kind);

/* Both texts are always there and never empty. */
typedef struct {
  const char *zh;
  const char *en;
} YlName;

typedef struct {
  const char *id;
  YlName name;
} YlDepartment;

typedef struct YlOrganisation YlOrganisation;
struct YlOrganisation {
  const char *id;
  YlName name;
  YlLevel level;
  const char *kind;             /* "clinic", "hospital", … as the file says */
  const YlOrganisation *parent; /* the one it reports to, or NULL */
};

typedef struct {
  const char *account; /* the sign-in name */
  YlName name;
  const char *locale; /* "zh-CN" unless the file says otherwise */
} YlPerson;

/* A person's role in an organisation. */
typedef struct {
  const char *id;
  YlRole role;
  const YlPerson *person;
  const YlOrganisation *organisation;
  const YlDepartment *department; /* NULL: none; an expert always has one */
} YlPost;

typedef struct {
  const YlOrganisation *organisation;
  YlMemberKind kind;
} YlMembership;

/* Two parties of a telemedicine network who agreed to consult each other. */
typedef struct {
  const char *id;
  const YlOrganisation *parties[2];
  int64_t from_ms;  /* first moment it holds */
  int64_t until_ms; /* first moment it no longer holds */
} YlAgreement;

typedef struct {
  const char *id;
  YlName name;
  YlAllianceKind kind;
  const YlDepartment *department; /* of a specialist alliance, else NULL */
  const YlMembership *members;
  size_t n_members;
  const YlAgreement *agreements; /* of a telemedicine network, else none */
  size_t n_agreements;
} YlAlliance;

typedef struct YlAlliances YlAlliances;

#define YL_ALLIANCE_ERROR yl_alliance_error_quark ()
typedef enum {
  YL_ALLIANCE_ERROR_INVALID, /* the message names the place in the file */
} YlAllianceError;
GQuark yl_alliance_error_quark (void);

#define YL_ALLIANCE_TEXT_MAX (4u << 20) /* [octets] of an alliance file */

/**
 * yl_alliances_parse:
 * @text: the alliance file (JSON, UTF-8), not necessarily NUL-terminated
 * @error: %YL_ALLIANCE_ERROR_INVALID; the message says where, for example
 *   "posts[3].department: no department 'cardio'"
 *
 * Strict: unknown keys, missing names, ids used twice or pointing nowhere,
 * organisations that report to themselves in a circle are all refused.
 * Returns: (transfer full): the snapshot, or %NULL. Any thread.
 */
YlAlliances *yl_alliances_parse (const char *text, size_t size, GError **error);
YlAlliances *yl_alliances_ref (YlAlliances *self);
void yl_alliances_unref (YlAlliances *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlAlliances, yl_alliances_unref)

/* By id; NULL (also for a NULL id): there is none. */
const YlDepartment *yl_alliances_department (const YlAlliances *self,
                                             const char *id);
const YlOrganisation *yl_alliances_organisation (const YlAlliances *self,
                                                 const char *id);
const YlPerson *yl_alliances_person (const YlAlliances *self,
                                     const char *account);
const YlPost *yl_alliances_post (const YlAlliances *self, const char *id);

/* In the order of the file; *n is the count. */
const YlDepartment *yl_alliances_departments (const YlAlliances *self,
                                              size_t *n);
const YlOrganisation *yl_alliances_organisations (const YlAlliances *self,
                                                  size_t *n);
const YlPerson *yl_alliances_persons (const YlAlliances *self, size_t *n);
const YlPost *yl_alliances_posts (const YlAlliances *self, size_t *n);
const YlAlliance *yl_alliances_alliances (const YlAlliances *self, size_t *n);

/* The posts of one person: (element-type const YlPost *), empty if unknown.
 * Free with g_ptr_array_unref(). */
GPtrArray *yl_alliances_posts_of (const YlAlliances *self, const char *account);

/* True if @account holds post @post. */
bool yl_alliances_holds (const YlAlliances *self, const char *account,
                         const char *post);

/* The roles of a person's posts as a mask of 1u << YlRole; 0: none. */
unsigned yl_alliances_roles (const YlAlliances *self, const char *account);

/* How long one level rings before the next is tried [ms]. */
int64_t yl_alliances_ring_ms (const YlAlliances *self, YlLevel level,
                              YlUrgency urgency);

/* How long a request waits while nobody is on duty [ms]. */
int64_t yl_alliances_patience_ms (const YlAlliances *self);

/* --- duty: which posts are on duty now; owner: the main thread --- */

typedef struct YlDuty YlDuty;
YlDuty *yl_duty_new (void);
YlDuty *yl_duty_copy (const YlDuty *self);
void yl_duty_free (YlDuty *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDuty, yl_duty_free)

void yl_duty_set (YlDuty *self, const char *post, bool on);
bool yl_duty_get (const YlDuty *self, const char *post);

/* Sorted ids of the posts on duty: (element-type utf8), container only. */
GPtrArray *yl_duty_posts (const YlDuty *self);

/* --- routing: pure --- */

/* Experts on duty at one level, in the order of the file; one post a
 * person. */
typedef struct {
  YlLevel level;
  GPtrArray *posts; /* (element-type const YlPost *), never empty */
} YlRouteStep;

typedef struct {
  const YlOrganisation *clinic;
  const YlDepartment *department;
  int64_t now_ms; /* agreements are looked at on this day */
} YlRouteQuery;

/**
 * yl_alliances_route:
 * @duty: (nullable): %NULL asks for everybody, on duty or not
 *
 * Where a request of @query's clinic can climb: its own level first, then
 * upwards, only levels at which there is somebody, only inside alliances the
 * clinic belongs to, never its own organisation. In a county community a
 * clinic that has a superior at a level reaches only that one there; a
 * specialist alliance lends only its specialty; a telemedicine network needs
 * an agreement between both that holds now.
 * Returns: (transfer full) (element-type YlRouteStep)
 */
GPtrArray *yl_alliances_route (const YlAlliances *self, const YlDuty *duty,
                               const YlRouteQuery *query);

/* How many levels ring at once: 2 in an emergency, else 1. */
unsigned yl_route_width (YlUrgency urgency);

/* Experts on duty whom any post of @account can reach, any department, in
 * the order of the file: (element-type const YlPost *). */
GPtrArray *yl_alliances_on_duty (const YlAlliances *self, const YlDuty *duty,
                                 const char *account, int64_t now_ms);
