/* Functions that programs make from texts, and calling them. What they are is a row of the table like all others; here
 * it is made from parameter lists, kept, and found again by its texts. */
#include "engine/user_kernel.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/infer.h"
#include "engine/map.h"
#include "engine/op_table.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* Grows only, under the lock: plans and graphs refer to rows by their address. */
static struct {
    pthread_mutex_t lock;
    rni_user_kernel *first;
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- rows ---- */

void rni_user_opt(rni_user_row *r, rn_opt opt)
{
    r->opt[r->n_opts++] = opt;
}

/* Whether all tensors are of one letter. */
static bool is_alike(const rni_params *p)
{
    char letter = 0;
    for (int i = 0; i < p->count; i++) {
        if (p->at[i].number) continue;
        if (!p->at[i].letter || (letter && letter != p->at[i].letter)) return false;
        letter = p->at[i].letter;
    }
    return true;
}

bool rni_user_row_init(rni_user_kernel *k, int row, rn_op_kind kind, const char *inputs, const char *expr)
{
    rni_user_row *r = &k->row[row];
    r->of = k;
    r->inputs = rni_strdup(inputs);
    for (int i = 0; i < k->in.count; i++) {
        const rni_param *p = &k->in.at[i];
        const rni_user_opts *o = NULL;
        if (!p->number) continue;
        int before = 0;
        for (int j = 0; j < i; j++) before += k->in.at[j].number;
        rni_user_opt(r, (rn_opt){ .name = p->name,
                                  .type = RN_OPT_TYPE_F64,
                                  .flags = RN_OPT_SCALAR | RN_OPT_REQUIRED,
                                  .offset = (int)offsetof(rni_user_opts, number) + before * (int)sizeof *o->number,
                                  .count = 1,
                                  .min = -INFINITY,
                                  .max = INFINITY,
                                  .help = "a number" });
    }
    r->row = (rn_op){ .name = k->text[RNI_TEXT_NAME],
                      .kind = kind,
                      .flags = RN_OP_EXACT | (row != RNI_USER_MAIN ? RN_OP_INTERNAL
                                              : is_alike(&k->in)   ? RN_OP_ALIKE
                                                                   : 0),
                      .inputs = r->inputs,
                      .outputs = k->outputs,
                      .opts = r->n_opts ? r->opt : NULL,
                      .opts_size = r->n_opts ? sizeof(rni_user_opts) : 0,
                      .expr = expr,
                      .doc = { .brief = "A function of the program's own." } };
    return r->inputs != NULL;
}

static bool infer_elementwise(rn_infer *f)
{
    const rni_user_kernel *k = ((const rni_user_row *)f->op)->of;
    const rni_user_opts none = { 0 }, *o = f->opts ? f->opts : &none;
    rn_dtype type[RN_INPUTS_MAX];
    f->opts = o;
    RNI_TRY(rni_user_types(f, k, type));
    bool shaped = false;
    for (int i = 0; i < k->in.count; i++) shaped = shaped || !(k->in.at[i].raw || k->in.at[i].number);
    if (shaped) {
        RNI_TRY(rni_infer_map(f));
        memcpy(f->out_dtype, type, (size_t)f->n_out * sizeof *type);
        return true;
    }
    if (o->shape.rank == 0)
        return rn_refuse(f, RN_ERR_SHAPE, "no input says how many results there are", ".shape, as all inputs are raw");
    for (int i = 0; i < f->n_out; i++) RNI_TRY(rn_out(f, i, type[i], o->shape));
    return true;
}

static bool is_bound(const rni_user_kernel *k, char letter)
{
    for (int i = 0; i < k->in.count; i++)
        if (k->in.at[i].letter == letter) return true;
    return false;
}

/* "x, y[]" */
static char *input_names(const rni_params *p)
{
    rni_str s = { 0 };
    rni_str_add(&s, "");
    for (int i = 0; i < p->count; i++)
        if (!p->at[i].number) rni_str_addf(&s, "%s%s%s", s.length ? ", " : "", p->at[i].name, p->at[i].raw ? "[]" : "");
    return s.failed ? (rni_str_free(&s), NULL) : s.at;
}

static bool elementwise_init(rni_user_kernel *k, const rn_site *site)
{
    rni_user_row *r = &k->row[RNI_USER_MAIN];
    char *inputs = input_names(&k->in);
    if (!inputs) return false;
    bool all_raw = true, free_letter = false;
    for (int i = 0; i < k->in.count; i++) all_raw = all_raw && (k->in.at[i].raw || k->in.at[i].number);
    for (int i = 0; i < k->out.count; i++)
        free_letter = free_letter || (k->out.at[i].letter && !is_bound(k, k->out.at[i].letter));
    if (all_raw) rni_user_opt(r, (rn_opt)RN_REQ_SHAPE(rni_user_opts, shape, "shape of the results"));
    if (free_letter) rni_user_opt(r, (rn_opt)RN_OPT_DTYPE(rni_user_opts, dtype, 0, "type of the results"));
    bool ok = rni_user_row_init(k, RNI_USER_MAIN, RN_MAP, inputs, k->text[RNI_TEXT_EXPR]);
    rni_free(inputs);
    if (!ok) return false;
    r->row.infer = infer_elementwise;
    r->row.vjp = k->text[RNI_TEXT_GRADIENT];
    const char *why = rni_row_defect(&r->row);
    if (why) return rni_fail(RN_ERR_ARG, site, r->row.name, "%s", why);
    return rni_map_check(&r->row, site);
}

/* ---- making and finding kernels ---- */

static void kernel_free(rni_user_kernel *k)
{
    if (!k) return;
    for (int i = 0; i < RNI_TEXTS; i++) rni_free(k->text[i]);
    for (int i = 0; i < RNI_USER_ROWS; i++) rni_free(k->row[i].inputs);
    rni_free(k->outputs);
    rni_free(k);
}

/* Results are tensors of elements. */
static bool check_outputs(const rni_user_kernel *k, const rn_site *site)
{
    const char *name = k->text[RNI_TEXT_NAME];
    if (k->out.count == 0) return rni_fail(RN_ERR_ARG, site, name, "it has no result");
    for (int i = 0; i < k->out.count; i++) {
        const rni_param *p = &k->out.at[i];
        if (p->raw || p->number)
            return rni_fail(RN_ERR_ARG, site, name, "the result %s is %s", p->name, p->raw ? "raw" : "a number");
        for (int j = 0; j < k->in.count; j++)
            if (strcmp(p->name, k->in.at[j].name) == 0)
                return rni_fail(RN_ERR_ARG, site, name, "an input and a result are called '%s'", p->name);
    }
    if (k->reduces && k->out.count > 1) return rni_fail(RN_ERR_ARG, site, name, "a reduction has one result");
    return true;
}

static rni_user_kernel *kernel_make(const char *const *text, bool reduces, const rn_site *site)
{
    rni_user_kernel *k = rni_alloc((int64_t)sizeof *k);
    if (!k) return NULL;
    bool ok = true;
    for (int i = 0; ok && i < RNI_TEXTS; i++) ok = !text[i] || (k->text[i] = rni_strdup(text[i])) != NULL;
    const char *name = text[RNI_TEXT_NAME];
    k->reduces = reduces;
    ok = ok && rni_params_parse(&k->in, text[RNI_TEXT_INPUTS], name, site) &&
         rni_params_parse(&k->out, text[RNI_TEXT_OUTPUTS], name, site) && check_outputs(k, site) &&
         (k->outputs = input_names(&k->out)) &&
         (reduces ? rni_user_reduction_init(k, site) : elementwise_init(k, site));
    if (ok) return k;
    kernel_free(k);
    return NULL;
}

static bool equal_texts(const rni_user_kernel *k, const char *const *text)
{
    for (int i = 0; i < RNI_TEXTS; i++)
        if (!k->text[i] != !text[i] || (text[i] && strcmp(k->text[i], text[i]) != 0)) return false;
    return true;
}

static const rn_op *kernel_of(const char *const *text, bool reduces, const rn_site *site)
{
    if (!*text[RNI_TEXT_NAME]) {
        rni_fail(RN_ERR_ARG, site, reduces ? "reduction_kernel" : "elementwise_kernel", "name is empty");
        return NULL;
    }
    pthread_mutex_lock(&g.lock);
    rni_user_kernel *k = g.first;
    while (k && (k->reduces != reduces || !equal_texts(k, text))) k = k->next;
    if (!k && (k = kernel_make(text, reduces, site)) != NULL) {
        k->next = g.first;
        g.first = k;
    }
    pthread_mutex_unlock(&g.lock);
    return k ? &k->row[RNI_USER_MAIN].row : NULL;
}

void rni_user_kernels_free(void)
{
    pthread_mutex_lock(&g.lock);
    while (g.first) {
        rni_user_kernel *k = g.first;
        g.first = k->next;
        kernel_free(k);
    }
    pthread_mutex_unlock(&g.lock);
}

static bool begin(const char *what, const rn_site *site)
{
    if (rn_ok()) return true;
    rni_error_trail(site, what);
    return false;
}

const rn_op *rn_elementwise_kernel_at(const rn_elementwise_kernel_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    static const char what[] = "elementwise_kernel";
    if (!begin(what, &a->site) || !rni_given(a->inputs, &a->site, what, "inputs") ||
        !rni_given(a->outputs, &a->site, what, "outputs") || !rni_given(a->expr, &a->site, what, "expr") ||
        !rni_given(a->name, &a->site, what, "name"))
        return NULL;
    return kernel_of((const char *const[RNI_TEXTS]){ [RNI_TEXT_INPUTS] = a->inputs,
                                                     [RNI_TEXT_OUTPUTS] = a->outputs,
                                                     [RNI_TEXT_EXPR] = a->expr,
                                                     [RNI_TEXT_GRADIENT] = a->gradient,
                                                     [RNI_TEXT_NAME] = a->name },
                     false, &a->site);
}

const rn_op *rn_reduction_kernel_at(const rn_reduction_kernel_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    static const char what[] = "reduction_kernel";
    if (!begin(what, &a->site) || !rni_given(a->inputs, &a->site, what, "inputs") ||
        !rni_given(a->output, &a->site, what, "output") || !rni_given(a->map, &a->site, what, "map") ||
        !rni_given(a->reduce, &a->site, what, "reduce"))
        return NULL;
    return kernel_of((const char *const[RNI_TEXTS]){ [RNI_TEXT_INPUTS] = a->inputs,
                                                     [RNI_TEXT_OUTPUTS] = a->output,
                                                     [RNI_TEXT_EXPR] = a->map,
                                                     [RNI_TEXT_REDUCE] = a->reduce,
                                                     [RNI_TEXT_POST] = a->post,
                                                     [RNI_TEXT_IDENTITY] = a->identity,
                                                     [RNI_TEXT_NAME] = a->name ? a->name : "reduction" },
                     true, &a->site);
}

/* ---- calls ---- */

/* The kernel behind a row; NULL for rows that were made otherwise. */
static const rni_user_kernel *find(const rn_op *op)
{
    const bool made_here = op->infer == infer_elementwise || op->build == rni_user_reduction_build;
    return made_here ? ((const rni_user_row *)op)->of : NULL;
}

static bool has_option(const rn_op *op, const char *name)
{
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (strcmp(o->name, name) == 0) return true;
    return false;
}

/* An option that was given and that the kernel does not have. */
static bool check_option(const rn_apply_args *a, const char *name, bool given)
{
    if (!given || has_option(a->kernel, name)) return true;
    return rni_fail(RN_ERR_ARG, &a->site, a->kernel->name,
                    "this kernel takes no .%s: its inputs say it, or it is no %s", name,
                    strcmp(name, "shape") && strcmp(name, "dtype") ? "reduction" : "kernel without inputs");
}

static bool check_call(const rn_apply_args *a, const rni_user_kernel *k)
{
    const char *name = a->kernel->name;
    if (a->inputs.n != k->in.n_tensors || a->numbers.n != k->in.n_numbers) {
        rni_fail(RN_ERR_ARG, &a->site, name, "called with %lld tensors and %lld numbers", (long long)a->inputs.n,
                 (long long)a->numbers.n);
        rni_error_add("expect", "%d tensors and %d numbers: %s", k->in.n_tensors, k->in.n_numbers,
                      k->text[RNI_TEXT_INPUTS]);
        return false;
    }
    RNI_TRY(a->inputs.n == 0 || rni_given(a->inputs.at, &a->site, name, "inputs"));
    RNI_TRY(a->numbers.n == 0 || rni_given(a->numbers.at, &a->site, name, "numbers"));
    if (a->dtype < 0 || a->dtype >= RN_DTYPE_COUNT) return rni_fail(RN_ERR_ARG, &a->site, name, "dtype is no type");
    if (a->shape.rank < 0 || a->shape.rank > RN_MAX_RANK || a->axes.n < 0 || a->axes.n > RN_MAX_RANK)
        return rni_fail(RN_ERR_ARG, &a->site, name, "shape or axes have more than %d places", RN_MAX_RANK);
    return check_option(a, "shape", a->shape.rank != 0) && check_option(a, "dtype", a->dtype != RN_DTYPE_NONE) &&
           check_option(a, "axes", a->axes.n != 0) && check_option(a, "keepdims", a->keepdims);
}

rn_tensor *rn_apply_at(const rn_apply_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (!begin("apply", &a->site) || !rni_given(a->kernel, &a->site, "apply", "kernel")) return NULL;
    const rni_user_kernel *k = find(a->kernel);
    if (!k) {
        rni_fail(RN_ERR_ARG, &a->site, "apply", "kernel was not made by rn_elementwise_kernel or rn_reduction_kernel");
        return NULL;
    }
    if (!check_call(a, k)) return NULL;
    rni_user_opts o = { .reduce = { a->axes, a->keepdims }, .shape = a->shape, .dtype = a->dtype };
    for (int i = 0; i < k->in.n_numbers; i++) o.number[i] = a->numbers.at[i];
    rn_tensor *out[RN_INPUTS_MAX];
    if (!rn_op_call(a->kernel, &a->site, a->inputs.at, a->inputs.n, &o, out)) return NULL;
    for (int i = 0; a->outputs && i < k->out.count; i++) a->outputs[i] = out[i];
    return out[0];
}
