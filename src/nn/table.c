/* The link types that the library brings: add yours to the list. */
#include "nn/nn.h"

#define RNI_LINK_TYPE_LIST(X)                                                                                          \
    X(linear) X(conv1d) X(conv2d) X(conv3d) X(deconv1d) X(deconv2d) X(deconv3d) X(depthwise_conv2d)

#define X(name) extern const rn_link_type rni_link_##name;
RNI_LINK_TYPE_LIST(X)
#undef X

const rn_link_type *const rni_link_types[] = {
#define X(name) &rni_link_##name,
    RNI_LINK_TYPE_LIST(X)
#undef X
        NULL
};
