/* Loss scaling inside the library. */
#ifndef RNI_OPTIM_LOSS_SCALE_H
#define RNI_OPTIM_LOSS_SCALE_H

#include "optim/optim.h"

/* Cells are state of the plan, so that a changed scale compiles nothing. */
struct rni_loss_scale {
    rn_tensor *scale, *good; /* the factor, and steps since it has changed */
    rn_tensor *fine;         /* 1, or 0 if the last step was skipped */
    double factor;
    int64_t interval, skipped, in_a_row;
    bool fixed;
    bool open; /* the host has not asked yet how the last step ended */
};

void rni_loss_scale_free(rni_loss_scale *s); /* NULL is fine */
/* The gradient of a loss by itself: the scale. */
rn_tensor *rni_loss_seed(const rn_optimizer *o, rn_tensor *loss);
/* Finds out whether n gradients are finite and divides them by the scale; they are f32 at least afterwards. */
bool rni_loss_scale_take_off(rn_optimizer *o, rn_tensor **grad, int64_t n, const rn_site *site);
/* States of the model go back if the step is skipped; the scale of the next one. */
bool rni_loss_scale_end_step(rn_optimizer *o, const rn_site *site);
/* Counts the last step, or that it was skipped. */
bool rni_optim_settle(rn_optimizer *o);
/* An update with one more input: it changes nothing where that is 0. */
const rn_op *rni_guarded_update(const rn_op *of);

#endif
