/* Files: read whole, mapped, written whole or not at all. Errors name the file and what the system said. */
#ifndef RNI_BASE_FILE_H
#define RNI_BASE_FILE_H

#include <rensa/error.h>

/* Reads a file of at most `limit` bytes. *bytes is for rni_free; one NUL byte follows its *n bytes. Errors: IO; FORMAT
 * if it is larger than the limit, before anything is allocated. */
bool rni_file_read(const char *path, int64_t limit, void **bytes, int64_t *n);
/* The first bytes of a file, at most `size`; *n of them were there. */
bool rni_file_head(const char *path, void *head, int64_t size, int64_t *n);

/* A file in memory, read only. It must not be shortened while it is mapped; replacing it by rename is fine. */
typedef struct rni_map {
    const void *at; /* not NULL, also for an empty file */
    int64_t bytes;
} rni_map;
bool rni_file_map(const char *path, rni_map *out);
void rni_file_unmap(rni_map *map);

/* A file that is being written: under a temporary name in the same folder until rni_out_commit renames it, so that a
 * reader finds the old contents or all of the new. Zeroed it is closed. */
typedef struct rni_out {
    int fd;
    char *path, *temporary;
    bool direct; /* a device or pipe: written to as it is */
    int64_t bytes;
} rni_out;
bool rni_out_begin(rni_out *out, const char *path);
bool rni_out_write(rni_out *out, const void *bytes, int64_t n);
/* Flushes to the disk and renames. On failure the temporary file is gone and what was there before is as it was. */
bool rni_out_commit(rni_out *out);
/* Gives up: removes the temporary file. Does nothing after rni_out_commit. */
void rni_out_abort(rni_out *out);
/* The three in one. */
bool rni_file_write(const char *path, const void *bytes, int64_t n);
/* Flushes the finished file `from` to the disk and renames it to `path`; on failure `from` is removed. */
bool rni_file_replace(const char *from, const char *path);

bool rni_file_exists(const char *path); /* of any kind */
bool rni_folder_exists(const char *path);
/* Size of a file, -1 where there is none (no error). */
int64_t rni_file_bytes(const char *path);
/* Makes the folder and those above it. Fine if it exists. */
bool rni_folder_make(const char *path);
/* Removes the temporary files in it that programs which were killed have left behind. */
void rni_folder_sweep(const char *path);
/* "a/b", or `name` alone where it is absolute or `folder` is empty or NULL. rni_free. */
char *rni_path_join(const char *folder, const char *name);
/* What stands before the last '/': "." where there is none. rni_free. */
char *rni_path_folder(const char *path);
/* What stands behind the last '/'. Borrowed. */
const char *rni_path_base(const char *path);
/* Whether the name ends in this extension (with the point), ignoring case. */
bool rni_path_has_extension(const char *path, const char *extension);
/* $XDG_CACHE_HOME/rensa or ~/.cache/rensa, with `name` (may be NULL) below it. Not made. rni_free. Errors: STATE where
 * neither variable is set. */
char *rni_cache_path(const char *name);

#endif
