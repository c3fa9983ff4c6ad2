/* softmax, log_softmax, their gradients, and the loss of classification: a line at a time. */
#include "backend/cpu/softmax.h"

#include "backend/cpu/lines.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

typedef struct row row;

typedef struct {
    const row *row;
    rni_line_layout lines;
    rni_cpu_compute compute;
    const rni_lines *kernels;
    int threads;
    int64_t room; /* bytes of a line in the workspace */
} state;

typedef struct {
    rn_kernel_call *call;
    const state *st;
    const rni_isa *isa;
    char *scratch;
    int64_t line;
} job;

struct row {
    const char *op;
    bool (*run)(const job *j);
    int lines_in, lines_out;
    double cost; /* nanoseconds per element */
};

static const void *load(const job *j, int input)
{
    return rni_line_load(j->isa, j->st->compute, &j->call->in[input], &j->st->lines, j->line,
                         j->scratch + input * j->st->room);
}

static char *result_room(const job *j)
{
    return j->scratch + j->st->row->lines_in * j->st->room;
}

static void *place(const job *j)
{
    return rni_line_place(j->st->compute, &j->call->out[0], &j->st->lines, j->line, result_room(j));
}

static bool store(const job *j)
{
    rni_line_store(j->isa, j->st->compute, &j->call->out[0], &j->st->lines, j->line, result_room(j));
    return true;
}

static bool softmax(const job *j)
{
    j->st->kernels->softmax(place(j), load(j, 0), j->st->lines.n, 1);
    return store(j);
}

static bool log_softmax(const job *j)
{
    double m;
    const void *x = load(j, 0);
    const double log_sum = j->st->kernels->log_sum(x, j->st->lines.n, &m);
    j->st->kernels->affine(place(j), x, j->st->lines.n, m, 1, -log_sum);
    return store(j);
}

static bool softmax_grad(const job *j)
{
    j->st->kernels->softmax_grad(place(j), load(j, 0), load(j, 1), j->st->lines.n);
    return store(j);
}

static bool log_softmax_grad(const job *j)
{
    j->st->kernels->log_softmax_grad(place(j), load(j, 0), load(j, 1), j->st->lines.n);
    return store(j);
}

/* ---- labels ---- */

static double number_at(const job *j, const rn_view *v, int64_t i)
{
    double number;
    j->isa->move->load[RNI_CPU_F64][v->dtype](&number, (const char *)v->data + (i << rni_cpu_log_bytes(v->dtype)), 1);
    return number;
}

/* The label of the line; -1 if it does not count, -2 if it is out of range. */
static int64_t label_of(const job *j)
{
    const rn_view *t = &j->call->in[1];
    int64_t label;
    j->isa->move->load[RNI_CPU_I64][t->dtype](&label, (const char *)t->data + (j->line << rni_cpu_log_bytes(t->dtype)),
                                              1);
    if (label == ((const rn_label_opts *)j->call->opts)->ignore) return -1;
    return label >= 0 && label < j->st->lines.n ? label : -2;
}

static double weight_of(const job *j, int input, int64_t label)
{
    const rn_kernel_call *c = j->call;
    return c->n_in > input && c->in[input].dtype ? number_at(j, &c->in[input], label) : 1;
}

static void store_number(const job *j, double number)
{
    const rn_view *y = &j->call->out[0];
    j->isa->move->store[RNI_CPU_F64][y->dtype]((char *)y->data + (j->line << rni_cpu_log_bytes(y->dtype)), &number, 1);
}

static bool nll(const job *j)
{
    const int64_t label = label_of(j);
    if (label == -2) return false;
    if (label == -1) {
        store_number(j, 0);
        return true;
    }
    double m, at;
    const char *x = load(j, 0);
    const double log_sum = j->st->kernels->log_sum(x, j->st->lines.n, &m);
    j->isa->move->load[RNI_CPU_F64][j->st->compute == RNI_CPU_F64 ? RN_F64 : RN_F32](
        &at, x + label * rni_line_bytes(j->st->compute), 1);
    store_number(j, (log_sum + m - at) * weight_of(j, 2, label));
    return true;
}

