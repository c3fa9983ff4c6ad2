/* IDX files: what the two label and image files of MNIST are made of. */
#ifndef RNI_DATA_IDX_H
#define RNI_DATA_IDX_H

#include <rensa/data.h>

typedef struct rni_idx {
    void *block; /* rni_free */
    const void *data;
    rn_dtype dtype;
    rn_shape shape; /* rank 1 … 8 */
} rni_idx;

/* Reads a file, plain or packed. Errors: IO, FORMAT; they name it. */
bool rni_idx_load(const char *path, rni_idx *out);
void rni_idx_free(rni_idx *idx);

/* A data set of the two; takes both over, also on failure. t->block may be NULL. */
typedef struct rni_idx_options {
    rn_dtype dtype;
    bool flat;
    const char *const *classes; /* names; class_count 0: as many as the labels say */
    int64_t class_count;
    const char *source;
    const char *labels; /* names the label file in errors */
} rni_idx_options;
rn_dataset *rni_idx_dataset(rni_idx *x, rni_idx *t, const rni_idx_options *options, const rn_site *site);

#endif
