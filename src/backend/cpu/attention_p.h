/* What the kernels of attention share, whatever their type: sizes, blocks of rows, and what a row sees. */
#ifndef RNI_BACKEND_CPU_ATTENTION_P_H
#define RNI_BACKEND_CPU_ATTENTION_P_H

#include "backend/cpu/attention.h"
#include "backend/cpu/cpu.h"

enum { RNI_ATTENTION_ROWS = 64 }; /* of a block */
/* Inputs; attention has the first three. */
enum {
    RNI_ATTENTION_Q,
    RNI_ATTENTION_K,
    RNI_ATTENTION_V,
    RNI_ATTENTION_GY,
    RNI_ATTENTION_DELTA,
    RNI_ATTENTION_LSE,
    RNI_ATTENTION_OPERANDS
};

typedef struct {
    int64_t batches, t, s, d, e;
    int64_t blocks; /* of a batch */
} rni_attention_sizes;

/* Some rows of a batch, and the columns that the last of them sees. */
typedef struct {
    int64_t batch, first, rows, columns;
} rni_attention_block;

bool rni_attention_has_gradient(const rn_kernel_call *c);
/* Why operands of that type are not taken; NULL if they are. */
const char *rni_attention_refuse(const rn_kernel_call *c, rn_dtype dtype);
/* Why products cannot read operands as they lie. */
const char *rni_attention_refuse_strides(const rn_kernel_call *c);
void rni_attention_measure(const rn_kernel_call *c, rni_attention_sizes *n);
/* Threads for tasks of pairs of positions that take `each` nanoseconds, the gradient more. */
int rni_attention_threads(const rn_kernel_call *c, const rni_attention_sizes *n, double each);
double rni_attention_scale(const rn_kernel_call *c);
/* How many positions row t sees. */
int64_t rni_attention_seen(const rn_kernel_call *c, const rni_attention_sizes *n, int64_t t);
void rni_attention_enter(const rn_kernel_call *c, const rni_attention_sizes *n, int64_t batch, int64_t block,
                         rni_attention_block *b);
/* Row `row` of a batch; the last `inner` axes of v are those of a batch. */
void *rni_attention_row(const rn_view *v, int inner, int64_t batch, int64_t row);
/* Zeros in the rows of a block. */
void rni_attention_clear(const rn_view *v, const rni_attention_block *b);

#endif
