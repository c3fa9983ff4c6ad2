/* Functions that only move elements: concat, pad with one value, as_strided_grad of places that do not meet. */
#include "backend/cpu/copy.h"

#include "backend/cpu/space.h"

#include <rensa/kernels.h>

#include <string.h>

typedef struct {
    const rni_isa *isa;
    int log_bytes, rank;
    int64_t count, dim[RN_MAX_RANK], stride[2][RN_MAX_RANK]; /* of the target, of the source */
    char *to;
    const char *from;
} job;

static void copy_row(const job *j, char *to, const char *from, int64_t n)
{
    const int64_t step_to = j->stride[0][j->rank - 1], step_from = j->stride[1][j->rank - 1];
    if (step_to == 1 && step_from == 1)
        memcpy(to, from, (size_t)n << j->log_bytes);
    else if (step_to == 1)
        j->isa->move->gather[j->log_bytes](to, from, step_from, n);
    else if (step_from == 1)
        j->isa->move->scatter[j->log_bytes](to, from, step_to, n);
    else
        for (int64_t i = 0; i < n; i++)
            memcpy(to + i * step_to * (1 << j->log_bytes), from + i * step_from * (1 << j->log_bytes),
                   1u << j->log_bytes);
}

static void copy_part(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t at, last, row_at[RN_MAX_RANK];
    rni_cpu_part(j->count, thread, threads, &at, &last);
    const int inner = j->rank - 1;
    for (int64_t rest = at, i = inner; i >= 0; rest /= j->dim[i--]) row_at[i] = rest % j->dim[i];
    while (at < last) {
        const int64_t left = j->dim[inner] - row_at[inner], n = left < last - at ? left : last - at;
        int64_t to = 0, from = 0;
        for (int i = 0; i <= inner; i++) {
            to += row_at[i] * j->stride[0][i];
            from += row_at[i] * j->stride[1][i];
        }
        copy_row(j, j->to + to * (1 << j->log_bytes), j->from + from * (1 << j->log_bytes), n);
        at += n;
        row_at[inner] += n;
        for (int i = inner; i > 0 && row_at[i] == j->dim[i]; i--) {
            row_at[i] = 0;
            row_at[i - 1]++;
        }
    }
}

/* Elements of two views of one shape and type; those of `to` are all in different places. */
static void copy(const rn_kernel_call *c, const rn_view *to, const rn_view *from)
{
    const rni_cpu *cpu = c->device;
    const rn_view *const views[] = { to, from };
    job j = { .isa = cpu->isa,
              .log_bytes = rni_cpu_log_bytes(to->dtype),
              .count = rni_view_count(to),
              .to = to->data,
              .from = from->data };
    if (j.count == 0) return;
    rni_collapse(2, views, &j.rank, j.dim, j.stride);
    const bool dense = j.stride[0][j.rank - 1] == 1 && j.stride[1][j.rank - 1] == 1;
    const double rows = (double)(j.count / j.dim[j.rank - 1]);
    rni_cpu_parallel(rni_cpu_threads(cpu, rows * 5 + (double)j.count * (dense ? 0.1 : 1)), copy_part, &j);
}

static void shift(rn_view *v, int64_t elements)
{
    v->data = (char *)v->data + elements * (1 << rni_cpu_log_bytes(v->dtype));
}

bool rni_cpu_concat_run(rn_kernel_call *c)
{
    rn_view part = c->out[0];
    const int64_t asked = ((const rn_axis_opts *)c->opts)->axis;
    const int axis = (int)(asked < 0 ? asked + part.rank : asked);
    for (int i = 0; i < c->n_in; i++) {
        part.dim[axis] = c->in[i].dim[axis];
        copy(c, &part, &c->in[i]);
        shift(&part, part.dim[axis] * part.stride[axis]);
    }
    return true;
}

/* All elements of a contiguous view to one value. */
static void fill(const rn_kernel_call *c, const rn_view *v, double value)
{
    const rni_moves *move = ((const rni_cpu *)c->device)->isa->move;
    int64_t one = 0;
    move->store[RNI_CPU_F64][v->dtype](&one, &value, 1);
    move->fill[rni_cpu_log_bytes(v->dtype)](v->data, &one, rni_view_count(v));
}

const char *rni_cpu_pad_refuse(const rn_kernel_call *c)
{
    return ((const rn_pad_opts *)c->opts)->mode == 0 ? NULL : "only with one value";
}

bool rni_cpu_pad_run(rn_kernel_call *c)
{
    const rn_pad_opts *o = c->opts;
    rn_view inner = c->out[0];
    fill(c, &inner, o->value);
    for (int a = 0; a < inner.rank; a++) {
        inner.dim[a] = c->in[0].dim[a];
        shift(&inner, o->before[a] * inner.stride[a]);
    }
    copy(c, &inner, &c->in[0]);
    return true;
}

static int64_t size_of(int64_t v)
{
    return v < 0 ? -v : v;
}

/* Each axis, from the shortest stride on, must step over all that the axes before it reach. */
const char *rni_cpu_as_strided_grad_refuse(const rn_kernel_call *c)
{
    const rn_strided_opts *o = c->opts;
    const rn_view *g = &c->in[0];
    int64_t reach = 0;
    if (rni_view_count(g) == 0) return NULL;
    for (uint32_t left = (1u << g->rank) - 1; left;) {
        int next = -1;
        for (int a = 0; a < g->rank; a++)
            if (left >> a & 1 && (next < 0 || size_of(o->strides[a]) < size_of(o->strides[next]))) next = a;
        left &= ~(1u << next);
        if (g->dim[next] == 1) continue;
        if (size_of(o->strides[next]) <= reach) return "places that may meet";
        reach += (g->dim[next] - 1) * size_of(o->strides[next]);
    }
    return NULL;
}

bool rni_cpu_as_strided_grad_run(rn_kernel_call *c)
{
    const rn_strided_opts *o = c->opts;
    rn_view places = c->in[0];
    fill(c, &c->out[0], 0);
    memcpy(places.stride, o->strides, sizeof places.stride);
    places.data = c->out[0].data;
    shift(&places, o->offset);
    copy(c, &places, &c->in[0]);
    return true;
}
