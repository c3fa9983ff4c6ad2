/* What plans are improved by, each of which can be switched off. */
#ifndef RNI_ENGINE_PASS_H
#define RNI_ENGINE_PASS_H

#include <stdbool.h>

/* Name in capitals, name, what it does. */
#define RNI_PASS_LIST(X)                                                                                               \
    X(FUSE, "fuse", "elementwise calls of one shape become one call")                                                  \
    X(LAYOUT, "layout", "kernels choose the order of axes of their operands")

enum {
#define X(name, text, doc) RNI_PASS_BIT_##name,
    RNI_PASS_LIST(X)
#undef X
        RNI_PASSES
};
enum {
#define X(name, text, doc) RNI_PASS_##name = 1 << RNI_PASS_BIT_##name,
    RNI_PASS_LIST(X)
#undef X
};

/* Bits of the passes in a list such as "fuse,layout"; those that there are not are warned of. */
unsigned rni_passes_parse(const char *list);

#endif
