#include "alliance/alliance.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is accepted can be asked about: every clinic, every department. */
static void
ask (const YlAlliances *self)
{
  size_t n_organisations, n_departments, n_persons;
  const YlOrganisation *organisations =
      yl_alliances_organisations (self, &n_organisations);
  const YlDepartment *departments =
      yl_alliances_departments (self, &n_departments);
  const YlPerson *persons = yl_alliances_persons (self, &n_persons);
  for (size_t o = 0; o < n_organisations && o < 20; o++)
    for (size_t d = 0; d < n_departments && d < 20; d++) {
      const YlRouteQuery query = { &organisations[o], &departments[d], 0 };
      g_ptr_array_unref (yl_alliances_route (self, NULL, &query));
    }
  for (size_t p = 0; p < n_persons && p < 20; p++)
    yl_alliances_roles (self, persons[p].account);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlAlliances *self = yl_alliances_parse ((const char *) data, size, NULL);
  if (self != NULL) {
    ask (self);
    yl_alliances_unref (self);
  }
  return 0;
}
