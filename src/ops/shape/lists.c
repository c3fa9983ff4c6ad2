/* The functions of rensa/lists.h: those that give several tensors. They are made of functions of the table. */
#include <rensa/lists.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/engine.h"
#include "engine/op_table.h"
#include "ops/check.h"
#include "ops/lists.h"

/* A call of one of these functions: the errors of the functions inside name its line. */
typedef struct {
    const rn_site *site, *before;
    const char *name;
    rn_tensor **out;
    int64_t n;
} list_call;

static bool begin(list_call *c, const rn_site *site, const char *name, rn_tensor **out, int64_t n)
{
    *c = (list_call){ .site = site, .name = name, .out = out, .n = out ? n : 0 };
    for (int64_t i = 0; i < c->n; i++) out[i] = NULL;
    if (!rn_ok()) {
        rni_error_trail(site, name);
        return false;
    }
    if (!out && n > 0) return rni_fail(RN_ERR_ARG, site, name, "there is no array for the results");
    c->before = rni_site_enter(rni_site_current() ? rni_site_current() : site);
    return true;
}

static bool end(list_call *c, bool ok)
{
    rni_site_enter(c->before);
    for (int64_t i = 0; !ok && i < c->n; i++) c->out[i] = NULL;
    return ok;
}

static bool refuse(const list_call *c, rn_status status, const char *what, const char *expect, const rn_tensor *x)
{
    char shape[RNI_SHAPE_TEXT];
    rni_fail(status, c->site, c->name, "%s", what);
    if (expect) rni_error_add("expect", "%s", expect);
    if (x)
        rni_error_add("actual", "x %s%s", rn_dtype_name(rn_tensor_dtype(x)), rni_shape_text(rn_tensor_shape(x), shape));
    return false;
}

static int axis_of(const list_call *c, const rn_tensor *x, int64_t axis)
{
    const int rank = rn_tensor_rank(x);
    if (axis >= -rank && axis < rank) return rni_known_axis(axis, rank);
    refuse(c, RN_ERR_ARG, "there is no such axis", "-rank <= axis < rank", x);
    rni_error_add("hint", "axis is %lld", (long long)axis);
    return -1;
}

static bool check_count(const list_call *c, int64_t n)
{
    if (n >= 1 && n <= RNI_LIST_MAX) return true;
    refuse(c, RN_ERR_ARG, "the number of parts is out of range", "1 <= n <= 65536", NULL);
    rni_error_add("actual", "%lld", (long long)n);
    return false;
}

/* ---- split ---- */

static bool equal_sizes(const list_call *c, const rn_tensor *x, int axis, int64_t n, int64_t *sizes)
{
    const int64_t size = rn_tensor_dim(x, axis);
    if (size % n) {
        refuse(c, RN_ERR_SHAPE, "the parts would not be equal", "size of the axis is a multiple of n", x);
        rni_error_add("hint", "n is %lld, and the size of axis %d is %lld; .sizes makes unequal parts", (long long)n,
                      axis, (long long)size);
        return false;
    }
    for (int64_t i = 0; i < n; i++) sizes[i] = size / n;
    return true;
}

static bool given_sizes(const list_call *c, const rn_tensor *x, int axis, int64_t n, const int64_t *sizes)
{
    int64_t sum = 0;
    bool fits = true;
    for (int64_t i = 0; fits && i < n; i++) fits = sizes[i] >= 0 && rni_add_i64(sum, sizes[i], &sum);
    if (fits && sum == rn_tensor_dim(x, axis)) return true;
    refuse(c, RN_ERR_SHAPE, "the sizes of the parts do not add up", "sum of sizes == size of the axis", x);
    if (fits) rni_error_add("hint", "they add up to %lld, axis is %d", (long long)sum, axis);
    return false;
}

static bool split(const list_call *c, const rn_split_args *a)
{
    if (!rni_is_tensor(a->x, c->site, c->name)) return false;
    const int axis = axis_of(c, a->x, a->axis);
    if (axis < 0 || !check_count(c, a->n)) return false;
    if (a->sizes) return given_sizes(c, a->x, axis, a->n, a->sizes) && rni_split(a->x, axis, a->sizes, a->n, a->parts);
    int64_t *sizes = rni_alloc(a->n * (int64_t)sizeof *sizes);
    const bool ok = sizes && equal_sizes(c, a->x, axis, a->n, sizes) && rni_split(a->x, axis, sizes, a->n, a->parts);
    rni_free(sizes);
    return ok;
}

