#define _GNU_SOURCE /* MAP_ANONYMOUS, madvise */
#include "base/page-pool.h"

#include <stdint.h>
#include <sys/mman.h>

#define SLAB_PAGES 64

/* Pages kept in reserve: this many, and so many of those in use. */
#define RESERVE_PAGES 16
#define RESERVE_PART 16

typedef struct {
  void **pages;
  size_t n;
} Stack;

struct YlPagePool {
  GPtrArray *slabs;
  Stack spare; /* free, in memory */
  Stack bare;  /* free, given back to the kernel: zeros when touched */
  size_t n_used;
};

YlPagePool *
yl_page_pool_new (void)
{
  YlPagePool *self = g_new0 (YlPagePool, 1);
  self->slabs = g_ptr_array_new ();
  return self;
}

void
yl_page_pool_free (YlPagePool *self)
{
  if (self == NULL)
    return;
  g_warn_if_fail (self->n_used == 0);
  for (guint i = 0; i < self->slabs->len; i++)
    munmap (g_ptr_array_index (self->slabs, i), SLAB_PAGES * YL_PAGE_SIZE);
  g_ptr_array_unref (self->slabs);
  g_free (self->spare.pages);
  g_free (self->bare.pages);
  g_free (self);
}

static void
push (Stack *stack, void *page)
{
  stack->pages[stack->n++] = page;
}

static void *
pop (Stack *stack)
{
  return stack->pages[--stack->n];
}

/* Every page has room in both stacks, so that giving never allocates. A huge
 * page would bring in what nobody asked for. */
static void
add_slab (YlPagePool *self)
{
  const size_t size = SLAB_PAGES * YL_PAGE_SIZE;
  uint8_t *slab = mmap (NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (slab == MAP_FAILED)
    g_error ("out of memory");
  madvise (slab, size, MADV_NOHUGEPAGE);
  g_ptr_array_add (self->slabs, slab);
  const size_t total = (size_t) self->slabs->len * SLAB_PAGES;
  self->spare.pages = g_renew (void *, self->spare.pages, total);
  self->bare.pages = g_renew (void *, self->bare.pages, total);
  for (size_t i = SLAB_PAGES; i-- > 0;)
    push (&self->bare, slab + i * YL_PAGE_SIZE);
}

void *
yl_page_pool_take (YlPagePool *self)
{
  self->n_used++;
  if (self->spare.n > 0)
    return pop (&self->spare);
  if (self->bare.n == 0)
    add_slab (self);
  return pop (&self->bare);
}

/* Half of the reserve stays: the next ones to be given find room again. */
static void
release (YlPagePool *self, size_t reserve)
{
  while (self->spare.n > reserve / 2) {
    void *page = pop (&self->spare);
    madvise (page, YL_PAGE_SIZE, MADV_DONTNEED);
    push (&self->bare, page);
  }
}

void
yl_page_pool_give (YlPagePool *self, void *page)
{
  g_return_if_fail (self->n_used > 0);
  self->n_used--;
  push (&self->spare, page);
  const size_t reserve = RESERVE_PAGES + self->n_used / RESERVE_PART;
  if (self->spare.n > reserve)
    release (self, reserve);
}

size_t
yl_page_pool_used (const YlPagePool *self)
{
  return self->n_used;
}

size_t
yl_page_pool_spare (const YlPagePool *self)
{
  return self->spare.n;
}
