/* static-files.h: the built web client, from a folder, by URL path */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct YlStaticFiles YlStaticFiles;

/* What to send. Held by reference, so that a file may change meanwhile. */
typedef struct {
  GBytes *body; /* owned */
  const char *mime_type;
  const char *cache_control;
  const char *encoding; /* "gzip" or NULL */
  char etag[32];        /* quoted */
} YlStaticFile;

void yl_static_file_clear (YlStaticFile *self);

/* @folder need not exist (yet): then nothing is found. */
YlStaticFiles *yl_static_files_new (const char *folder);
void yl_static_files_free (YlStaticFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlStaticFiles, yl_static_files_free)

/**
 * yl_static_files_get:
 * @path: of the URL, without query, begins with '/'; "/" is index.html
 * @gzip: whether the client takes gzip; used when a .gz lies beside the file
 *
 * Reads a file when it changed since the last time. Names with a hash
 * ("app-1a2b3c4d.js") may be cached for ever, others not at all.
 * Returns: %false: no such file, or a path that tries to leave the folder
 */
bool yl_static_files_get (YlStaticFiles *self, const char *path, bool gzip,
                          YlStaticFile *file);