bool rn_split_at(const rn_split_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    list_call c;
    return begin(&c, &a->site, "split", a->parts, a->n) && end(&c, split(&c, a));
}

static bool split_axis(const list_call *c, const rn_split_axis_args *a)
{
    rn_split_args s = { .x = a->x, .parts = a->parts, .n = a->n, .axis = a->axis };
    if (!a->at || !rni_is_tensor(a->x, c->site, c->name)) return split(c, &s);
    const int axis = axis_of(c, a->x, a->axis);
    if (axis < 0 || !check_count(c, a->n)) return false;
    int64_t *sizes = rni_alloc(a->n * (int64_t)sizeof *sizes);
    if (!sizes) return false;
    const int64_t size = rn_tensor_dim(a->x, axis);
    int64_t before = 0;
    bool ok = true;
    for (int64_t i = 0; ok && i < a->n; i++) {
        const int64_t cut = i + 1 == a->n || a->at[i] > size ? size : a->at[i];
        ok = cut >= before;
        sizes[i] = cut - before;
        before = cut;
    }
    if (!ok) refuse(c, RN_ERR_ARG, "the positions to cut at must rise from 0 on", "0 <= at[0] <= at[1] <= ..", a->x);
    s.sizes = sizes;
    ok = ok && split(c, &s);
    rni_free(sizes);
    return ok;
}

bool rn_split_axis_at(const rn_split_axis_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    list_call c;
    return begin(&c, &a->site, "split_axis", a->parts, a->n) && end(&c, split_axis(&c, a));
}

static bool separate(const list_call *c, const rn_separate_args *a)
{
    if (!rni_is_tensor(a->x, c->site, c->name)) return false;
    const int axis = axis_of(c, a->x, a->axis);
    if (axis < 0) return false;
    if (a->n != rn_tensor_dim(a->x, axis)) {
        refuse(c, RN_ERR_SHAPE, "n is not the size of the axis", "n == x.shape[axis]", a->x);
        rni_error_add("hint", "n is %lld, axis is %d", (long long)a->n, axis);
        return false;
    }
    if (a->n == 0) return true;
    if (!split(c, &(rn_split_args){ .x = a->x, .parts = a->parts, .n = a->n, .axis = axis })) return false;
    bool ok = true;
    for (int64_t i = 0; ok && i < a->n; i++)
        ok = (a->parts[i] = rn_squeeze(a->parts[i], .axes = RN_AXES(axis))) != NULL;
    return ok;
}

bool rn_separate_at(const rn_separate_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    list_call c;
    return begin(&c, &a->site, "separate", a->parts, a->n) && end(&c, separate(&c, a));
}

/* ---- broadcast, meshgrid ---- */

static bool all_tensors(const list_call *c, const rn_list *xs)
{
    if (xs->n > 0 && !rni_given(xs->at, c->site, c->name, "xs")) return false;
    for (int64_t i = 0; i < xs->n; i++)
        if (!rni_is_tensor(xs->at[i], c->site, c->name)) return false;
    return true;
}

static bool broadcast(const list_call *c, const rn_broadcast_args *a)
{
    rn_shape y = RN_SCALAR;
    if (!all_tensors(c, &a->xs)) return false;
    for (int64_t i = 0; i < a->xs.n; i++) {
        const rn_shape before = y, *x = rn_tensor_shape(a->xs.at[i]);
        if (rni_shape_broadcast(&before, x, &y)) continue;
        char one[RNI_SHAPE_TEXT], other[RNI_SHAPE_TEXT];
        refuse(c, RN_ERR_SHAPE, "shapes do not broadcast", "sizes equal, or 1, axis by axis from the last", NULL);
        rni_error_add("actual", "xs[%lld] is %s, those before it give %s", (long long)i, rni_shape_text(x, one),
                      rni_shape_text(&before, other));
        return false;
    }
    bool ok = true;
    for (int64_t i = 0; ok && i < a->xs.n; i++) ok = (a->ys[i] = rn_broadcast_to(a->xs.at[i], y)) != NULL;
    return ok;
}

