/* All elementwise functions. */
#include "backend/ref/ref.h"

#include "base/index.h"

static bool run_group(rn_kernel_call *c, int group)
{
    const rn_program *p = c->map;
    rni_ref_value reg[RNI_REF_REGISTERS];
    rni_ref_constants(p, reg, c->scalars);
    const rn_view *y = &c->out[group];
    const int64_t count = rni_view_count(y);
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t e = 0; e < count; e++, rni_index_next(y, at)) {
        for (int i = 0; i < p->n_in; i++) {
            const rn_view *x = &c->in[i * c->groups + group];
            if (x->dtype && !(p->raw && p->raw >> i & 1)) reg[i] = rni_ref_load(p, x->dtype, rni_view_at(x, at));
        }
        if (!rni_ref_eval(p, reg, c->scalars, e, count, c)) return false;
        for (int o = 0; o < p->n_out; o++) {
            const rn_view *out = &c->out[o * c->groups + group];
            rni_ref_store(p, out->dtype, rni_view_at(out, at), reg[p->out[o]]);
        }
    }
    return true;
}

bool rni_ref_map(rn_kernel_call *c)
{
    for (int g = 0; g < c->groups; g++)
        if (!run_group(c, g)) return false;
    return true;
}
