/* The table of link types. */
#include "nn/nn.h"

const rn_link_type *const rni_link_types[] = {
#define X(name) &rni_link_##name,
    RNI_LINK_TYPE_LIST(X)
#undef X
        NULL
};
