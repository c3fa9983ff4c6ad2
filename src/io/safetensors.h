/* The header of a safetensors file, for loading it and for telling what it holds. */
#ifndef RNI_IO_SAFETENSORS_H
#define RNI_IO_SAFETENSORS_H

#include "io/element.h"

#include "base/json.h"

/* The format's own limit. */
#define RNI_SAFETENSORS_HEADER_MAX 100000000

typedef struct rni_safetensor {
    const char *name, *type;    /* borrowed from the tree */
    const rni_element *element; /* NULL for a type that rensa does not have */
    const rni_json *place;      /* for errors */
    rn_shape shape;             /* rank -1: more than RN_MAX_RANK axes */
    int64_t begin, end;         /* of its bytes, counted from the start of the file */
} rni_safetensor;

typedef struct rni_safetensors {
    rni_json *tree;
    const rni_json *metadata; /* an object of strings, or NULL */
    rni_safetensor *tensors;  /* in the order of the header */
    int64_t count;
} rni_safetensors;

/* Whether a file that begins with these n bytes and is file_bytes long can be one. */
bool rni_is_safetensors(const void *bytes, int64_t n, int64_t file_bytes);
/* Reads and checks the header: the tensors' bytes must fill the rest of the file without holes or overlaps. `head` are
 * the first n bytes of the file, which must include the header. Errors: FORMAT. Free in any case. */
bool rni_safetensors_read(const void *head, int64_t n, int64_t file_bytes, const char *source, rni_safetensors *out);
void rni_safetensors_free(rni_safetensors *s);

#endif
