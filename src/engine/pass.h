/* What plans are improved by, each of which can be switched off. */
#ifndef RNI_ENGINE_PASS_H
#define RNI_ENGINE_PASS_H

#include <stdbool.h>
#include <stdint.h>

/* Name in capitals, name, what it does. */
#define RNI_PASS_LIST(X)                                                                                               \
    X(SIMPLIFY, "simplify", "casts, copies, views and products by one that change nothing are left out")               \
    X(FOLD, "fold", "what depends on nothing is computed once, with the plan")                                         \
    X(SHARE, "share", "equal calls of equal values become one call")                                                   \
    X(BATCH, "batch", "sums of small products become one product")                                                     \
    X(SCATTER, "scatter", "parts that are picked from a table add their gradients to it in its place")                 \
    X(SPLIT, "split", "calls over lists leave out what is large, which gets calls of its own")                         \
    X(FORGET, "forget", "what is cheap is computed again for the gradients instead of kept")                           \
    X(FUSE, "fuse", "elementwise calls of one shape become one call")                                                  \
    X(ORDER, "order", "calls run in an order that takes less memory, where there is one")                              \
    X(LAYOUT, "layout", "kernels choose the order of axes of their operands")                                          \
    X(EPILOGUE, "epilogue", "what reads a kernel's result element by element runs while that is in the cache")

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
/* The number in a text such as "512m" (k, m, g: 1024, its square and cube); 0, with a warning, if it is none. */
int64_t rni_bytes_parse(const char *text);

#endif
