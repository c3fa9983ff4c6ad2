/* Index tensors: reading them, and refusing what is out of range. */
#ifndef RNI_OPS_INDEX_POSITION_H
#define RNI_OPS_INDEX_POSITION_H

#include <rensa/op.h>

/* Refuses unless input `input` is of an integer type. */
bool rni_want_index(rn_infer *f, int input);
/* Element of an integer view at coordinates `at`. */
int64_t rni_index_value(const rn_view *v, const int64_t *at);
/* Turns an index into a position, 0 … size-1, counting negative ones from the end if `wrap`; false if there is none. */
static inline bool rni_index_place(int64_t index, int64_t size, bool wrap, int64_t *place)
{
    *place = index < 0 && wrap ? index + size : index;
    return *place >= 0 && *place < size;
}
/* Fails the call: input `name`, at coordinates `at`, asks for an element that an axis of that size does not have.
 * `what` is the rest of the sentence "indices[1, 2] is 7, but …". Returns false. */
bool rni_index_fail(rn_kernel_call *c, const char *name, const rn_view *v, const int64_t *at, const char *what,
                    int64_t size);

#endif
