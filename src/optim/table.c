/* The optimizers that the library brings: add yours to the list. */
#include "optim/optim.h"

#define RNI_OPTIMIZER_LIST(X)                                                                                          \
    X(sgd) X(momentum_sgd) X(nesterov) X(adagrad) X(adadelta) X(rmsprop) X(rmsprop_graves) X(adam) X(adamw) X(lion)

#define X(name) extern const rn_optimizer_type rni_optimizer_##name;
RNI_OPTIMIZER_LIST(X)
#undef X

const rn_optimizer_type *const rni_optimizer_types[] = {
#define X(name) &rni_optimizer_##name,
    RNI_OPTIMIZER_LIST(X)
#undef X
        NULL
};
