/* What a failed allocation must leave behind: that error, and no tensors. */
#ifndef RENSA_TESTS_FAULT_H
#define RENSA_TESTS_FAULT_H

#include "test.h"

/* After the n-th allocation failed; `tensors` lived before the run. Clears the error and ends all scopes. */
static inline void check_failure(int64_t n, int64_t tensors)
{
    const rn_error *e = rn_error_last();
    if (!e || e->status != RN_ERR_NOMEM)
        test_failed(__FILE__, __LINE__, "allocation %lld: %s", (long long)n,
                    e ? e->message : "failed without an error");
    rn_error_clear();
    rn_scope_end(0);
    if (rn_live_tensors() != tensors)
        test_failed(__FILE__, __LINE__, "allocation %lld: %lld tensors are left over", (long long)n,
                    (long long)(rn_live_tensors() - tensors));
}

#endif
