/* snapshot.h: what a YlAlliances is made of; inside this folder only */
#pragma once

#include "alliance/alliance.h"

struct YlAlliances {
  GStringChunk *texts; /* owns every text below */
  YlDepartment *departments;
  YlOrganisation *organisations;
  YlPerson *persons;
  YlPost *posts;
  YlAlliance *alliances; /* each owns its members and agreements */
  size_t n_departments;
  size_t n_organisations;
  size_t n_persons;
  size_t n_posts;
  size_t n_alliances;
  /* by id or account; keys and values are borrowed from above */
  GHashTable *department_by_id;
  GHashTable *organisation_by_id;
  GHashTable *person_by_account;
  GHashTable *post_by_id;
  int64_t ring_ms[YL_N_LEVELS][YL_N_URGENCIES];
  int64_t patience_ms;
};

/* An empty one with the usual times. */
YlAlliances *yl_alliances_new (void);
