/* Initialisers inside the library: resolved names, values on the host. */
#ifndef RNI_NN_INIT_H
#define RNI_NN_INIT_H

#include <rensa/nn.h>

/* Checks `init` and gives it the static name and numbers of its row ("normal:0.02" becomes "normal", 0.02); one that is
 * all zero becomes `otherwise`, a text. */
bool rni_init_resolve(rn_init *init, const char *otherwise, const rn_site *site);
/* A scoped tensor with the values of a resolved initialiser; the i-th value depends on (seed, stream, i) only. `name`
 * says in errors what was to be made. */
rn_tensor *rni_init_make(const rn_init *init, rn_dtype dtype, const rn_shape *shape, uint64_t seed, uint64_t stream,
                         const char *name);

#endif
