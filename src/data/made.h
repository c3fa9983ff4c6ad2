/* Data sets that were made once, in a folder: dataset.json says what they are, a file per part holds the examples one
 * behind the other, as training maps them into memory. */
#ifndef RNI_DATA_MADE_H
#define RNI_DATA_MADE_H

#include "base/str.h"
#include "data/data.h"

#define RNI_MADE_FILE "dataset.json"

/* By number, ended by NULL. */
extern const char *const rni_fit_names[], *const rni_filter_names[];

/* Whether the folder is such a data set. */
bool rni_made_exists(const char *folder);
/* Whether it has that part. */
bool rni_made_has(const char *folder, rn_part part);
/* How its pictures were brought to their size, in *fit and *filter, which stay where it does not say. */
void rni_made_form(const char *folder, rn_fit *fit, rn_filter *filter);
/* Opens a part. Owned. Errors: IO; FORMAT for files that do not agree. */
rn_dataset *rni_made_open(const char *folder, rn_part part, const rn_site *site);

typedef struct rni_make_args {
    const char *out;         /* the folder, which must not be there */
    const char *const *from; /* known names, folders, files, archives: of several each becomes a part of the whole */
    int from_count;
    int64_t width, height, channels; /* of pictures */
    rn_fit fit;
    rn_filter filter;
    const char *labels; /* IDX: the file of labels; tables of Neural Network Console: variables with classes */
    const char *target; /* csv */
    bool classify;      /* csv */
    double percent[3];  /* of train, test, valid; all 0: as the source has them, else 80, 20, 0 */
    bool unstratified;
    uint64_t seed;
    bool skip_damaged;      /* list them and go on; else they are an error */
    int64_t unpacked_limit; /* bytes of an archive; 0: 64 GiB */
    bool (*progress)(void *user, const char *what, int64_t done, int64_t total); /* false stops; may be NULL */
    void *user;
} rni_make_args;
/* Makes it beside its place and renames the folder: nothing half-made remains, unless the process is killed. Errors:
 * those of the source, with file or row; STATE where the folder exists. */
bool rni_make(const rni_make_args *args);

/* Unpacks a zip or tar (.gz) archive into a folder that exists. Errors: FORMAT for names that lead out of it, and for
 * more than `limit` bytes or a million files. */
bool rni_unpack(const char *archive, const char *folder, int64_t limit);
bool rni_is_archive(const char *path);

#endif
