/* fail_on_nan: ends training with an error at the first loss that is not a number. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

static bool step(rn_trainer *t, void *self)
{
    (void)self;
    for (int64_t i = 0; i < t->now.count; i++) {
        if (isfinite(t->now.mean[i].sum)) continue;
        rni_fail(RN_ERR_STATE, NULL, "train", "%s is not finite at iteration %lld", t->now.mean[i].name,
                 (long long)t->iteration);
        rni_error_add("hint", "RENSA_CHECK_NAN=1 names the call and the line where it arises");
        return false;
    }
    return true;
}

const rn_extension rni_ext_fail_on_nan = {
    .name = "fail_on_nan",
    .brief = "an error at the first mean that is NaN or infinite",
    .priority = 500,
    .every = { 1, RN_UNIT_EPOCH },
    .step = step,
    .free = rni_free,
};
