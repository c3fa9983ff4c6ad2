/* Costs that many functions have. */
#ifndef RNI_OPS_COST_H
#define RNI_OPS_COST_H

#include <rensa/op.h>

#include "base/index.h"

/* Elements are moved, nothing is computed. */
void rni_cost_move(rn_cost *c);
/* Elements of a table, the first or second input, are looked up by the other one: of the table no more is read. */
void rni_cost_look_up(rn_cost *c);
/* Each element of the first input is added somewhere, multiplied, or compared log2(along) times. */
void rni_cost_add(rn_cost *c);
void rni_cost_multiply(rn_cost *c);
void rni_cost_sort(rn_cost *c, double elements, double along);
/* Each element of the result is drawn, with `functions` logarithms and the like. */
void rni_cost_draw(rn_cost *c, double functions);

#endif
