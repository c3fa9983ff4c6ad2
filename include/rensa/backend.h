/* The interface between the engine and what computes: a back end is a shared object librensa_<name>.so that exports
 *
 *     const rn_backend *rn_backend_<name>(void);
 *
 * It must provide memory and copies; kernels as many as it likes. What it lacks runs in plain C on the host (with one
 * log line per reason). Tables begin with their version and size; newer fields are added at the end. A back end
 * includes this header and rensa/kernels.h, nothing else of Rensa, and links nothing of it. */
#ifndef RENSA_BACKEND_H
#define RENSA_BACKEND_H

#include <rensa/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RN_BACKEND_ABI 1

/* An array as a kernel sees it. Strides are in elements and may be 0 (broadcast) or negative. */
typedef struct rn_view {
    rn_dtype dtype;
    int rank;
    int64_t dim[RN_MAX_RANK], stride[RN_MAX_RANK];
    void *data;
} rn_view;

/* ---- scalar programs: what elementwise functions and the inner part of reductions compute ----
 *
 * One instruction is register[dst] = code(register[a], register[b], register[c]). Registers hold one value per element.
 * The first n_in registers are the inputs, then n_scalar options of the call, then n_const constants. Arithmetic is
 * done in `compute`: f32 (for f16, bf16 and f32), f64, or i64 (for integers and bool; wraps around, truth is 0 or 1).
 */
/* clang-format off */
#define RNI_CODE_LIST(X) \
    X(COPY, 1) X(NEG, 1) X(ABS, 1) X(SIGN, 1) X(FLOOR, 1) X(CEIL, 1) X(ROUND, 1) X(TRUNC, 1) X(SQRT, 1) \
    X(RSQRT, 1) X(RECIP, 1) X(EXP, 1) X(EXPM1, 1) X(EXP2, 1) X(LOG, 1) X(LOG1P, 1) X(LOG2, 1) X(LOG10, 1) \
    X(SIN, 1) X(COS, 1) X(TAN, 1) X(ASIN, 1) X(ACOS, 1) X(ATAN, 1) X(SINH, 1) X(COSH, 1) X(TANH, 1) X(ASINH, 1) \
    X(ACOSH, 1) X(ATANH, 1) X(ERF, 1) X(ERFC, 1) X(ERFINV, 1) X(LGAMMA, 1) X(DIGAMMA, 1) X(TRIGAMMA, 1) \
    X(SIGMOID, 1) X(ISNAN, 1) X(ISINF, 1) X(NOT, 1) X(BITNOT, 1) X(ADD, 2) X(SUB, 2) X(MUL, 2) X(DIV, 2) \
    X(MOD, 2) X(FMOD, 2) X(FLOORDIV, 2) X(POW, 2) X(MIN, 2) X(MAX, 2) X(ATAN2, 2) X(LT, 2) X(LE, 2) X(EQ, 2) \
    X(NE, 2) X(AND, 2) X(OR, 2) X(BITAND, 2) X(BITOR, 2) X(BITXOR, 2) X(SHL, 2) X(SHR, 2) X(FMA, 3) X(SELECT, 3) \
    X(INDEX, 0) X(COUNT, 0) X(RANDOM, 2) X(ROUND_F16, 1) X(ROUND_BF16, 1) X(LOAD, 3)
/* clang-format on */

typedef enum rn_code {
#define X(name, arity) RN_CODE_##name,
    RNI_CODE_LIST(X)
#undef X
        RN_CODE_NUMBER
} rn_code;
/* DIV of integers truncates towards zero; FLOORDIV and MOD are Python's; a division by zero gives 0 for integers.
 * MIN and MAX give NaN if an operand is NaN. SELECT is a != 0 ? b : c. FMA is a * b + c, rounded once or twice.
 * INDEX is the element's row-major position in the output, COUNT the number of elements of the output.
 * RANDOM is uniform in [0, 1) with 24 bits (53 in f64): word INDEX of Philox stream (key a, stream b), where a and b
 * are option scalars; in f64 words 2*INDEX and 2*INDEX+1. ROUND_F16 and ROUND_BF16 give what a would be, had it been
 * stored in that type and loaded again; no whole numbers.
 * LOAD reads an input by position: element a, counted in row-major order, of input b (its number: register b holds
 * nothing) where c != 0; elsewhere it gives 0 and reads nothing. An a that is not a whole number from 0 to the number
 * of elements less one fails the call (RN_ERR_ARG) with a message about the first such element of the output. */

