#include "server/static-files.h"

#include <string.h>
#include <sys/stat.h>

#define FILE_MAX_OCTETS (16u << 20)

typedef struct {
  struct timespec modified;
  off_t size;
  GBytes *body;
} Cached;

struct YlStaticFiles {
  char *folder;
  GHashTable *cache; /* Cached by file name */
};

static const struct {
  const char *suffix;
  const char *mime_type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".json", "application/json" },
  { ".webmanifest", "application/manifest+json" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".jpg", "image/jpeg" },
  { ".ico", "image/x-icon" },
  { ".woff2", "font/woff2" },
  { ".wasm", "application/wasm" },
  { ".mp3", "audio/mpeg" },
  { ".ogg", "audio/ogg" },
  { ".wav", "audio/wav" },
  { ".txt", "text/plain; charset=utf-8" },
};

static void
cached_free (void *data)
{
  Cached *cached = data;
  g_bytes_unref (cached->body);
  g_free (cached);
}

void
yl_static_file_clear (YlStaticFile *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
}

YlStaticFiles *
yl_static_files_new (const char *folder)
{
  YlStaticFiles *self = g_new0 (YlStaticFiles, 1);
  self->folder = g_strdup (folder);
  self->cache =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cached_free);
  return self;
}

void
yl_static_files_free (YlStaticFiles *self)
{
  g_hash_table_unref (self->cache);
  g_free (self->folder);
  g_free (self);
}

/* Plain names only: letters, digits, '-', '_', '.', '/', no "..", no dot
 * files. What the bundler makes fits; what an attacker needs does not. */
static bool
is_safe (const char *path)
{
  if (path[0] != '/' || strlen (path) > 200)
    return false;
  for (const char *p = path; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && strchr ("-_./", *p) == NULL)
      return false;
    if (*p == '/' && (p[1] == '.' || p[1] == '/'))
      return false;
  }
  return true;
}

static const char *
find_type (const char *path)
{
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (path, types[i].suffix))
      return types[i].mime_type;
  return NULL;
}

/* "app-1A2b3c4D.js": a dash and at least 8 letters or digits, with a digit
 * among them or all upper case (a bundler's hash), before the suffix. */
static bool
is_hashed (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *dash = strrchr (slash, '-');
  if (dash == NULL)
    return false;
  const size_t size = strcspn (dash + 1, ".");
  bool digit_or_upper = false;
  for (size_t i = 1; i <= size; i++) {
    if (!g_ascii_isalnum (dash[i]))
      return false;
    digit_or_upper |= g_ascii_isdigit (dash[i]) || g_ascii_isupper (dash[i]);
  }
  return size >= 8 && digit_or_upper;
}

static GBytes *
read_cached (YlStaticFiles *self, const char *name)
{
  struct stat info;
  if (stat (name, &info) != 0 || !S_ISREG (info.st_mode)
      || info.st_size > (off_t) FILE_MAX_OCTETS) {
    g_hash_table_remove (self->cache, name);
    return NULL;
  }
  Cached *cached = g_hash_table_lookup (self->cache, name);
  if (cached != NULL && cached->size == info.st_size
      && memcmp (&cached->modified, &info.st_mtim, sizeof info.st_mtim) == 0)
    return cached->body;

  char *content;
  gsize size;
  if (!g_file_get_contents (name, &content, &size, NULL))
    return NULL;
  cached = g_new0 (Cached, 1);
  cached->modified = info.st_mtim;
  cached->size = info.st_size;
  cached->body = g_bytes_new_take (content, size);
  g_hash_table_replace (self->cache, g_strdup (name), cached);
  return cached->body;
}

static void
write_etag (YlStaticFile *file)
{
  gsize size;
  const char *data = g_bytes_get_data (file->body, &size);
  g_autofree char *digest = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *) data, size);
  g_snprintf (file->etag, sizeof file->etag, "\"%.20s\"", digest);
}

bool
yl_static_files_get (YlStaticFiles *self, const char *path, bool gzip,
                     YlStaticFile *file)
{
  if (strcmp (path, "/") == 0)
    path = "/index.html";
  const char *mime_type = is_safe (path) ? find_type (path) : NULL;
  if (mime_type == NULL)
    return false;

  g_autofree char *name = g_strconcat (self->folder, path, NULL);
  GBytes *body = read_cached (self, name);
  if (body == NULL)
    return false;
  YlStaticFile f = {
    .mime_type = mime_type,
    .cache_control =
        is_hashed (path) ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (gzip) {
    g_autofree char *packed_name = g_strconcat (name, ".gz", NULL);
    GBytes *packed = read_cached (self, packed_name);
    if (packed != NULL) {
      f.encoding = "gzip";
      body = packed;
    }
  }
  f.body = g_bytes_ref (body);
  write_etag (&f);
  *file = f;
  return true;
}
