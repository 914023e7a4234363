#include "fault-vfs.h"

#include <glib.h>
#include <stdbool.h>
#include <sqlite3.h>
#include <string.h>

/* A file of the real file system follows directly behind. */
typedef struct {
  sqlite3_file base;
  sqlite3_file *real;
} FaultFile;

static sqlite3_vfs *real_vfs;
static gint fail_from; /* atomic */
static gint count;     /* atomic */

static bool
fails (void)
{
  const gint now = g_atomic_int_add (&count, 1) + 1;
  const gint from = g_atomic_int_get (&fail_from);
  return from > 0 && now >= from;
}

void
fault_vfs_fail_from (int n)
{
  g_atomic_int_set (&count, 0);
  g_atomic_int_set (&fail_from, n);
}

int
fault_vfs_count (void)
{
  return g_atomic_int_get (&count);
}

static sqlite3_file *
real (sqlite3_file *file)
{
  return ((FaultFile *) file)->real;
}

#define R(file) real (file)->pMethods

static int
f_close (sqlite3_file *file)
{
  return R (file)->xClose (real (file));
}

static int
f_read (sqlite3_file *file, void *data, int size, sqlite3_int64 at)
{
  return R (file)->xRead (real (file), data, size, at);
}

static int
f_write (sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
  return fails () ? SQLITE_FULL
                  : R (file)->xWrite (real (file), data, size, at);
}

static int
f_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return fails () ? SQLITE_IOERR_TRUNCATE
                  : R (file)->xTruncate (real (file), size);
}

static int
f_sync (sqlite3_file *file, int flags)
{
  return fails () ? SQLITE_IOERR_FSYNC : R (file)->xSync (real (file), flags);
}

static int
f_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return R (file)->xFileSize (real (file), size);
}

static int
f_lock (sqlite3_file *file, int level)
{
  return R (file)->xLock (real (file), level);
}

static int
f_unlock (sqlite3_file *file, int level)
{
  return R (file)->xUnlock (real (file), level);
}

static int
f_check_lock (sqlite3_file *file, int *out)
{
  return R (file)->xCheckReservedLock (real (file), out);
}

static int
f_control (sqlite3_file *file, int op, void *arg)
{
  return R (file)->xFileControl (real (file), op, arg);
}

static int
f_sector (sqlite3_file *file)
{
  return R (file)->xSectorSize (real (file));
}

static int
f_device (sqlite3_file *file)
{
  return R (file)->xDeviceCharacteristics (real (file));
}

static int
f_shm_map (sqlite3_file *file, int page, int size, int extend,
           void volatile **out)
{
  return R (file)->xShmMap (real (file), page, size, extend, out);
}

static int
f_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return R (file)->xShmLock (real (file), offset, n, flags);
}

static void
f_shm_barrier (sqlite3_file *file)
{
  R (file)->xShmBarrier (real (file));
}

static int
f_shm_unmap (sqlite3_file *file, int remove)
{
  return R (file)->xShmUnmap (real (file), remove);
}

static const sqlite3_io_methods METHODS = {
  .iVersion = 2,
  .xClose = f_close,
  .xRead = f_read,
  .xWrite = f_write,
  .xTruncate = f_truncate,
  .xSync = f_sync,
  .xFileSize = f_file_size,
  .xLock = f_lock,
  .xUnlock = f_unlock,
  .xCheckReservedLock = f_check_lock,
  .xFileControl = f_control,
  .xSectorSize = f_sector,
  .xDeviceCharacteristics = f_device,
  .xShmMap = f_shm_map,
  .xShmLock = f_shm_lock,
  .xShmBarrier = f_shm_barrier,
  .xShmUnmap = f_shm_unmap,
};

static int
v_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
        int *out)
{
  FaultFile *self = (FaultFile *) file;
  self->real = (sqlite3_file *) (self + 1);
  self->real->pMethods = NULL;
  const int result = real_vfs->xOpen (real_vfs, name, self->real, flags, out);
  file->pMethods = self->real->pMethods != NULL ? &METHODS : NULL;
  return result;
}

static int
v_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  return real_vfs->xDelete (real_vfs, name, sync);
}

static int
v_access (sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
  return real_vfs->xAccess (real_vfs, name, flags, out);
}

static int
v_full_path (sqlite3_vfs *vfs, const char *name, int size, char *out)
{
  return real_vfs->xFullPathname (real_vfs, name, size, out);
}

static int
v_randomness (sqlite3_vfs *vfs, int size, char *out)
{
  return real_vfs->xRandomness (real_vfs, size, out);
}

static int
v_sleep (sqlite3_vfs *vfs, int us)
{
  return real_vfs->xSleep (real_vfs, us);
}

static int
v_time (sqlite3_vfs *vfs, double *out)
{
  return real_vfs->xCurrentTime (real_vfs, out);
}

static int
v_last_error (sqlite3_vfs *vfs, int size, char *out)
{
  return real_vfs->xGetLastError (real_vfs, size, out);
}

void
fault_vfs_install (void)
{
  static sqlite3_vfs vfs;
  real_vfs = sqlite3_vfs_find (NULL);
  vfs =
      (sqlite3_vfs){ .iVersion = 1,
                     .szOsFile = (int) sizeof (FaultFile) + real_vfs->szOsFile,
                     .mxPathname = real_vfs->mxPathname,
                     .zName = "fault",
                     .xOpen = v_open,
                     .xDelete = v_delete,
                     .xAccess = v_access,
                     .xFullPathname = v_full_path,
                     .xRandomness = v_randomness,
                     .xSleep = v_sleep,
                     .xCurrentTime = v_time,
                     .xGetLastError = v_last_error };
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}
