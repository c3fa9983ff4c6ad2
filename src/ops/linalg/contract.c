/* A contraction becomes one product of matrices. The names of a and b fall into four classes: in both and to be kept
 * (batch), in both and to be summed over (joined), in a only (left), in b only (right). With axes brought into this
 * order and merged class by class,
 *
 *     a [batch, left, joined]   b [batch, joined, right]   ->   [batch, left, right]
 *
 * is a batch of matrix products, and never the array over all names at once. Where nothing is joined, it is a product
 * of elements. Names that one operand alone has and nobody keeps are summed over before. */
#include "ops/linalg/contract.h"

#include <rensa/ops.h>

#include "ops/check.h"

typedef struct {
    int label[2 * RN_MAX_RANK], n;
    int64_t size;
} class;

uint64_t rni_labels(const rni_operand *a)
{
    uint64_t mask = 0;
    for (int i = 0; i < rn_tensor_rank(a->x); i++) mask |= (uint64_t)1 << a->label[i];
    return mask;
}

static bool has(uint64_t mask, int label)
{
    return mask >> label & 1;
}

/* Takes the axes of these names away from a, whose tensor has become x. */
static bool without(rni_operand *a, rn_tensor *x, uint64_t which)
{
    int n = 0;
    for (int i = 0; i < rn_tensor_rank(a->x); i++)
        if (!has(which, a->label[i])) a->label[n++] = a->label[i];
    return (a->x = x) != NULL;
}

static rn_axes axes_of(const rni_operand *a, uint64_t which)
{
    rn_axes axes = { 0 };
    for (int i = 0; i < rn_tensor_rank(a->x); i++)
        if (has(which, a->label[i])) axes.axis[axes.n++] = i;
    return axes;
}

bool rni_sum_labels(rni_operand *a, uint64_t which)
{
    const rn_axes axes = axes_of(a, which);
    return axes.n == 0 || without(a, rn_sum(a->x, .axes = axes), which);
}

static int64_t size_of(const rni_operand *a, int label)
{
    for (int i = 0; i < rn_tensor_rank(a->x); i++)
        if (a->label[i] == label) return rn_tensor_dim(a->x, i);
    return 1;
}

/* An axis of size 1 that meets a longer one is repeated along it: it can as well be missing. */
static bool drop_ones(rni_operand *a, const rni_operand *b)
{
    const uint64_t shared = rni_labels(a) & rni_labels(b);
    uint64_t ones = 0;
    for (int k = 0; k < RNI_LABELS; k++)
        if (has(shared, k) && size_of(a, k) == 1 && size_of(b, k) != 1) ones |= (uint64_t)1 << k;
    const rn_axes axes = axes_of(a, ones);
    return axes.n == 0 || without(a, rn_squeeze(a->x, .axes = axes), ones);
}

static class take(const rni_operand *a, uint64_t which)
{
    class c = { .size = 1 };
    for (int i = 0; i < rn_tensor_rank(a->x); i++)
        if (has(which, a->label[i])) {
            c.label[c.n++] = a->label[i];
            c.size *= rn_tensor_dim(a->x, i);
        }
    return c;
}

/* The axes of three classes one after the other. */
static rn_tensor *arranged(const rni_operand *a, const class *first, const class *second, const class *third)
{
    int label[RN_MAX_RANK], n = 0;
    const class *order[] = { first, second, third };
    for (int k = 0; k < 3; k++)
        for (int i = 0; order[k] && i < order[k]->n; i++) label[n++] = order[k]->label[i];
    return rni_in_order(a, label);
}

rn_tensor *rni_in_order(const rni_operand *a, const int *label)
{
    rn_axes axes = { .n = rn_tensor_rank(a->x) };
    bool as_is = true;
    for (int i = 0; i < axes.n; i++) {
        int k = 0;
        while (a->label[k] != label[i]) k++;
        axes.axis[i] = k;
        as_is &= k == i;
    }
    return as_is ? a->x : rn_transpose(a->x, .axes = axes);
}

static rn_shape sizes(const rni_operand *a, const rni_operand *b, const class *batch, const class *left,
                      const class *right)
{
    rn_shape s = { 0 };
    for (int i = 0; i < batch->n; i++) s.dim[s.rank++] = size_of(a, batch->label[i]);
    for (int i = 0; i < left->n; i++) s.dim[s.rank++] = size_of(a, left->label[i]);
    for (int i = 0; i < right->n; i++) s.dim[s.rank++] = size_of(b, right->label[i]);
    return s;
}

bool rni_contract(const rn_call_info *c, rni_operand *a, rni_operand *b, uint64_t keep)
{
    if (!drop_ones(a, b) || !drop_ones(b, a)) return false;
    const uint64_t in_a = rni_labels(a), in_b = rni_labels(b);
    if (!rni_sum_labels(a, in_a & ~in_b & ~keep) || !rni_sum_labels(b, in_b & ~in_a & ~keep)) return false;
    const class batch = take(a, in_a & in_b & keep), joined = take(a, in_a & in_b & ~keep);
    const class left = take(a, in_a & ~in_b), right = take(b, in_b & ~in_a);
    if (batch.n + left.n + right.n > RN_MAX_RANK)
        return rni_refuse_call(c, RN_ERR_SHAPE, "a product on the way has more than 8 axes", "at most 8");
    const rn_shape y = sizes(a, b, &batch, &left, &right);
    rn_tensor *l = arranged(a, &batch, &left, &joined), *r = arranged(b, &batch, &joined, &right), *product;
    if (joined.n == 0) {
        rn_shape wide = sizes(a, b, &batch, &left, &(class){ 0 });
        for (int i = 0; i < right.n; i++) wide.dim[wide.rank++] = 1;
        rn_shape narrow = y;
        for (int i = 0; i < left.n; i++) narrow.dim[batch.n + i] = 1;
        product = rn_mul(rn_reshape(l, wide), rn_reshape(r, narrow));
    } else if (batch.n == 0)
        product = rn_matmul(rn_reshape(l, RN_SHAPE(left.size, joined.size)),
                            rn_reshape(r, RN_SHAPE(joined.size, right.size)));
    else
        product = rn_matmul(rn_reshape(l, RN_SHAPE(batch.size, left.size, joined.size)),
                            rn_reshape(r, RN_SHAPE(batch.size, joined.size, right.size)));
    int n = 0;
    for (int i = 0; i < batch.n; i++) a->label[n++] = batch.label[i];
    for (int i = 0; i < left.n; i++) a->label[n++] = left.label[i];
    for (int i = 0; i < right.n; i++) a->label[n++] = right.label[i];
    return (a->x = rn_reshape(product, y)) != NULL;
}
