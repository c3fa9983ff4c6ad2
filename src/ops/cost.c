/* Costs that many functions have: see cost.h. */
#include "ops/cost.h"

#include <math.h>

void rni_cost_move(rn_cost *c)
{
    (void)c;
}

void rni_cost_look_up(rn_cost *c)
{
    const int table = rn_dtype_is_float(c->in[1].dtype) ? 1 : 0;
    const rn_view *y = &c->out[0], *places = &c->in[1 - table];
    const double taken = (double)rni_view_count(y) * (double)rn_dtype_bytes(y->dtype);
    c->bytes = 2 * taken + (double)rni_view_count(places) * (double)rn_dtype_bytes(places->dtype);
}

void rni_cost_add(rn_cost *c)
{
    c->add = (double)rni_view_count(&c->in[0]);
}

void rni_cost_multiply(rn_cost *c)
{
    c->multiply = (double)rni_view_count(&c->in[0]);
}

void rni_cost_sort(rn_cost *c, double elements, double along)
{
    c->compare = elements * fmax(log2(along), 0);
}

void rni_cost_draw(rn_cost *c, double functions)
{
    const double n = (double)rni_view_count(&c->out[0]);
    c->multiply = 5 * n; /* ten rounds of two products give four numbers */
    c->exponential = functions * n;
}
