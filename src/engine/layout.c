/* Orders of axes in memory. */
#include "engine/layout.h"

bool rni_layout_same(const rn_view *a, const rn_view *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank; i++) {
        if (a->dim[i] != b->dim[i]) return false;
        if (a->dim[i] > 1 && a->stride[i] != b->stride[i]) return false;
    }
    return true;
}

void rni_layout_order(const rn_view *v, int *order)
{
    int n = 0;
    for (int i = 0; i < v->rank; i++)
        if (v->dim[i] == 1) order[n++] = i; /* their strides say nothing */
    const int first = n;
    for (int i = 0; i < v->rank; i++) {
        if (v->dim[i] == 1) continue;
        int k = n++;
        for (; k > first && v->stride[order[k - 1]] < v->stride[i]; k--) order[k] = order[k - 1];
        order[k] = i;
    }
}

void rni_layout_like(rn_view *v, const rn_view *model)
{
    int order[RN_MAX_RANK];
    rni_layout_order(model, order);
    int64_t step = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        v->stride[order[i]] = step;
        step *= v->dim[order[i]] > 0 ? v->dim[order[i]] : 1;
    }
}

void rni_layout_permute(rn_view *v, const int *order)
{
    const rn_view old = *v;
    for (int i = 0; i < v->rank; i++) {
        v->dim[i] = old.dim[order[i]];
        v->stride[i] = old.stride[order[i]];
    }
}
