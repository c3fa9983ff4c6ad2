/* softmax, log_softmax and their gradients: one block for each line. */
#include "backend/cuda/cuda.h"
#include "backend/cuda/kernels.h"
#include "backend/cuda/program.h"
#include "backend/emit/cuda.h"

#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum { THREADS = 256 };

/* As in kernels/softmax.cu. */
typedef struct {
    int64_t n, step;
    const void *in[2];
    void *out;
} lines;

typedef struct {
    void *function;
    int64_t count;
    lines l;
} softmax_state;

static lines lines_of(const rn_kernel_call *c, int64_t *count)
{
    const rn_axis_opts *o = c->opts;
    const rn_view *x = &c->in[0];
    const int axis = (int)(o->axis < 0 ? o->axis + x->rank : o->axis);
    lines l = { .n = x->dim[axis], .step = 1 };
    *count = 1;
    for (int k = 0; k < x->rank; k++) {
        if (k > axis) l.step *= x->dim[k];
        if (k != axis) *count *= x->dim[k];
    }
    return l;
}

/* Lines that lie across each other are read faster by the kernels that the function is made of otherwise. */
const char *rni_cuda_softmax_refuse(const rn_kernel_call *c)
{
    const rni_cuda *d = c->device;
    int64_t count;
    if (!d->nvrtc) return "NVRTC is not installed";
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].dtype != c->out[0].dtype) return "types of operands differ";
    if (!rni_cuda_float_name(c->out[0].dtype)) return "no floats";
    return lines_of(c, &count).step > 1 || count > INT32_MAX ? "lines along the last axis only" : NULL;
}

static const char *kind_of(const char *op)
{
    const bool is_log = strncmp(op, "log_", 4) == 0, is_grad = strstr(op, "_grad") != NULL;
    return is_log ? (is_grad ? "LOG_SOFTMAX_GRAD" : "LOG_SOFTMAX") : is_grad ? "SOFTMAX_GRAD" : "SOFTMAX";
}

bool rni_cuda_softmax_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    const rn_dtype type = c->out[0].dtype;
    const char *name = rni_cuda_float_name(type);
    rni_text text = { 0 };
    softmax_state *s = calloc(1, sizeof *s);
    (void)workspace;
    if (!s) return c->fail(c, RN_ERR_NOMEM, "no memory");
    s->l = lines_of(c, &s->count);
    rni_emit_cuda_start(&text, type == RN_F64 ? RN_F64 : RN_F32, false);
    rni_text_addf(&text, "#define LOAD load_%s\n#define STORE store_%s\n#define KIND %s\n", name, name, kind_of(c->op));
    rni_emit_cuda_lines(&text, rni_cuda_softmax_text);
    s->function = rni_cuda_program(c, &text, "lines");
    free(text.at);
    *state = s;
    if (s->function) return true;
    *state = NULL;
    free(s);
    return false;
}

bool rni_cuda_softmax_run(rn_kernel_call *c)
{
    const softmax_state *s = c->state;
    lines l = s->l;
    if (s->count == 0 || l.n == 0) return true;
    for (int i = 0; i < c->n_in; i++) l.in[i] = c->in[i].data;
    l.out = c->out[0].data;
    return rni_cuda_launch(c, s->function, s->count, 1, THREADS, &l);
}
