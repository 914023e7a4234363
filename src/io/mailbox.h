/* mailbox.h: a bounded queue of small values into one thread */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Many threads post, one takes. Items are copied in and out; what they point
 * to changes owner with them. Nothing allocates after construction. */
typedef struct YlMailbox YlMailbox;

/**
 * yl_mailbox_new:
 * @item_size: [octets]
 * @capacity: items held at most
 * @error: %G_FILE_ERROR when the kernel has no event fd to give
 */
YlMailbox *yl_mailbox_new (size_t item_size, uint32_t capacity, GError **error);

/* Items still inside are forgotten: take them out first if they own things.
 * No thread may use the mailbox any more. */
void yl_mailbox_free (YlMailbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlMailbox, yl_mailbox_free)

/* Copies @item in. False when full: the caller still owns what it points to,
 * and the refusal is counted. Any thread. */
bool yl_mailbox_post (YlMailbox *self, const void *item);

/* Copies the oldest item out. False: there is none. Receiving thread. */
bool yl_mailbox_take (YlMailbox *self, void *item);

/* Readable while there is something to take or after a wake; poll it for
 * input. Belongs to the mailbox. */
int yl_mailbox_fd (const YlMailbox *self);

/* Items inside. Any thread. */
uint32_t yl_mailbox_length (YlMailbox *self);

/* Makes the fd readable until the next take that finds nothing. Any thread. */
void yl_mailbox_wake (YlMailbox *self);

/* Items refused because it was full. Any thread. */
uint64_t yl_mailbox_refused (const YlMailbox *self);
