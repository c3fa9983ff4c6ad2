/* What the generated wrappers call. */
#ifndef RNI_ENGINE_RECORD_H
#define RNI_ENGINE_RECORD_H

#include <rensa/op.h>

#include "backend/backend.h"

/* Calls op with the options in an argument struct: offsets[k] is where the k-th option that a caller can set stands in
 * it. Sets out (as many as op has results). */
bool rni_apply(const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in, const void *args,
               const int16_t *offsets, rn_tensor **out);
/* The same for a function of n_first inputs and a list after them. */
bool rni_apply_list(const rn_op *op, const rn_site *site, rn_tensor *const *first, int n_first, const rn_list *list,
                    const void *args, const int16_t *offsets, rn_tensor **out);
/* The device of this thread; opens the default one (RENSA_DEVICE, else cpu) at first use. */
rni_device *rni_default_device(const rn_site *site);

#endif
