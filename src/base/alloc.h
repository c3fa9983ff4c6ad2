/* Counted host memory. All of the library's own structures come from here; tensors' contents come from device pools. */
#ifndef RNI_BASE_ALLOC_H
#define RNI_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed memory, or NULL with RN_ERR_NOMEM pending. A size of 0 gives a pointer that may be freed. */
void *rni_alloc(int64_t bytes);
/* As rni_alloc but with unspecified contents. */
void *rni_alloc_raw(int64_t bytes);
/* Grows or shrinks; what is added is not zeroed. On failure p stays as it was. */
void *rni_realloc(void *p, int64_t bytes);
void rni_free(void *p);
/* For memory that is kept instead of freed: blocks set aside count as freed, and one that is used again as allocated,
 * which may be told to fail. */
void rni_alloc_set_aside(int64_t blocks);
bool rni_alloc_again(int64_t bytes);
char *rni_strdup(const char *s);
char *rni_strndup(const char *s, int64_t n);

/* Makes room for one more element in a growing array: returns the (moved) array or NULL with an error pending. */
void *rni_grow(void *array, int64_t count, int64_t *capacity, int64_t element_bytes);

/* a * b and a + b, false on overflow or a negative operand. */
bool rni_mul_i64(int64_t a, int64_t b, int64_t *out);
bool rni_add_i64(int64_t a, int64_t b, int64_t *out);

/* Blocks that are allocated and not yet freed, and all calls so far. */
int64_t rni_alloc_live(void);
int64_t rni_alloc_calls(void);
/* Lets the n-th allocation from now fail (1 is the next), counted over all threads; 0 switches that off. Device pools
 * ask rni_alloc_should_fail, so that tensors' contents take part. */
void rni_alloc_fail_after(int64_t n);
bool rni_alloc_should_fail(void);

#endif
