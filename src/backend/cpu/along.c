/* take_along_axis where x and indices have the same lines. */
#include "backend/cpu/along.h"

#include "backend/cpu/lines.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdatomic.h>
#include <string.h>

enum { PIECE = 256 }; /* indices at once */

/* x [outer, n, inner], indices and y [outer, size, inner]. */
typedef struct {
    const rn_kernel_call *call;
    rni_line_layout x;
    int64_t size;
    atomic_bool failed;
} job;

static int axis_of(const rn_kernel_call *c)
{
    const int64_t axis = ((const rn_along_opts *)c->opts)->axis;
    return (int)(axis < 0 ? axis + c->in[0].rank : axis);
}

const char *rni_cpu_take_along_refuse(const rn_kernel_call *c)
{
    for (int i = 0; i < c->in[0].rank; i++)
        if (i != axis_of(c) && c->in[0].dim[i] != c->in[1].dim[i]) return "lines that are repeated";
    return NULL;
}

/* Indices of n elements from `at` on as places 0 … size - 1; false if one is none. */
static bool find_places(const job *j, int64_t at, int64_t n, int64_t *place)
{
    const rn_view *indices = &j->call->in[1];
    const rni_isa *isa = ((const rni_cpu *)j->call->device)->isa;
    const char *from = (const char *)indices->data + (at << rni_cpu_log_bytes(indices->dtype));
    bool right = true;
    isa->move->load[RNI_CPU_I64][indices->dtype](place, from, n);
    for (int64_t i = 0; i < n; i++) {
        place[i] += place[i] < 0 ? j->x.n : 0;
        right &= place[i] >= 0 && place[i] < j->x.n;
    }
    return right;
}

static inline __attribute__((always_inline)) void pick(const job *j, int64_t at, int64_t n, const int64_t *place,
                                                       size_t bytes)
{
    const char *x = j->call->in[0].data;
    char *y = (char *)j->call->out[0].data + at * (int64_t)bytes;
    const int64_t inner = j->x.inner, line = j->size * inner;
    int64_t column = at % inner, left = line - at % line, start = at / line * j->x.n * inner;
    for (int64_t i = 0; i < n; i++) {
        memcpy(y + i * (int64_t)bytes, x + (start + place[i] * inner + column) * (int64_t)bytes, bytes);
        column = column + 1 == inner ? 0 : column + 1;
        if (--left > 0) continue;
        left = line;
        start += j->x.n * inner;
    }
}

static void run_part(void *user, int thread, int threads)
{
    job *j = user;
    int64_t at, last, place[PIECE];
    rni_cpu_part(rni_view_count(&j->call->out[0]), thread, threads, &at, &last);
    for (int64_t n; at < last; at += n) {
        n = last - at < PIECE ? last - at : PIECE;
        if (!find_places(j, at, n, place)) {
            atomic_store(&j->failed, true);
            return;
        }
        switch (rni_cpu_log_bytes(j->call->in[0].dtype)) {
        case 0:
            pick(j, at, n, place, 1);
            break;
        case 1:
            pick(j, at, n, place, 2);
            break;
        case 2:
            pick(j, at, n, place, 4);
            break;
        default:
            pick(j, at, n, place, 8);
        }
    }
}

/* Names the first index that is out of range. */
static bool report(rn_kernel_call *c, const job *j)
{
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    const rn_view *indices = &c->in[1];
    int64_t at = 0, place, index;
    char text[RN_MAX_RANK * 22 + 3];
    while (find_places(j, at, 1, &place)) at++;
    isa->move->load[RNI_CPU_I64][indices->dtype](
        &index, (const char *)indices->data + (at << rni_cpu_log_bytes(indices->dtype)), 1);
    rni_cpu_place_text(indices, at, text, sizeof text);
    return c->fail(c, RN_ERR_ARG, "indices%s is %lld, but the size of the axis of x is %lld", text, (long long)index,
                   (long long)j->x.n);
}

bool rni_cpu_take_along_run(rn_kernel_call *c)
{
    const int axis = axis_of(c);
    job j = { .call = c, .x = rni_lines_along(&c->in[0], axis, axis + 1), .size = c->in[1].dim[axis] };
    const int64_t count = rni_view_count(&c->out[0]);
    if (count > 0) rni_cpu_parallel(rni_cpu_threads(c->device, 1.5 * (double)count), run_part, &j);
    return !atomic_load(&j.failed) || report(c, &j);
}
