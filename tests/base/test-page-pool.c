/* Pages go round, and what a burst took goes back. */
#define _GNU_SOURCE /* mincore */
#include "base/page-pool.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define N 1000

static void *
take (YlPagePool *pool, int fill)
{
  void *page = yl_page_pool_take (pool);
  memset (page, fill, YL_PAGE_SIZE);
  return page;
}

static void
assert_filled (const uint8_t *page, int fill)
{
  for (size_t i = 0; i < YL_PAGE_SIZE; i++)
    g_assert_cmphex (page[i], ==, fill & 0xff);
}

static bool
is_in_memory (void *page)
{
  unsigned char in = 0;
  g_assert_cmpint (mincore (page, YL_PAGE_SIZE, &in), ==, 0);
  return in & 1;
}

static void
test_pages (void)
{
  g_autoptr (YlPagePool) pool = yl_page_pool_new ();
  static void *pages[N];
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < N; i++)
      pages[i] = take (pool, i + round);
    g_assert_cmpuint (yl_page_pool_used (pool), ==, N);
    for (int i = 0; i < N; i++)
      assert_filled (pages[i], i + round);
    for (int i = 0; i < N; i++)
      yl_page_pool_give (pool, pages[i]);
    g_assert_cmpuint (yl_page_pool_used (pool), ==, 0);
  }
}

/* Only the reserve stays in memory. */
static void
test_given_back (void)
{
  g_autoptr (YlPagePool) pool = yl_page_pool_new ();
  static void *pages[N];
  size_t in_memory = 0;
  for (int i = 0; i < N; i++)
    pages[i] = take (pool, i);
  for (int i = 100; i < N; i++)
    yl_page_pool_give (pool, pages[i]);
  const size_t spare = yl_page_pool_spare (pool);
  g_assert_cmpuint (spare, <=, 16 + 100 / 16);
  if (sysconf (_SC_PAGESIZE) == YL_PAGE_SIZE) {
    for (int i = 0; i < N; i++)
      in_memory += is_in_memory (pages[i]);
    g_assert_cmpuint (in_memory, ==, 100 + spare);
  }
  for (int i = 0; i < 100; i++) {
    assert_filled (pages[i], i);
    yl_page_pool_give (pool, pages[i]);
  }
}

/* What goes up and down a little comes out of the reserve. */
static void
test_steady (void)
{
  g_autoptr (YlPagePool) pool = yl_page_pool_new ();
  static void *pages[N];
  for (int i = 0; i < N; i++)
    pages[i] = take (pool, i);
  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < 30; i++)
      yl_page_pool_give (pool, pages[i]);
    g_assert_cmpuint (yl_page_pool_spare (pool), ==, 30);
    for (int i = 0; i < 30; i++)
      pages[i] = take (pool, i);
    g_assert_cmpuint (yl_page_pool_spare (pool), ==, 0);
  }
  for (int i = 0; i < N; i++)
    yl_page_pool_give (pool, pages[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/page-pool/pages", test_pages);
  g_test_add_func ("/base/page-pool/given-back", test_given_back);
  g_test_add_func ("/base/page-pool/steady", test_steady);
  return g_test_run ();
}