typedef struct rn_instr {
    uint8_t code; /* rn_code */
    uint16_t dst, a, b, c;
} rn_instr;

typedef struct rn_program {
    const char *name, *text; /* as the function's author wrote it */
    int n_in, n_scalar, n_const, n_reg, n_instr, n_out;
    const rn_instr *instr;
    const double *constant;
    const uint16_t *out; /* register of each output */
    rn_dtype compute;    /* RN_F32, RN_F64 or RN_I64 */
    bool uses_index;     /* INDEX, RANDOM or LOAD occur: the position of an element matters */
    uint64_t id;         /* equal programs have equal ids, across processes */
    uint64_t raw;       /* bit i: input i is read by LOAD only; it has its own shape, and lies row-major without gaps */
    const char *inputs; /* their names, "x, y[]"; NULL where they have none */
} rn_program;

/* How a reduction joins two values. ARGMAX and ARGMIN give positions (i64) of the first extreme value. */
typedef enum rn_join {
    RN_JOIN_NONE,
    RN_JOIN_ADD,
    RN_JOIN_MUL,
    RN_JOIN_MAX,
    RN_JOIN_MIN,
    RN_JOIN_ARGMAX,
    RN_JOIN_ARGMIN
} rn_join;

/* ---- kernels ---- */

/* One call of a kernel. What depends on shapes and options only is known in `prepare`; data pointers only in `run`. */
typedef struct rn_kernel_call {
    size_t size;
    const char *op;
    int n_in, n_out;
    rn_view *in, *out;     /* an optional input that was left out has dtype RN_DTYPE_NONE */
    const void *opts;      /* the function's option struct (rensa/kernels.h) */
    const rn_program *map; /* of RN_MAP and RN_REDUCE functions, else NULL */
    const double *scalars; /* its option scalars (one set per group, see groups) */
    int groups;   /* RN_MAP over lists: inputs are in[k * groups + g], outputs out[k * groups + g]; usually 1 */
    rn_join join; /* of RN_REDUCE functions */
    const rn_program
        *post; /* applied to each reduced value, NULL for none; its one option scalar is the number of values */
    uint32_t reduce_mask; /* bit i: axis i of in[0] is reduced; out keeps the others in order, without size-1 axes */
    void *state;          /* what prepare returned */
    void *workspace;      /* as many bytes as the kernel asked for, aligned to 64 */
    void *device;         /* what the back end's open returned */
    /* Reports a failure of this call (status from rensa/error.h) and returns false. Safe from any thread of the kernel.
     */
    bool (*fail)(struct rn_kernel_call *call, int status, const char *fmt, ...) RN_PRINTF(3, 4);
    void *engine;      /* the engine's own */
    uint64_t constant; /* bit i: in[i] stays as it is, and its data can be read in prepare already */
    /* Of a kernel with RN_KERNEL_FOLLOWED: a call of one with RN_KERNEL_FOLLOWS, of the same back end, which reads
     * out[0] element by element in the order in which it lies in memory; NULL if there is none. It may write its
     * results over out[0]. It is prepared after this call, and there may be none in `run` although there was in
     * prepare. */
    struct rn_kernel_call *then;
    bool within; /* in prepare: this call will be the `then` of another */
} rn_kernel_call;

/* Takes inputs of any strides; others get row-major ones. Outputs are row-major, too, unless `arrange` says otherwise.
 */
#define RN_KERNEL_STRIDED 1u
/* out[0], for "map" every result, may be the memory of an input of the same size. */
#define RN_KERNEL_IN_PLACE 2u
/* `run` also computes call->then where that is set, best of all each piece of out[0] while it is in the cache. */
#define RN_KERNEL_FOLLOWED 4u
/* Its calls may be the `then` of others. */
#define RN_KERNEL_FOLLOWS 8u

