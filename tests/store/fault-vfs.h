/* fault-vfs.h: a disk that fails when told to */
#pragma once

/* Makes SQLite's default file system one that counts writes, syncs and
 * truncations. Call once, before any database is opened. */
void fault_vfs_install (void);

/* From the @n-th such operation on (1: the next) each fails as a full disk
 * does; 0: none fails. */
void fault_vfs_fail_from (int n);

/* How many were done since the last fault_vfs_fail_from(). */
int fault_vfs_count (void);
