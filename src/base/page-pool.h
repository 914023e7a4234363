/* page-pool.h: memory in pages, of which free ones go back to the kernel
 *
 * malloc() keeps what lies below something in use, so that what a burst took
 * stays taken. Here a page that is free is free, but for a reserve in
 * proportion to what is in use: taking and giving in turn costs no call. One
 * thread. */
#pragma once

#include <glib.h>
#include <stddef.h>

#define YL_PAGE_SIZE 4096 /* [octets] */

typedef struct YlPagePool YlPagePool;

YlPagePool *yl_page_pool_new (void);
/* All pages have been given back. */
void yl_page_pool_free (YlPagePool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPagePool, yl_page_pool_free)

/* YL_PAGE_SIZE octets, whatever they hold; never NULL. */
void *yl_page_pool_take (YlPagePool *self);

void yl_page_pool_give (YlPagePool *self, void *page);

/* Pages in use. */
size_t yl_page_pool_used (const YlPagePool *self);

/* And those that are kept in reserve. */
size_t yl_page_pool_spare (const YlPagePool *self);
