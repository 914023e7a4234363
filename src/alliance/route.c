#include "alliance/alliance.h"

#include "alliance/snapshot.h"

static bool
agreed (const YlAlliance *alliance, const YlOrganisation *a,
        const YlOrganisation *b, int64_t now_ms)
{
  for (size_t i = 0; i < alliance->n_agreements; i++) {
    const YlAgreement *agreement = &alliance->agreements[i];
    const YlOrganisation *const *parties = agreement->parties;
    if (now_ms >= agreement->from_ms && now_ms < agreement->until_ms
        && ((parties[0] == a && parties[1] == b)
            || (parties[0] == b && parties[1] == a)))
      return true;
  }
  return false;
}

static bool
is_member (const YlAlliance *alliance, const YlOrganisation *organisation)
{
  for (size_t i = 0; i < alliance->n_members; i++)
    if (alliance->members[i].organisation == organisation)
      return true;
  return false;
}

/* The clinic's own superior at @level inside @alliance, or NULL. */
static const YlOrganisation *
superior (const YlAlliance *alliance, const YlOrganisation *clinic,
          YlLevel level)
{
  const YlOrganisation *up = clinic->parent;
  for (; up != NULL; up = up->parent)
    if (up->level == level && is_member (alliance, up))
      return up;
  return NULL;
}

/* True if @alliance lets @query's clinic ask @to, both being members. */
static bool
lends (const YlAlliance *alliance, const YlOrganisation *to,
       const YlRouteQuery *query)
{
  const YlOrganisation *own;
  switch (alliance->kind) {
  case YL_ALLIANCE_COUNTY_COMMUNITY:
    own = superior (alliance, query->clinic, to->level);
    return own == NULL || own == to;
  case YL_ALLIANCE_SPECIALIST:
    return alliance->department == query->department;
  case YL_ALLIANCE_TELEMEDICINE_NETWORK:
    return agreed (alliance, query->clinic, to, query->now_ms);
  case YL_ALLIANCE_URBAN_GROUP:
  default:
    return true;
  }
}

/* A set of the organisations the query's clinic may ask. */
static GHashTable *
reachable (const YlAlliances *self, const YlRouteQuery *query)
{
  GHashTable *set = g_hash_table_new (NULL, NULL);
  for (size_t i = 0; i < self->n_alliances; i++) {
    const YlAlliance *alliance = &self->alliances[i];
    if (!is_member (alliance, query->clinic))
      continue;
    for (size_t m = 0; m < alliance->n_members; m++) {
      const YlOrganisation *to = alliance->members[m].organisation;
      if (to != query->clinic && to->level >= query->clinic->level
          && lends (alliance, to, query))
        g_hash_table_add (set, (gpointer) to);
    }
  }
  return set;
}

static void
clear_step (gpointer data)
{
  YlRouteStep *step = data;
  g_ptr_array_unref (step->posts);
  g_free (step);
}

static bool
rings_already (const GPtrArray *posts, const YlPerson *person)
{
  for (guint i = 0; i < posts->len; i++)
    if (((const YlPost *) posts->pdata[i])->person == person)
      return true;
  return false;
}

GPtrArray *
yl_alliances_route (const YlAlliances *self, const YlDuty *duty,
                    const YlRouteQuery *query)
{
  g_autoptr (GHashTable) asked = reachable (self, query);
  GPtrArray *route = g_ptr_array_new_with_free_func (clear_step);
  GPtrArray *levels[YL_N_LEVELS] = { NULL };

  for (size_t i = 0; i < self->n_posts; i++) {
    const YlPost *post = &self->posts[i];
    if (post->role != YL_ROLE_EXPERT || post->department != query->department
        || !g_hash_table_contains (asked, post->organisation)
        || (duty != NULL && !yl_duty_get (duty, post->id)))
      continue;
    GPtrArray **posts = &levels[post->organisation->level];
    if (*posts == NULL)
      *posts = g_ptr_array_new ();
    if (!rings_already (*posts, post->person))
      g_ptr_array_add (*posts, (gpointer) post);
  }
  for (unsigned level = 0; level < YL_N_LEVELS; level++) {
    if (levels[level] == NULL)
      continue;
    YlRouteStep *step = g_new (YlRouteStep, 1);
    *step = (YlRouteStep){ .level = level, .posts = levels[level] };
    g_ptr_array_add (route, step);
  }
  return route;
}

unsigned
yl_route_width (YlUrgency urgency)
{
  return urgency == YL_URGENCY_EMERGENCY ? 2 : 1;
}

/* The departments in which anybody is on duty: few, so that asking for
 * everybody stays cheap in a large alliance. */
static GHashTable *
departments_on_duty (const YlAlliances *self, const YlDuty *duty)
{
  GHashTable *set = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) posts = yl_duty_posts (duty);
  for (guint i = 0; i < posts->len; i++) {
    const YlPost *post = yl_alliances_post (self, posts->pdata[i]);
    if (post != NULL && post->department != NULL)
      g_hash_table_add (set, (gpointer) post->department);
  }
  return set;
}

/* Adds to @found all experts on duty whom @query's clinic reaches. */
static void
collect (const YlAlliances *self, const YlDuty *duty, const YlRouteQuery *query,
         GHashTable *found)
{
  g_autoptr (GPtrArray) route = yl_alliances_route (self, duty, query);
  for (guint s = 0; s < route->len; s++) {
    const YlRouteStep *step = route->pdata[s];
    for (guint p = 0; p < step->posts->len; p++)
      g_hash_table_add (found, step->posts->pdata[p]);
  }
}

GPtrArray *
yl_alliances_on_duty (const YlAlliances *self, const YlDuty *duty,
                      const char *account, int64_t now_ms)
{
  g_autoptr (GHashTable) found = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) departments = departments_on_duty (self, duty);
  g_autoptr (GPtrArray) own = yl_alliances_posts_of (self, account);
  GPtrArray *posts = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer department;

  g_hash_table_iter_init (&iter, departments);
  while (g_hash_table_iter_next (&iter, &department, NULL))
    for (guint i = 0; i < own->len; i++) {
      const YlPost *post = own->pdata[i];
      const YlRouteQuery query = { post->organisation, department, now_ms };
      collect (self, duty, &query, found);
    }
  for (size_t i = 0; i < self->n_posts; i++)
    if (g_hash_table_contains (found, &self->posts[i]))
      g_ptr_array_add (posts, &self->posts[i]);
  return posts;
}
