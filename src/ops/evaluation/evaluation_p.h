/* What evaluation functions share. None of them has a gradient. */
#ifndef RNI_OPS_EVALUATION_EVALUATION_P_H
#define RNI_OPS_EVALUATION_EVALUATION_P_H

#include <rensa/op.h>

typedef struct {
    int64_t ignore_label;
    bool ignore_zero;
} rni_ignore_opt;

/* Rows of a struct that begins as rni_ignore_opt. */
#define RNI_IGNORE_OPTS                                                                                                \
    RN_OPT_I64(rni_ignore_opt, ignore_label, -1, -0x1p53, 0x1p53,                                                      \
               "places with this label do not count; for 0 see ignore_zero"),                                          \
        RN_OPT_BOOL(rni_ignore_opt, ignore_zero, "places with label 0 do not count, in place of ignore_label")

/* The label that does not count. */
int64_t rni_ignored(const void *opts);
/* Refuses c unless its inputs are scores [N, K, ..] and labels [N, ..]. */
bool rni_check_scores(const rn_call_info *c);
/* hits / n as f32, 0 where n is 0. */
rn_tensor *rni_rate(rn_tensor *hits, rn_tensor *n);

#endif
