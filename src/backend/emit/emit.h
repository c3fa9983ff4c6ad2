/* From scalar programs to the text of kernels: what C and CUDA C have in common. Belongs to back ends: calls nothing of
 * the library. */
#ifndef RNI_BACKEND_EMIT_EMIT_H
#define RNI_BACKEND_EMIT_EMIT_H

#include <rensa/backend.h>

#include <stddef.h>

/* A text that grows; zeroed it is empty. After a failed allocation it stays `failed`. free(at). */
typedef struct rni_text {
    char *at;
    size_t length, room;
    bool failed;
} rni_text;
void rni_text_addf(rni_text *t, const char *fmt, ...) RN_PRINTF(2, 3);

/* Files of the sources as lines, ended by NULL. What texts begin with: op_<CODE> for one element of type T, by what a
 * program computes in; kernels/tile.h; device.inc.c. */
extern const char *const rni_emit_ops_f32[], *const rni_emit_ops_f64[], *const rni_emit_ops_i64[];
extern const char *const rni_emit_tile[], *const rni_emit_device[];
const char *const *rni_emit_ops(rn_dtype compute);

extern const char *const rni_code_names[RN_CODE_NUMBER];
extern const unsigned char rni_code_arity[RN_CODE_NUMBER];

/* A number as a whole one: truncated and clamped, 0 for NaN. */
static inline int64_t rni_whole(double number)
{
    return number != number ? 0 : number >= 0x1p63 ? INT64_MAX : number <= -0x1p63 ? INT64_MIN : (int64_t)number;
}

#endif