bool rn_broadcast_at(const rn_broadcast_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    list_call c;
    return begin(&c, &a->site, "broadcast", a->ys, a->xs.n) && end(&c, broadcast(&c, a));
}

static bool meshgrid(const list_call *c, const rn_meshgrid_args *a)
{
    const int n = (int)a->xs.n;
    if (!all_tensors(c, &a->xs)) return false;
    if (a->xs.n > RN_MAX_RANK) return refuse(c, RN_ERR_ARG, "too many vectors", "at most 8", NULL);
    rn_shape y = { .rank = n };
    for (int i = 0; i < n; i++) {
        if (rn_tensor_rank(a->xs.at[i]) > 1) return refuse(c, RN_ERR_SHAPE, "needs vectors", "ranks <= 1", a->xs.at[i]);
        y.dim[i] = rn_tensor_count(a->xs.at[i]);
    }
    const bool swap = !a->ij && n >= 2;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        rn_shape one = { .rank = n };
        for (int k = 0; k < n; k++) one.dim[k] = k == i ? y.dim[i] : 1;
        rn_tensor *g = rn_broadcast_to(rn_reshape(a->xs.at[i], one), y);
        a->ys[i] = swap ? rn_swapaxes(g, 0, 1) : g;
        ok = a->ys[i] != NULL;
    }
    return ok;
}

bool rn_meshgrid_at(const rn_meshgrid_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    list_call c;
    return begin(&c, &a->site, "meshgrid", a->ys, a->xs.n) && end(&c, meshgrid(&c, a));
}

/* ---- transpose_sequence ---- */

static bool falling(const list_call *c, const rn_transpose_sequence_args *a)
{
    if (!all_tensors(c, &a->xs)) return false;
    if (a->xs.n == 0) return a->n == 0 || refuse(c, RN_ERR_ARG, "no sequences", "at least one", NULL);
    for (int64_t i = 0; i < a->xs.n; i++) {
        const rn_tensor *x = a->xs.at[i];
        if (rn_tensor_rank(x) == 0) return refuse(c, RN_ERR_SHAPE, "a scalar is no sequence", "ranks >= 1", x);
        if (i > 0 && rn_tensor_dim(x, 0) > rn_tensor_dim(a->xs.at[i - 1], 0)) {
            refuse(c, RN_ERR_SHAPE, "sequences must be sorted, the longest first", "xs[i].shape[0] falls", x);
            rni_error_add("hint", "xs[%lld] is longer than the one before it", (long long)i);
            return false;
        }
    }
    if (a->n == rn_tensor_dim(a->xs.at[0], 0)) return true;
    refuse(c, RN_ERR_SHAPE, "n is not the number of time steps", "n == xs[0].shape[0]", a->xs.at[0]);
    rni_error_add("hint", "n is %lld", (long long)a->n);
    return false;
}

/* Padded to a rectangle, turned, and cut to the number of sequences that reach each step. */
static bool transpose_sequence(const list_call *c, const rn_transpose_sequence_args *a)
{
    if (!falling(c, a)) return false;
    if (a->n == 0) return true;
    rn_tensor *x = rn_pad_sequence(a->xs);
    if (!x || !separate(c, &(rn_separate_args){ .x = x, .parts = a->ys, .n = a->n, .axis = 1 })) return false;
    int64_t reach = a->xs.n;
    bool ok = true;
    for (int64_t t = 0; ok && t < a->n; t++) {
        while (reach > 0 && rn_tensor_dim(a->xs.at[reach - 1], 0) <= t) reach--;
        if (reach < a->xs.n) a->ys[t] = rn_slice(a->ys[t], RN_RANGES(RN_TO(reach)));
        ok = a->ys[t] != NULL;
    }
    return ok;
}

bool rn_transpose_sequence_at(const rn_transpose_sequence_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    list_call c;
    return begin(&c, &a->site, "transpose_sequence", a->ys, a->n) && end(&c, transpose_sequence(&c, a));
}