static bool nll_grad(const job *j)
{
    const int64_t label = label_of(j), n = j->st->lines.n;
    const double w = label == -1 ? 0 : weight_of(j, 3, label), factor = w * number_at(j, &j->call->in[2], j->line);
    void *gx = place(j);
    if (w == 0) {
        if (n > 0) memset(gx, 0, (size_t)(n * rni_line_bytes(j->st->compute)));
    } else {
        j->st->kernels->softmax(gx, load(j, 0), n, factor);
        if (j->st->compute == RNI_CPU_F64)
            ((double *)gx)[label] -= factor;
        else
            ((float *)gx)[label] -= (float)factor;
    }
    return store(j);
}

/* ---- the rows ---- */

static const row rows[] = {
    { "softmax", softmax, 1, 1, 0.7 },           { "log_softmax", log_softmax, 1, 1, 0.7 },
    { "softmax_grad", softmax_grad, 2, 1, 0.3 }, { "log_softmax_grad", log_softmax_grad, 2, 1, 0.6 },
    { "softmax_nll", nll, 1, 0, 0.5 },           { "softmax_nll_grad", nll_grad, 1, 1, 0.7 },
};

static const row *row_of(const char *op)
{
    const row *r = rows;
    while (strcmp(r->op, op) != 0) r++;
    return r;
}

static bool has_labels(const rn_kernel_call *c)
{
    return strncmp(c->op, "softmax_nll", 11) == 0;
}

bool rni_cpu_softmax_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    const rni_cpu *cpu = c->device;
    state *st = calloc(1, sizeof *st);
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    const rn_view *x = &c->in[0];
    const int64_t asked = has_labels(c) ? 1 : ((const rn_axis_opts *)c->opts)->axis;
    const int axis = (int)(asked < 0 ? asked + x->rank : asked);
    st->row = row_of(c->op);
    st->lines = rni_lines_along(x, axis, axis + 1);
    st->compute = rni_line_compute(x->dtype);
    st->kernels = &cpu->isa->lines[st->compute];
    st->room = rni_line_room(&st->lines);
    const int64_t lines = rni_line_count(&st->lines);
    const int threads = rni_cpu_threads(cpu, (double)lines * (20 + (double)st->lines.n * st->row->cost));
    st->threads = threads < lines ? threads : lines > 0 ? (int)lines : 1;
    *workspace = st->room * (st->row->lines_in + st->row->lines_out) * st->threads;
    *out = st;
    return true;
}

static void run_lines(void *user, int thread, int threads)
{
    rn_kernel_call *c = user;
    const state *st = c->state;
    int64_t last;
    job j = { .call = c,
              .st = st,
              .isa = ((const rni_cpu *)c->device)->isa,
              .scratch = (char *)c->workspace + st->room * (st->row->lines_in + st->row->lines_out) * thread };
    rni_cpu_part(rni_line_count(&st->lines), thread, threads, &j.line, &last);
    for (; j.line < last; j.line++) st->row->run(&j);
}

/* Reports the first label that is out of range. */
static bool check_labels(rn_kernel_call *c)
{
    const state *st = c->state;
    const rn_view *t = &c->in[1];
    job j = { .call = c, .st = st, .isa = ((const rni_cpu *)c->device)->isa };
    for (const int64_t n = rni_line_count(&st->lines); j.line < n; j.line++) {
        if (label_of(&j) != -2) continue;
        char place[RN_MAX_RANK * 22 + 3];
        rni_cpu_place_text(t, j.line, place, sizeof place);
        return c->fail(
            c, RN_ERR_ARG,
            "label %lld at %s of t is out of range\n  expect  0 <= label < %lld, or %lld where it does not count",
            (long long)number_at(&j, t, j.line), place, (long long)st->lines.n,
            (long long)((const rn_label_opts *)c->opts)->ignore);
    }
    return true;
}

bool rni_cpu_softmax_run(rn_kernel_call *c)
{
    const state *st = c->state;
    if (has_labels(c) && !check_labels(c)) return false;
    if (rni_line_count(&st->lines) > 0) rni_cpu_parallel(st->threads, run_lines, c);
    return true;
}
