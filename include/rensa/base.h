/* Types that every other header uses: element types, shapes, axes, call sites. */
#ifndef RENSA_BASE_H
#define RENSA_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RN_VERSION "0.1.0"
#define RN_VERSION_HEX 0x000100

#if defined(__GNUC__)
#define RN_API __attribute__((visibility("default")))
#define RN_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define RN_API
#define RN_PRINTF(f, a)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the library that is loaded, as in "0.1.0". Thread-safe: yes. */
RN_API const char *rn_version(void);

#define RN_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

/* Where a call was made. Each public call records it, so that an error that surfaces later, in the backward pass
 * or inside a compiled plan, still names the line of the user's program. `size` is sizeof the argument struct: an
 * older program reads zeros for options that were added after it was compiled. */
typedef struct rn_site {
    const char *file, *func;
    int line, size;
    const char *call; /* the function that was called; filled in by the library where a call is recorded */
} rn_site;

#define RN_SITE(args_type)                                                                                             \
    {                                                                                                                  \
        __FILE__, __func__, __LINE__, (int)sizeof(args_type), NULL                                                     \
    }
#define RN_HERE (&(const rn_site){ __FILE__, __func__, __LINE__, 0, NULL })

/* Element types. Zero is "not given", so that an option left out means its default. Files store names, never numbers.
 */
typedef enum rn_dtype {
    RN_DTYPE_NONE = 0,
    RN_BOOL,
    RN_U8,
    RN_I8,
    RN_I16,
    RN_I32,
    RN_I64,
    RN_F16,
    RN_BF16,
    RN_F32,
    RN_F64,
    RN_DTYPE_COUNT
} rn_dtype;

/** "f32", "bool", …; "none" for RN_DTYPE_NONE. Thread-safe: yes. */
RN_API const char *rn_dtype_name(rn_dtype dtype);
/** The type called `name` ("f32", also NumPy's "float32"), RN_DTYPE_NONE if there is none. Thread-safe: yes. */
RN_API rn_dtype rn_dtype_by_name(const char *name);
/** Bytes of one element. Thread-safe: yes. */
RN_API int rn_dtype_bytes(rn_dtype dtype);
/** NumPy's promotion: the smallest type that holds all values of both (bf16 ranks beside f16; the two give f32). */
RN_API rn_dtype rn_dtype_promote(rn_dtype a, rn_dtype b);
/** Whether values of the type have a fraction: f16, bf16, f32, f64. Thread-safe: yes. */
RN_API bool rn_dtype_is_float(rn_dtype dtype);

#define RN_MAX_RANK 8

/* Sizes of a tensor, outermost first. Rank 0 is a scalar. */
typedef struct rn_shape {
    int rank;
    int64_t dim[RN_MAX_RANK];
} rn_shape;

#define RNI_NARGS64(...) ((int)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)))
#define RN_SHAPE(...) ((rn_shape){ RNI_NARGS64(__VA_ARGS__), { __VA_ARGS__ } })
#define RN_SCALAR ((rn_shape){ 0, { 0 } })

/* A set of axes; negative ones count from the end. Left out (n = 0) it means the default of the function. */
typedef struct rn_axes {
    int n;
    int axis[RN_MAX_RANK];
} rn_axes;

#define RN_AXES(...) ((rn_axes){ (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)), { __VA_ARGS__ } })

/* What to take along one axis, as in NumPy's a[start:stop:step] and a[i]. Negative positions count from the end. */
typedef struct rn_range {
    int64_t start, stop, step; /* step 0 means 1 */
    int kind;                  /* 0: all; else RNI_RANGE_* bits */
} rn_range;

#define RNI_RANGE_START 1
#define RNI_RANGE_STOP 2
#define RNI_RANGE_INDEX 4
#define RN_ALL ((rn_range){ 0, 0, 1, 0 })
#define RN_AT(i) ((rn_range){ (i), 0, 1, RNI_RANGE_INDEX })
#define RN_FROM(a) ((rn_range){ (a), 0, 1, RNI_RANGE_START })
#define RN_TO(b) ((rn_range){ 0, (b), 1, RNI_RANGE_STOP })
#define RN_RANGE(a, b) ((rn_range){ (a), (b), 1, RNI_RANGE_START | RNI_RANGE_STOP })
#define RN_STEP(a, b, s) ((rn_range){ (a), (b), (s), RNI_RANGE_START | RNI_RANGE_STOP })
#define RN_EVERY(s) ((rn_range){ 0, 0, (s), 0 }) /* RN_EVERY(-1) reverses */

typedef struct rn_ranges {
    int n;
    rn_range range[RN_MAX_RANK];
} rn_ranges;

#define RN_RANGES(...) ((rn_ranges){ (int)(sizeof((rn_range[]){ __VA_ARGS__ }) / sizeof(rn_range)), { __VA_ARGS__ } })

/* Options left out are zero, and zero means the default. To say zero where the default is another number:
 * rn_adam(model, .beta1 = RN_ZERO). It is the smallest normal number, and taken as 0. */
#define RN_ZERO 0x1p-1022

typedef struct rn_tensor rn_tensor;

/* A list of tensors for functions that take any number: rn_concat(RN_LIST(a, b)). */
typedef struct rn_list {
    rn_tensor *const *at;
    int64_t n;
} rn_list;

#define RN_LIST(...)                                                                                                   \
    ((rn_list){ (rn_tensor *const[]){ __VA_ARGS__ },                                                                   \
                (int64_t)(sizeof((rn_tensor *[]){ __VA_ARGS__ }) / sizeof(rn_tensor *)) })

#ifdef __cplusplus
}
#endif
#endif
