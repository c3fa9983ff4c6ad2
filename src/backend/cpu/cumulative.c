/* Running sums and products of floats, in f64 as plain C has them: of one line at a time, or of neighbouring lines side
 * by side. */
#include "backend/cpu/cumulative.h"

#include "backend/cpu/lines.h"

#include <rensa/kernels.h>

#include <string.h>

enum { PIECE = 256 }; /* elements at once */

typedef struct {
    const rn_kernel_call *call;
    rni_line_layout lines;
    rni_convert_fn *load, *store;
    int64_t strips; /* pieces of neighbouring lines */
    bool product, exclusive, reverse;
} job;

const char *rni_cpu_cumulative_refuse(const rn_kernel_call *c)
{
    return rni_cpu_is_float(c->in[0].dtype) ? NULL : "only floats";
}

static char *place(const rn_view *v, int64_t element)
{
    return (char *)v->data + element * (1 << rni_cpu_log_bytes(v->dtype));
}

static void run_line(const job *j, int64_t first)
{
    const rn_kernel_call *c = j->call;
    const int64_t n = j->lines.n;
    double v[PIECE], sum = j->product;
    for (int64_t done = 0; done < n; done += PIECE) {
        const int64_t count = n - done < PIECE ? n - done : PIECE;
        const int64_t at = first + (j->reverse ? n - done - count : done);
        j->load(v, place(&c->in[0], at), count);
        for (int64_t i = 0; i < count; i++) {
            double *const one = &v[j->reverse ? count - 1 - i : i], before = sum;
            sum = j->product ? sum * *one : sum + *one;
            *one = j->exclusive ? before : sum;
        }
        j->store(place(&c->out[0], at), v, count);
    }
}

static void run_strip(const job *j, int64_t first, int64_t width)
{
    const rn_kernel_call *c = j->call;
    double v[PIECE], sum[PIECE];
    for (int64_t i = 0; i < width; i++) sum[i] = j->product;
    for (int64_t k = 0; k < j->lines.n; k++) {
        const int64_t at = first + (j->reverse ? j->lines.n - 1 - k : k) * j->lines.inner;
        if (j->exclusive) j->store(place(&c->out[0], at), sum, width);
        j->load(v, place(&c->in[0], at), width);
        for (int64_t i = 0; i < width; i++) sum[i] = j->product ? sum[i] * v[i] : sum[i] + v[i];
        if (!j->exclusive) j->store(place(&c->out[0], at), sum, width);
    }
}

static void run_part(void *user, int thread, int threads)
{
    const job *j = user;
    const rni_line_layout *l = &j->lines;
    int64_t task, last;
    rni_cpu_part(l->outer * j->strips, thread, threads, &task, &last);
    for (; task < last; task++) {
        const int64_t column = task % j->strips * PIECE, first = task / j->strips * l->n * l->inner + column;
        if (l->inner == 1)
            run_line(j, first);
        else
            run_strip(j, first, l->inner - column < PIECE ? l->inner - column : PIECE);
    }
}

bool rni_cpu_cumulative_run(rn_kernel_call *c)
{
    const rn_cumulative_opts *o = c->opts;
    const rn_view *x = &c->in[0];
    const rni_moves *move = ((const rni_cpu *)c->device)->isa->move;
    const int axis = (int)(o->axis < 0 ? o->axis + x->rank : o->axis);
    job j = { .call = c,
              .lines = rni_lines_along(x, axis, axis + 1),
              .load = move->load[RNI_CPU_F64][x->dtype],
              .store = move->store[RNI_CPU_F64][x->dtype],
              .product = strcmp(c->op, "cumprod") == 0,
              .exclusive = o->exclusive,
              .reverse = o->reverse };
    j.strips = (j.lines.inner + PIECE - 1) / PIECE;
    const int64_t count = rni_view_count(x);
    if (count > 0) rni_cpu_parallel(rni_cpu_threads(c->device, 1.5 * (double)count), run_part, &j);
    return true;
}
