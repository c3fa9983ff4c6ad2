/* The NPY format, for the files that are one array (npy.c) and the archives of them (npz.c). */
#ifndef RNI_IO_NPY_H
#define RNI_IO_NPY_H

#include "io/element.h"

#include "base/str.h"

/* The largest header that is read; NumPy's own are below 200 bytes. */
#define RNI_NPY_HEADER_MAX (1 << 20)

typedef struct rni_npy {
    const rni_element *element; /* NULL for a type that rensa does not have */
    char type[48];              /* as the file names it, shortened */
    rn_shape shape;             /* rank -1: more than RN_MAX_RANK axes */
    int64_t offset;             /* of the data */
    int64_t count;              /* elements */
    bool swapped, fortran;
} rni_npy;

bool rni_is_npy(const void *bytes, int64_t n);
/* Where the data begins, as the first 12 bytes of a file tell; they may claim anything. -1 where they are too few. */
int64_t rni_npy_offset(const void *bytes, int64_t n);
/* Reads the header from the first n bytes of a file. Errors: FORMAT. A type or rank that rensa does not have is not an
 * error here. */
bool rni_npy_header(const void *bytes, int64_t n, rni_npy *out);
/* The array in `blob`, whose n bytes are a whole file. Errors: FORMAT, UNSUPPORTED. */
rn_tensor *rni_npy_tensor(const rn_site *site, rni_blob *blob, const void *bytes, int64_t n);
/* Adds the header of an array. Errors: UNSUPPORTED for a type that NumPy does not have. */
bool rni_npy_write_header(rni_str *out, rn_dtype dtype, const rn_shape *shape);

#endif
