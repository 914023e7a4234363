/* allocations.c: counts what a test program takes from the heap */
#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define COUNTING 0
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) \
      || __has_feature(memory_sanitizer)
#    define COUNTING 0
#  endif
#endif
#ifndef COUNTING
#  define COUNTING 1
#endif

static _Atomic unsigned long n_allocations;
static _Thread_local bool left_out;

bool
allocations_counted (void)
{
  return COUNTING;
}

unsigned long
allocations_so_far (void)
{
  return atomic_load (&n_allocations);
}

void
allocations_leave_out (bool leave_out)
{
  left_out = leave_out;
}

#if COUNTING
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

/* What the linker is to find in the place of libc's. */
#  define REPLACE __attribute__ ((visibility ("default")))
REPLACE void *malloc (size_t size);
REPLACE void *calloc (size_t n, size_t size);
REPLACE void *realloc (void *memory, size_t size);
REPLACE void *aligned_alloc (size_t alignment, size_t size);
REPLACE int posix_memalign (void **memory, size_t alignment, size_t size);

static void
count (void)
{
  if (!left_out)
    atomic_fetch_add_explicit (&n_allocations, 1, memory_order_relaxed);
}

void *
malloc (size_t size)
{
  count ();
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count ();
  return __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  count ();
  return __libc_realloc (memory, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  count ();
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  count ();
  *memory = __libc_memalign (alignment, size);
  return *memory != NULL ? 0 : ENOMEM;
}
#endif
