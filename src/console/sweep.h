/* Settings of which some have several values: each combination is a run. */
#ifndef RNI_CONSOLE_SWEEP_H
#define RNI_CONSOLE_SWEEP_H

#include "base/json.h"

enum { RNI_SWEEP_KEYS = 32, RNI_SWEEP_RUNS = 1000 };

typedef struct rni_sweep {
    int64_t n, runs;
    const char *key[RNI_SWEEP_KEYS];
    char **value[RNI_SWEEP_KEYS]; /* JSON texts; owned */
    int64_t count[RNI_SWEEP_KEYS];
} rni_sweep;

/* From {"training.batch": 64} and {"training.optimizer.rate": "0.1, 0.01", "training.seed": [1, 2]}; either may be
 * NULL. Errors: ARG. Free it also then. */
bool rni_sweep_read(const rni_json *set, const rni_json *lists, rni_sweep *out);
void rni_sweep_free(rni_sweep *s);
/* The values of combination i, last key fastest. */
void rni_sweep_at(const rni_sweep *s, int64_t i, const char *value[RNI_SWEEP_KEYS]);
/* "rate=0.1 seed=2": what tells combination i from others. */
void rni_sweep_name(const rni_sweep *s, int64_t i, rni_str *to);

#endif
