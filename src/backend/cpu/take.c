/* take and embed, which copy parts, and their gradients, which sort indices by the place that they name and add up the
 * parts of each place in their order; into zeros, or onto what is there. */
#include "backend/cpu/take.h"

#include "backend/cpu/lines.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 4096,    /* elements of a part that are added up at once */
    NARROW_SUMS = 64 /* parts that are added up in f32 before they go to f64 */
};

/* x [outer, size, inner] and y [outer, n, inner], with n indices of 0 … size - 1. */
typedef struct {
    const rn_view *x, *y, *indices;
    bool embed;
    int64_t outer, size, n, inner;
} picking;

static picking picking_of(const rn_kernel_call *c)
{
    const rn_take_opts *o = c->opts;
    const bool grad = strstr(c->op, "_grad") != NULL;
    picking p = { .embed = strncmp(c->op, "embed", 5) == 0 };
    p.x = grad ? &c->out[0] : &c->in[p.embed];
    p.y = grad ? &c->in[0] : &c->out[0];
    p.indices = &c->in[grad || !p.embed];
    const int axis = (int)(p.embed ? 0 : o->axis < 0 ? o->axis + p.x->rank : o->axis);
    const rni_line_layout l = rni_lines_along(p.x, axis, axis + 1);
    p.outer = l.outer;
    p.size = l.n;
    p.inner = l.inner;
    p.n = rni_view_count(p.indices);
    return p;
}

/* Which place each index names, -1 for an ignored one. False after reporting the first that is out of range. */
static bool find_places(rn_kernel_call *c, const picking *p, int64_t *place)
{
    const rn_take_opts *o = c->opts;
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    isa->move->load[RNI_CPU_I64][p->indices->dtype](place, p->indices->data, p->n);
    for (int64_t k = 0; k < p->n; k++) {
        const int64_t i = place[k];
        if (p->embed && o->ignore && i == o->ignore_label)
            place[k] = -1;
        else if (i < 0 && i >= -p->size && !p->embed)
            place[k] = i + p->size;
        else if (i < 0 || i >= p->size) {
            char at[RN_MAX_RANK * 22 + 3] = "";
            if (p->indices->rank) rni_cpu_place_text(p->indices, k, at, sizeof at);
            return c->fail(c, RN_ERR_ARG, "%s%s is %lld, but %s %lld", p->embed ? "x" : "indices", at, (long long)i,
                           p->embed ? "the number of rows of w is" : "the size of the axis of x is",
                           (long long)p->size);
        }
    }
    return true;
}

/* ---- take, embed ---- */

typedef struct {
    picking p;
    const int64_t *place;
    int64_t bytes; /* of a part */
} take_job;

static void take_part(void *user, int thread, int threads)
{
    const take_job *j = user;
    const picking *p = &j->p;
    int64_t from, to;
    rni_cpu_part(p->outer * p->n, thread, threads, &from, &to);
    for (; from < to; from++) {
        char *y = (char *)p->y->data + from * j->bytes;
        const int64_t place = j->place[from % p->n];
        if (place < 0)
            memset(y, 0, (size_t)j->bytes);
        else
            memcpy(y, (const char *)p->x->data + (from / p->n * p->size + place) * j->bytes, (size_t)j->bytes);
    }
}

bool rni_cpu_take_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    (void)state;
    *workspace = picking_of(c).n * (int64_t)sizeof(int64_t);
    return true;
}

bool rni_cpu_take_run(rn_kernel_call *c)
{
    take_job j = { .p = picking_of(c), .place = c->workspace };
    j.bytes = j.p.inner << rni_cpu_log_bytes(j.p.x->dtype);
    if (!find_places(c, &j.p, c->workspace)) return false;
    const double parts = (double)j.p.outer * (double)j.p.n;
    if (parts > 0) rni_cpu_parallel(rni_cpu_threads(c->device, parts * (5 + 0.05 * (double)j.bytes)), take_part, &j);
    return true;
}

/* ---- the gradients ---- */

const char *rni_cpu_take_grad_refuse(const rn_kernel_call *c)
{
    const rn_dtype d = c->out[0].dtype;
    return d == RN_F16 || d == RN_BF16 || d == RN_F32 || d == RN_F64 ? NULL : "no sums of this type";
}

enum { ROOMS = 4 };

/* Indices of place p: order[first[p]] … order[first[p + 1] - 1]. Then, for each thread, sums of a piece in both
 * precisions, a loaded piece, and a sum as it would be stored. */
typedef struct {
    picking p;
    const rn_view *onto; /* NULL: zeros */
    int64_t *first, *order;
    const rni_isa *isa;
    rni_cpu_compute compute;
    int64_t piece, room; /* elements; bytes of a thread */
    char *rooms;
} grad_job;

static grad_job grad_job_of(const rn_kernel_call *c)
{
    grad_job j = { .p = picking_of(c), .isa = ((const rni_cpu *)c->device)->isa };
    j.onto = c->n_in > 2 ? &c->in[2] : NULL;
    j.compute = rni_line_compute(j.p.x->dtype);
    j.piece = j.p.inner < PIECE ? j.p.inner : PIECE;
    j.room = ROOMS * rni_cpu_round_up(j.piece * 8, 64);
    j.first = c->workspace;
    j.order = j.first + rni_cpu_round_up(j.p.size + 2, 8);
    j.rooms = (char *)(j.order + rni_cpu_round_up(2 * j.p.n, 8));
    return j;
}

