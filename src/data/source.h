/* Where the bytes of data sets come from: files that may be packed, and files of known data sets, which are looked for
 * in several places and downloaded in the end. */
#ifndef RNI_DATA_SOURCE_H
#define RNI_DATA_SOURCE_H

#include <rensa/data.h>

/* Reads a whole file and unpacks it if it is gzip. *bytes is for rni_free; one NUL follows. Errors name the file. */
bool rni_read_unpacked(const char *path, void **bytes, int64_t *n);

/* A file of a known data set. */
typedef struct rni_known_file {
    const char *name; /* as at its origin: "train-images-idx3-ubyte.gz" */
    const char *sha256;
    int64_t bytes;
} rni_known_file;

typedef struct rni_known_set {
    const char *name, *folder; /* folder below $RENSA_DATA, the cache and each of $RENSA_MIRRORS */
    const char *mirrors[4];    /* base addresses, each with the files directly below; none: not downloaded */
} rni_known_set;

/* What was found: paths of the files and where that was. */
typedef struct rni_found {
    char *path[4];
    char *source; /* "data /path/mnist", "cache …" or "download …" */
} rni_found;

typedef enum rni_find_result { RNI_FOUND, RNI_NOT_FOUND, RNI_FIND_FAILED } rni_find_result;

/* Looks for `count` files (all in the same place, at most 4), downloads them if nothing else is allowed or there. A
 * name that ends in .gz is also looked for without it. NOT_FOUND: no error is pending, `why` (rni_free) says what was
 * tried; FAILED: one is. */
rni_find_result rni_find_files(const rni_known_set *set, const rni_known_file *files, int count,
                               const rn_known_args *args, rni_found *out, char **why);
void rni_found_free(rni_found *found);

/* Whether args->source allows this one ("data", "cache", "download", "drawn"). */
bool rni_source_allowed(const rn_known_args *args, const char *source);
/* Raises an error unless args->source is one of these (NULL-terminated). */
bool rni_source_check(const rn_known_args *args, const char *const *allowed, const char *op);

#endif
