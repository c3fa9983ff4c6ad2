/* Element types as files name and store them, and tensors made from stored bytes. */
#ifndef RNI_IO_ELEMENT_H
#define RNI_IO_ELEMENT_H

#include <rensa/base.h>
#include <stdatomic.h>

#include "base/file.h"

typedef enum rni_widen { RNI_AS_IT_IS, RNI_WIDEN_U16, RNI_WIDEN_U32, RNI_WIDEN_U64 } rni_widen;

/* A type of a file: its names in NumPy (kind and bytes) and in safetensors, and the type that it is read as. */
typedef struct rni_element {
    const char *npy, *safetensors;
    rn_dtype dtype;
    int bytes; /* stored */
    rni_widen widen;
} rni_element;

const rni_element *rni_element_by_npy(const char *name);         /* NULL where there is none */
const rni_element *rni_element_by_safetensors(const char *name); /* NULL where there is none */
const rni_element *rni_element_by_dtype(rn_dtype dtype);

/* Bytes that tensors look into: memory or a mapped file, freed with the last of them. */
typedef struct rni_blob {
    atomic_int users;
    void *memory;
    rni_map map;
} rni_blob;
rni_blob *rni_blob_of_memory(void *memory); /* takes it over, also on failure */
rni_blob *rni_blob_of_map(rni_map *map);    /* takes it over, also on failure */
void rni_blob_drop(rni_blob *blob);         /* NULL is fine */

typedef struct rni_stored {
    const rni_element *element;
    const void *data; /* inside the blob, at any alignment */
    rni_blob *blob;
    rn_shape shape; /* checked: count * element->bytes is the size of data */
    bool swapped;   /* stored in the other byte order */
    bool fortran;   /* the first axis varies fastest */
} rni_stored;

/* A tensor of what is stored: a view of the blob where nothing has to be changed, else a copy. Scoped. Errors: FORMAT
 * where a number does not fit. */
rn_tensor *rni_stored_tensor(const rn_site *site, const rni_stored *s);

#endif
