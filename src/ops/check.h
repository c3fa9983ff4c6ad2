/* Checks of arguments that functions have in common. */
#ifndef RNI_OPS_CHECK_H
#define RNI_OPS_CHECK_H

#include <rensa/op.h>

/* As rn_refuse, in `build`. Returns false. */
bool rni_refuse_call(const rn_call_info *c, rn_status status, const char *what, const char *rule);
/* The axis, 0 … rank-1, that `axis` names, negative ones counted from the end; -1 after a refusal. */
int rni_want_axis(rn_infer *f, int64_t axis, int rank);
/* Likewise in `build`. */
int rni_call_axis(const rn_call_info *c, int64_t axis, int rank);
/* As 0 … rank-1, where it has been checked already. */
static inline int rni_known_axis(int64_t axis, int rank)
{
    return (int)(axis < 0 ? axis + rank : axis);
}
/* Elements before, along and after an axis: a shape seen as [outer, size, inner]. */
typedef struct {
    int64_t outer, size, inner;
} rni_along;
rni_along rni_along_axis(const rn_shape *s, int axis);

#endif