typedef struct rn_kernel {
    const char *op; /* name of the function; "map" and "reduce" serve all elementwise functions and all reductions */
    /* NULL if this kernel takes the call (n_in, n_out, views without data, opts are set), else why not. May be NULL. */
    const char *(*refuse)(const rn_kernel_call *call);
    bool (*run)(rn_kernel_call *call);
    /* Optional, once per plan: state for later calls, and the bytes of workspace that they need. */
    bool (*prepare)(rn_kernel_call *call, void **state, int64_t *workspace);
    void (*release)(void *state);
    unsigned flags;
    /* Optional, once per plan, before prepare: other orders of axes in memory. The views have the strides with which
     * inputs would come and results be laid out; the kernel sets those that it wants instead, dense and without gaps.
     * Inputs that lie otherwise are copied. */
    void (*arrange)(rn_kernel_call *call);
} rn_kernel;

/* What the library offers to back ends, for as long as the process lives. Newer fields are added at the end. */
typedef struct rn_host {
    size_t size; /* sizeof(rn_host) */
    /* A log line (level: rn_log_level of rensa/error.h). Thread-safe: yes. */
    void (*log)(int level, const char *topic, const char *fmt, ...) RN_PRINTF(3, 4);
} rn_host;

/* What a device can do at the most, by one thread and by all: multiply-adds (an operation each for the product and the
 * sum) in operations per second, memory, the cache of a core and that which all share in bytes read and written per
 * second. 0: not known. */
typedef struct rn_limits {
    size_t size; /* sizeof(rn_limits) */
    int threads;
    int64_t cached, shared_cached; /* bytes per thread, and of all, that the two caches hold */
    double f32[2], bf16[2], memory[2], cache[2], shared[2];
} rn_limits;

typedef struct rn_backend rn_backend;
struct rn_backend {
    int abi_version; /* RN_BACKEND_ABI */
    size_t size;     /* sizeof(rn_backend) */
    const char *name, *doc;
    bool host_memory; /* pointers can be read and written by the host */
    /* Devices 0 … count-1. describe writes a line about device `index` into buf; where there is none, why not. */
    int (*count)(void);
    void (*describe)(int index, char *buf, size_t size);
    /* NULL with a text in `why` on failure. `detail` is what follows the colon in names such as "check:cpu". */
    void *(*open)(int index, const char *detail, char *why, size_t why_size);
    void (*close)(void *device);
    /* Memory aligned to 64 bytes; NULL if there is none. The engine pools what it gets. */
    void *(*alloc)(void *device, int64_t bytes);
    void (*free)(void *device, void *p, int64_t bytes);
    bool (*copy_in)(void *device, void *to, const void *host, int64_t bytes);
    bool (*copy_out)(void *device, void *host, const void *from, int64_t bytes);
    /* Waits until all work given so far is done. */
    bool (*sync)(void *device);
    /* Best first; ends with a row whose op is NULL. May be NULL. */
    const rn_kernel *kernels;
    unsigned flags; /* RN_BACKEND_* */
    /* Of a back end that watches another one: whose kernels run, for which device (what that one's open returned), and
     * what is done around each of their calls (NULL for nothing). enter and leave may refuse with call->fail. */
    const rn_backend *(*wraps)(void *device, void **inner);
    bool (*enter)(void *device, rn_kernel_call *call);
    bool (*leave)(void *device, rn_kernel_call *call);
    /* Called once, before everything else. May be NULL. */
    void (*attach)(const rn_host *host);
    /* Measures, in about a second. May be NULL. */
    bool (*measure)(void *device, rn_limits *limits);
};

#define RN_BACKEND_DRY 1u      /* nothing is computed: plans run without their kernels */
#define RN_BACKEND_SEPARATE 2u /* every value gets memory of its own, also results, which is not pooled */
/* The kernel "map" rounds each result of a program's instructions to the type computed in, so that elementwise calls
 * may be joined to one without any change of their values. */
#define RN_BACKEND_JOINS 4u

typedef const rn_backend *rn_backend_fn(void);

#ifdef __cplusplus
}
#endif
#endif
