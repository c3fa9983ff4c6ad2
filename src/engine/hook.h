/* Hooks around the steps that a thread runs. */
#ifndef RNI_ENGINE_HOOK_H
#define RNI_ENGINE_HOOK_H

#include <rensa/profile.h>

typedef struct rni_hooks {
    struct rni_hook {
        const rn_function_hook *hook;
        void *user;
        int64_t scope; /* the scope it ends with; 0: none */
    } * at;
    int64_t count, capacity;
    bool inside; /* a callback is running */
} rni_hooks;

/* Calls those that there are, in their order; *begun is how many of them want to be told of the end. False with an
 * error of the step's line pending. */
bool rni_hooks_begin(rni_hooks *h, const rn_function_run *run, int64_t *begun);
bool rni_hooks_end(rni_hooks *h, const rn_function_run *run, int64_t begun);
/* Removes those that were added inside of scope number `scope`. */
void rni_hooks_leave(rni_hooks *h, int64_t scope);
void rni_hooks_free(rni_hooks *h);

#endif
