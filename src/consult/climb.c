#include "consult/climb.h"

static const YlRung *
rung_at (const YlClimb *climb, guint i)
{
  return &g_array_index (climb->rung, YlRung, i);
}

static bool
may_ring (const YlConsultation *self, const char *account)
{
  if (g_str_equal (self->request->party->account, account))
    return false;
  for (guint i = 0; i < self->excluded->len; i++)
    if (g_str_equal (self->excluded->pdata[i], account))
      return false;
  for (guint c = self->round; c < self->climb->len; c++) {
    const YlClimb *climb = self->climb->pdata[c];
    for (guint i = 0; i < climb->rung->len; i++)
      if (rung_at (climb, i)->state != YL_RUNG_WITHDRAWN
          && g_str_equal (rung_at (climb, i)->party->account, account))
        return false;
  }
  return true;
}

/* Everybody on duty who may ring, all levels; emptied steps are left out. */
static GPtrArray *
candidates (const YlConsultation *self, const YlClimbSite *site)
{
  const YlRouteQuery query = {
    .clinic = yl_alliances_organisation (site->alliances,
                                         self->request->party->organisation.id),
    .department =
        yl_alliances_department (site->alliances, self->department.id),
    .now_ms = site->now_ms,
  };
  if (query.clinic == NULL || query.department == NULL)
    return g_ptr_array_new ();
  GPtrArray *route = yl_alliances_route (site->alliances, site->duty, &query);
  for (guint s = route->len; s-- > 0;) {
    YlRouteStep *step = route->pdata[s];
    for (guint p = step->posts->len; p-- > 0;) {
      const YlPost *post = step->posts->pdata[p];
      if (!may_ring (self, post->person->account))
        g_ptr_array_remove_index (step->posts, p);
    }
    if (step->posts->len == 0)
      g_ptr_array_remove_index (route, s);
  }
  return route;
}

/* A person with posts at two levels that ring together rings once. */
static void
drop_repeats (GPtrArray *route)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  for (guint s = 0; s < route->len; s++) {
    YlRouteStep *step = route->pdata[s];
    for (guint p = step->posts->len; p-- > 0;) {
      const YlPost *post = step->posts->pdata[p];
      if (!g_hash_table_add (seen, (gpointer) post->person))
        g_ptr_array_remove_index (step->posts, p);
    }
  }
  for (guint s = route->len; s-- > 0;)
    if (((YlRouteStep *) route->pdata[s])->posts->len == 0)
      g_ptr_array_remove_index (route, s);
}

GPtrArray *
yl_climb_next (const YlConsultation *self, const YlClimbSite *site,
               unsigned lowest)
{
  GPtrArray *route = candidates (self, site);
  while (route->len > 0 && ((YlRouteStep *) route->pdata[0])->level < lowest)
    g_ptr_array_remove_index (route, 0);
  const unsigned width = yl_route_width (self->request->urgency);
  if (route->len > width)
    g_ptr_array_set_size (route, (gint) width);
  drop_repeats (route);
  return route;
}

GPtrArray *
yl_climb_newcomers (const YlConsultation *self, const YlClimbSite *site)
{
  GPtrArray *route = candidates (self, site);
  const unsigned above = yl_climb_above (self);
  for (guint s = route->len; s-- > 0;)
    if (((YlRouteStep *) route->pdata[s])->level >= above)
      g_ptr_array_remove_index (route, s);
  drop_repeats (route);
  return route;
}

unsigned
yl_climb_above (const YlConsultation *self)
{
  unsigned above = 0;
  for (guint c = self->round; c < self->climb->len; c++)
    above = MAX (above, ((YlClimb *) self->climb->pdata[c])->level + 1u);
  return above;
}

YlClimbEnd
yl_climb_end (const YlConsultation *self)
{
  YlClimbEnd end = YL_CLIMB_NOBODY;
  for (guint c = self->round; c < self->climb->len; c++) {
    const YlClimb *climb = self->climb->pdata[c];
    for (guint i = 0; i < climb->rung->len; i++) {
      if (rung_at (climb, i)->state == YL_RUNG_NO_ANSWER)
        return YL_CLIMB_SILENT;
      if (rung_at (climb, i)->state == YL_RUNG_DECLINED)
        end = YL_CLIMB_DECLINED;
    }
  }
  return end;
}