bool rni_cpu_take_grad_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    (void)state;
    const grad_job j = grad_job_of(c);
    *workspace = (int64_t)sizeof(int64_t) * (rni_cpu_round_up(j.p.size + 2, 8) + rni_cpu_round_up(2 * j.p.n, 8)) +
                 j.room * rni_cpu_max_threads(c->device);
    return true;
}

static bool sort_places(rn_kernel_call *c, const grad_job *j)
{
    int64_t *place = j->order + j->p.n;
    if (!find_places(c, &j->p, place)) return false;
    memset(j->first, 0, (size_t)(j->p.size + 2) * sizeof *j->first);
    for (int64_t k = 0; k < j->p.n; k++)
        if (place[k] >= 0) j->first[place[k] + 2]++;
    for (int64_t i = 1; i <= j->p.size; i++) j->first[i + 1] += j->first[i];
    for (int64_t k = 0; k < j->p.n; k++)
        if (place[k] >= 0) j->order[j->first[place[k] + 1]++] = k;
    return true;
}

static const char *part_at(const grad_job *j, int64_t outer, int64_t index, int64_t from)
{
    return (const char *)j->p.y->data +
           (((outer * j->p.n + index) * j->p.inner + from) << rni_cpu_log_bytes(j->p.y->dtype));
}

static char *place_at(const grad_job *j, const rn_view *v, int64_t outer, int64_t place, int64_t from)
{
    return (char *)v->data + (((outer * j->p.size + place) * j->p.inner + from) << rni_cpu_log_bytes(v->dtype));
}

/* n elements from `from` on of the sum of the parts of a place, of which there are some. */
static void add_up(const grad_job *j, char *room, char *to, int64_t outer, int64_t place, int64_t from, int64_t n)
{
    const rn_dtype d = j->p.x->dtype;
    const int64_t first = j->first[place], last = j->first[place + 1];
    if (last - first == 1) {
        memcpy(to, part_at(j, outer, j->order[first], from), (size_t)n << rni_cpu_log_bytes(d));
        return;
    }
    const rni_join *add = &j->isa->joins->join[j->compute][RN_JOIN_ADD];
    char *wide = room, *sum = room + j->room / ROOMS, *part = room + j->room / ROOMS * 2;
    memset(wide, 0, (size_t)n * 8);
    for (int64_t k = first; k < last; k++) {
        const char *g = part_at(j, outer, j->order[k], from);
        const bool starts = (k - first) % NARROW_SUMS == 0, same = d == RN_F32 || d == RN_F64;
        if (starts || !same) j->isa->move->load[j->compute][d](starts ? sum : part, g, n);
        if (!starts) add->columns(sum, same ? g : part, n, 1);
        if (k + 1 == last || (k + 1 - first) % NARROW_SUMS == 0) add->widen(wide, sum, n);
    }
    j->isa->move->store[RNI_CPU_F64][d](to, wide, n);
}

/* to = x + y, all of the type of the result */
static void add(const grad_job *j, char *room, char *to, const char *x, const char *y, int64_t n)
{
    const rn_dtype d = j->p.x->dtype;
    char *sum = room, *part = room + j->room / ROOMS;
    j->isa->move->load[j->compute][d](sum, x, n);
    j->isa->move->load[j->compute][d](part, y, n);
    j->isa->joins->join[j->compute][RN_JOIN_ADD].columns(sum, part, n, 1);
    j->isa->move->store[j->compute][d](to, sum, n);
}

static void fill(const grad_job *j, char *room, int64_t outer, int64_t place, int64_t from, int64_t n)
{
    char *to = place_at(j, j->p.x, outer, place, from), *sum = room + j->room / ROOMS * 3;
    const char *onto = j->onto ? place_at(j, j->onto, outer, place, from) : NULL;
    const bool any = j->first[place + 1] > j->first[place];
    const size_t bytes = (size_t)n << rni_cpu_log_bytes(j->p.x->dtype);
    if (any) add_up(j, room, onto ? sum : to, outer, place, from, n);
    if (any && onto)
        add(j, room, to, onto, sum, n);
    else if (!any && !onto)
        memset(to, 0, bytes);
    else if (!any && onto != to)
        memcpy(to, onto, bytes);
}

static void grad_part(void *user, int thread, int threads)
{
    const grad_job *j = user;
    const picking *p = &j->p;
    int64_t at, to;
    rni_cpu_part(p->outer * p->size, thread, threads, &at, &to);
    for (; at < to; at++)
        for (int64_t from = 0; from < p->inner; from += j->piece)
            fill(j, j->rooms + thread * j->room, at / p->size, at % p->size, from,
                 p->inner - from < j->piece ? p->inner - from : j->piece);
}

bool rni_cpu_take_grad_run(rn_kernel_call *c)
{
    grad_job j = grad_job_of(c);
    if (!sort_places(c, &j)) return false;
    const double elements = (double)(j.p.outer * (j.p.n + j.p.size)) * (double)j.p.inner;
    if (elements > 0) rni_cpu_parallel(rni_cpu_threads(c->device, elements * 0.15), grad_part, &j);
    return true;
}
