/* What data sets look like from inside, and what the sources share. Other modules use include/rensa/data.h. */
#ifndef RNI_DATA_DATA_H
#define RNI_DATA_DATA_H

#include <rensa/data.h>
#include <stdatomic.h>

struct rn_dataset {
    atomic_int refs;
    atomic_int passed; /* so many of refs belong to whoever holds it next */
    int64_t count;
    int column_count;
    rn_column *columns; /* a copy with names and classes of its own */
    rn_example_fn *get;
    void *user;
    void (*free)(void *user);
    char *source;
    bool partial;
};

/* A reference: takes over one that was passed, else adds one. NULL is fine. */
rn_dataset *rni_dataset_hold(rn_dataset *ds);
/* False if an error is pending or ds is NULL; then the call is a step of the trail. */
bool rni_dataset_ready(const rn_dataset *ds, const rn_site *site, const char *what);
/* Reads one example of an epoch into the buffers that are not NULL. The index is checked. */
bool rni_dataset_get(rn_dataset *ds, const rn_example *example);
/* One block for an example, and pointers to its columns in to[column_count]. rni_free. */
void *rni_dataset_buffers(const rn_dataset *ds, void **to);

/* A copy of columns with their names and classes; NULL with an error pending if one is not usable. */
rn_column *rni_columns_copy(const rn_column *columns, int count, const rn_site *site, const char *op);
void rni_columns_free(rn_column *columns, int count);
/* The same names, types, shapes and classes? Raises an error that says what differs. */
bool rni_columns_match(const rn_dataset *a, const rn_dataset *b, const rn_site *site, const char *op);
/* Position of the column called `name`, -1 with an error (and the nearest name) if there is none. */
int rni_column_require(const rn_dataset *ds, const char *name, const rn_site *site, const char *op);

/* "train", "test", "valid": by number and by name. */
const char *rni_part_name(rn_part part);
bool rni_part_check(rn_part part, const rn_site *site, const char *op); /* false with an error that names the parts */
bool rni_part_by_name(const char *name, rn_part *part);

enum { RNI_COLUMNS_MAX = 64 };

/* Converts n bytes to floats from 0 to 1. */
void rni_unit_from_u8(float *to, const uint8_t *from, int64_t n);

/* The next of several names separated by commas: its beginning in *at and its length, spaces around it left out.
 * False at the end. */
bool rni_next_name(const char **list, const char **at, int64_t *n);

#endif
