/* Products of matrices by a kernel of our own, for operands as they lie. */
#include "backend/cuda/axes.h"
#include "backend/cuda/cuda.h"
#include "backend/cuda/kernels.h"
#include "backend/cuda/program.h"
#include "backend/emit/cuda.h"

#include <rensa/kernels.h>

#include <stdlib.h>

enum { TILE = 64, THREADS = 256, GRID_Y = 65535 };

/* As in kernels/matmul.cu. */
typedef struct {
    int64_t m, n, k, am, ak, bk, bn, tiles_n, batches, rank, dim[RN_MAX_RANK], a_stride[RN_MAX_RANK],
        b_stride[RN_MAX_RANK];
    const void *a, *b, *bias;
    void *y;
} product;

typedef struct {
    void *function;
    product p;
} matmul_state;

const char *rni_cuda_matmul_refuse(const rn_kernel_call *c)
{
    const rni_cuda *d = c->device;
    if (!d->nvrtc) return "NVRTC is not installed";
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].dtype && c->in[i].dtype != c->out[0].dtype) return "types of operands differ";
    return rni_cuda_float_name(c->out[0].dtype) ? NULL : "no product of whole numbers";
}

/* Takes over s. */
static bool compile(rn_kernel_call *c, matmul_state *s, void **state)
{
    const rn_dtype type = c->out[0].dtype;
    const char *name = rni_cuda_float_name(type);
    rni_text text = { 0 };
    rni_emit_cuda_start(&text, type == RN_F64 ? RN_F64 : RN_F32, false);
    rni_text_addf(&text, "#define LOAD load_%s\n#define STORE store_%s\n#define MULTIPLY_ADD %s\n", name, name,
                  type == RN_F64 ? "fma" : "fmaf");
    rni_emit_cuda_lines(&text, rni_cuda_matmul_text);
    s->function = rni_cuda_program(c, &text, "product");
    free(text.at);
    *state = s;
    if (s->function) return true;
    free(s);
    *state = NULL;
    return false;
}

static void set_tiles(product *p)
{
    p->tiles_n = (p->n + TILE - 1) / TILE;
}

/* Batch axes of the result, with the strides that each operand has there: 0 where it is repeated. */
static void set_batches(product *p, const rn_kernel_call *c)
{
    const rn_view *y = &c->out[0];
    rni_cuda_axes axes = { .operands = 2 };
    p->batches = 1;
    for (int k = 0; k < y->rank - 2; k++) {
        int64_t stride[2];
        for (int i = 0; i < 2; i++) {
            const int at = k - (y->rank - c->in[i].rank);
            stride[i] = at >= 0 && c->in[i].dim[at] != 1 ? c->in[i].stride[at] : 0;
        }
        rni_cuda_axes_add(&axes, y->dim[k], stride);
        p->batches *= y->dim[k];
    }
    p->rank = axes.rank;
    for (int k = 0; k < axes.rank; k++) {
        p->dim[k] = axes.dim[k];
        p->a_stride[k] = axes.stride[0][k];
        p->b_stride[k] = axes.stride[1][k];
    }
}

bool rni_cuda_matmul_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    const rn_matmul_opts *o = c->opts;
    const rn_view *a = &c->in[0], *b = &c->in[1], *y = &c->out[0];
    const int am = a->rank - (o->trans_a ? 1 : 2), ak = a->rank - (o->trans_a ? 2 : 1);
    const int bk = b->rank - (o->trans_b ? 1 : 2), bn = b->rank - (o->trans_b ? 2 : 1);
    matmul_state *s = calloc(1, sizeof *s);
    (void)workspace;
    if (!s) return c->fail(c, RN_ERR_NOMEM, "no memory");
    s->p = (product){ .m = y->dim[y->rank - 2],
                      .n = y->dim[y->rank - 1],
                      .k = a->dim[ak],
                      .am = a->stride[am],
                      .ak = a->stride[ak],
                      .bk = b->stride[bk],
                      .bn = b->stride[bn] };
    set_tiles(&s->p);
    set_batches(&s->p, c);
    return compile(c, s, state);
}

/* y = x w' + b, rows of x and w one after the other. */
bool rni_cuda_linear_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    const int64_t features = c->in[1].dim[1], units = c->in[1].dim[0];
    matmul_state *s = calloc(1, sizeof *s);
    (void)workspace;
    if (!s) return c->fail(c, RN_ERR_NOMEM, "no memory");
    s->p =
        (product){ .m = 1, .n = units, .k = features, .am = features, .ak = 1, .bk = 1, .bn = features, .batches = 1 };
    for (int i = 0; i < c->out[0].rank - 1; i++) s->p.m *= c->out[0].dim[i];
    set_tiles(&s->p);
    return compile(c, s, state);
}

bool rni_cuda_matmul_run(rn_kernel_call *c)
{
    const matmul_state *s = c->state;
    product p = s->p;
    const int64_t tiles = (p.m + TILE - 1) / TILE * p.tiles_n;
    if (tiles == 0 || p.batches == 0) return true;
    p.a = c->in[0].data;
    p.b = c->in[1].data;
    p.bias = c->n_in > 2 && c->in[2].dtype ? c->in[2].data : NULL;
    p.y = c->out[0].data;
    return rni_cuda_launch(c, s->function, tiles, p.batches < GRID_Y ? p.batches : GRID_Y, THREADS, &p);
}
