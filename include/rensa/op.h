/* What a function is: one constant struct holds its type and shape rule, gradient, lowering, options, cost, names
 * elsewhere, documentation and test cases. The C wrappers (ops.h), tests, reference docs and exporters are derived from
 * it. Functions of your own use the same struct and rn_op_call. */
#ifndef RENSA_OP_H
#define RENSA_OP_H

#include <rensa/backend.h>
#include <rensa/error.h>
#include <rensa/kernels.h>
#include <rensa/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RN_INPUTS_MAX 16 /* of a function without a list */

typedef struct rn_op rn_op;

typedef enum rn_op_kind {
    RN_MAP = 1,   /* elementwise: `expr`; inputs broadcast */
    RN_REDUCE,    /* `expr` of the elements joined by `join` over axes, then `post` */
    RN_VIEW,      /* the input's memory read with other strides: `view` */
    RN_KERNEL,    /* a kernel of its own: `run` is the plain C loop that defines it; back ends may have faster ones */
    RN_COMPOSITE, /* `build` says how it is made of other functions; kept whole for the back ends that know it, needs a
                     `backward` */
    RN_FUNCTION,  /* `build`, expanded at the call; gradient and everything else follow from the parts */
} rn_op_kind;

/* ---- options ---- */

typedef enum rn_opt_type {
    RN_OPT_END = 0,
    RN_OPT_TYPE_F64,    /* double */
    RN_OPT_TYPE_I64,    /* int64_t */
    RN_OPT_TYPE_BOOL,   /* bool */
    RN_OPT_TYPE_ENUM,   /* int: index into the comma list `choices`; `const char *` in the C call */
    RN_OPT_TYPE_DTYPE,  /* rn_dtype */
    RN_OPT_TYPE_AXES,   /* rn_axes */
    RN_OPT_TYPE_SHAPE,  /* rn_shape */
    RN_OPT_TYPE_RANGES, /* rn_ranges */
    RN_OPT_TYPE_I64S,   /* int64_t[count]; all zero means the default in every place */
    RN_OPT_TYPE_TEXT,   /* char[count] in the struct, `const char *` in the C call; too long is an error */
    RN_OPT_TYPE_INIT,   /* rn_init, of links only (rensa/nn.h); `choices` is the default as text */
    RN_OPT_TYPE_COUNT
} rn_opt_type;

#define RN_OPT_REQUIRED 1u /* by position, before the optional ones */
#define RN_OPT_SCALAR 2u   /* appears in `expr`; its value is an input of the plan, not part of its key */
#define RN_OPT_DYNAMIC 4u  /* read by kernels when they run; its value is not part of the plan's key */
#define RN_OPT_HIDDEN 8u   /* filled by the engine, not by the caller */

typedef struct rn_opt {
    const char *name;
    rn_opt_type type;
    unsigned flags;
    int offset, count;
    double value, min, max; /* default and range of numbers */
    const char *choices;    /* of RN_OPT_TYPE_ENUM; the first is the default */
    const char *help;
} rn_opt;

#define RNI_OPT(s, f, t, fl, n, v, lo, hi, ch, h)                                                                      \
    {                                                                                                                  \
#f, t, fl, (int)offsetof(s, f), n, v, lo, hi, ch, h                                                            \
    }
/* (struct, field, default, min, max, help). F64 options are usable in `expr` by their name. */
#define RN_OPT_F64(s, f, v, lo, hi, h) RNI_OPT(s, f, RN_OPT_TYPE_F64, RN_OPT_SCALAR, 1, v, lo, hi, 0, h)
#define RN_REQ_F64(s, f, lo, hi, h) RNI_OPT(s, f, RN_OPT_TYPE_F64, RN_OPT_SCALAR | RN_OPT_REQUIRED, 1, 0, lo, hi, 0, h)
#define RN_OPT_I64(s, f, v, lo, hi, h) RNI_OPT(s, f, RN_OPT_TYPE_I64, 0, 1, v, lo, hi, 0, h)
#define RN_REQ_I64(s, f, lo, hi, h) RNI_OPT(s, f, RN_OPT_TYPE_I64, RN_OPT_REQUIRED, 1, 0, lo, hi, 0, h)
#define RN_OPT_BOOL(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_BOOL, 0, 1, 0, 0, 1, 0, h)
#define RN_OPT_ENUM(s, f, list, h) RNI_OPT(s, f, RN_OPT_TYPE_ENUM, 0, 1, 0, 0, 0, list, h)
#define RN_OPT_DTYPE(s, f, v, h) RNI_OPT(s, f, RN_OPT_TYPE_DTYPE, 0, 1, v, 0, RN_DTYPE_COUNT - 1, 0, h)
#define RN_REQ_DTYPE(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_DTYPE, RN_OPT_REQUIRED, 1, 0, 1, RN_DTYPE_COUNT - 1, 0, h)
#define RN_OPT_AXES(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_AXES, 0, 1, 0, 0, 0, 0, h)
#define RN_REQ_AXES(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_AXES, RN_OPT_REQUIRED, 1, 0, 0, 0, 0, h)
#define RN_OPT_SHAPE(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_SHAPE, 0, 1, 0, 0, 0, 0, h)
#define RN_REQ_SHAPE(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_SHAPE, RN_OPT_REQUIRED, 1, 0, 0, 0, 0, h)
#define RN_REQ_RANGES(s, f, h) RNI_OPT(s, f, RN_OPT_TYPE_RANGES, RN_OPT_REQUIRED, 1, 0, 0, 0, 0, h)
#define RN_OPT_I64S(s, f, n, v, lo, hi, h) RNI_OPT(s, f, RN_OPT_TYPE_I64S, 0, n, v, lo, hi, 0, h)
#define RN_REQ_TEXT(s, f, n, h) RNI_OPT(s, f, RN_OPT_TYPE_TEXT, RN_OPT_REQUIRED, n, 0, 0, 0, 0, h)
#define RN_OPT_TEXT(s, f, n, h) RNI_OPT(s, f, RN_OPT_TYPE_TEXT, 0, n, 0, 0, 0, 0, h)

/* ---- the callbacks ---- */

/* Types and shapes of a call: read in*, set out* with rn_out. */
typedef struct rn_infer {
    const rn_op *op;
    const void *opts;
    int n_in, n_out;
    rn_tensor *const *in;          /* NULL for an optional input left out */
    rn_dtype dtype[RN_INPUTS_MAX]; /* of the inputs; for a list, those of the first RN_INPUTS_MAX */
    const rn_shape *shape[RN_INPUTS_MAX];
    rn_dtype out_dtype[RN_INPUTS_MAX];
    rn_shape out_shape[RN_INPUTS_MAX];
    const rn_site *site;
    int64_t part; /* of a function with parts: the result to be declared, as output 0 */
} rn_infer;

/** Declares output `i`. Errors: SHAPE if the number of elements overflows. */
RN_API bool rn_out(rn_infer *f, int i, rn_dtype dtype, rn_shape shape);
/** Refuses a call: what is wrong, and the rule as an expression over the inputs (may be NULL). Types and shapes of all
 *  inputs are printed. Returns false. */
RN_API bool rn_refuse(rn_infer *f, rn_status status, const char *what, const char *rule);
/** Adds a hint to the refusal just made; does nothing without one. */
RN_API void rn_infer_hint(const char *fmt, ...) RN_PRINTF(1, 2);
/** Refuses (SHAPE) unless an input has this rank (-1: any); true for one that was left out. */
RN_API bool rn_want_rank(rn_infer *f, int input, int rank);
/** Refuses (DTYPE) unless the type of an input is a float; true for one that was left out. */
RN_API bool rn_want_float(rn_infer *f, int input);

/* A call as build and backward see it. */
typedef struct rn_call_info {
    const rn_op *op;
    const void *opts;
    int n_in, n_out;
    rn_tensor *const *in;
    rn_tensor **out; /* build: to be set; backward: the results, NULL where nobody holds one */
} rn_call_info;

/** Describes, with the options `opts`, the call that `build` is making, so that it can refuse by rn_refuse, in the name
 * of its function, and follow the rules of another one's infer. */
RN_API void rn_infer_begin(rn_infer *f, const rn_call_info *c, const void *opts);

typedef struct rn_vjp {
    const rn_op *op;
    const void *opts;
    int n_in, n_out;
    rn_tensor *const *in;   /* the inputs */
    rn_tensor *const *out;  /* the results */
    rn_tensor *const *gout; /* gradients of the results; NULL where none arrives (it is zero) */
    const bool *need;       /* whether gin[i] is asked for */
    rn_tensor **gin;        /* to be set: gradients of the inputs; NULL means zero */
} rn_vjp;

/** A `backward` for rows with a `build`: the gradient of the parts, which are computed once more for it. Of any order.
 */
RN_API bool rn_backward_by_build(rn_vjp *v);

/** Moves the start of a view by a number of elements (for `view` callbacks). */
static inline void rn_view_shift(rn_view *v, int64_t elements)
{
    v->data = (void *)((uintptr_t)v->data + (uintptr_t)(elements * rn_dtype_bytes(v->dtype)));
}

/* Work of one call, for cost tables. Views are those of the values, as they lie. Elementwise functions and reductions
 * are counted from their texts. */
typedef struct rn_cost {
    const rn_op *op;
    const void *opts;
    int n_in, n_out;
    const rn_view *in, *out;
    double multiply_add, add, multiply, divide, exponential, compare; /* to be set: number of operations */
    double bytes; /* read and written: all inputs and results once, unless the function sets it to less */
} rn_cost;

/* ---- documentation and test cases ---- */

typedef struct rn_doc {
    const char *brief;   /* one sentence */
    const char *formula; /* y = …, over several lines if need be */
    const char *shapes;
    const char *types;
    const char *errors;
    const char *source; /* paper or system */
    const char *since;
} rn_doc;

/* A test case. `in` lists the inputs as "x:f32[2,3] w:f32[4,3]"; a list is "xs:f32[2,3] xs:f32[2,1]". After the shape
 * may follow a range "{0.1,3}" the values are drawn from (default {-1,1}; for integers {0,9}), or "{=1,2,3}" for the
 * values themselves. `with` gives options as "slope=0.1 axes=0,1". */
typedef struct rn_case {
    const char *in, *with;
    const char *fails; /* the call must be refused with a message that contains this */
    const char *kink;  /* input values from which gradient checks stay away: "x=0" or "x=0,1" */
    double tol;        /* relative tolerance of forward values where the default of the type does not do; say why */
    bool no_grad;      /* skip gradient checks of this case */
    bool random;       /* the values are random: check shapes, types and repeatability only */
} rn_case;

struct rn_op {
    const char *name;
    rn_op_kind kind;
    unsigned flags;
    const char *inputs; /* "x, w, b?": ? may be left out, "xs*" is a list; RN_MAP: "x[]" is read as x[k], k counting its
                           elements in row-major order, and has a shape of its own */
    const char *outputs; /* left out: "y"; further ones are returned through options of their name */
    const char *types;   /* RN_MAP, RN_REDUCE: type of the result: "promote" (default), "float" (at least a float),
                            "sum" (floats stay, others give i64), "mean" (others give f64), "bool", "i64",
                            "first", "opt:<name of a dtype option>" */
    const rn_opt *opts;
    size_t opts_size;
    /* RN_MAP: assignments to the outputs, as in "y = x > 0 ? x : slope * x" or "t = x - y; z = t * t".
     * RN_REDUCE: the elements to be joined, as in "y = x"; `post` is applied to the joined value `a` of `n` elements.
     */
    const char *expr, *post;
    rn_join join;
    /* Gradient of an RN_MAP as texts over inputs, results and gy (one input: "gx = …"; several: "gx = …; gy2 = …" named
     * g<input>); left out, it is derived from `expr`. */
    const char *vjp;
    bool (*infer)(rn_infer *f);
    bool (*backward)(rn_vjp *v);
    bool (*build)(rn_call_info *c);
    bool (*run)(rn_kernel_call *c);
    bool (*view)(const rn_view *in, const void *opts, rn_view *out); /* out: dims are set; set strides and data */
    /* RN_VIEW with as many results as its options say (split), instead of `view`: their number, and the one numbered
     * `part`. infer is called for each. Such functions have no generated wrapper (RN_OP_INTERNAL). */
    int64_t (*parts)(const void *opts);
    bool (*view_part)(const rn_view *in, const void *opts, int64_t part, rn_view *out);
    void (*cost)(rn_cost *c);
    const char *onnx; /* name in ONNX and how options are called there: "LeakyRelu slope=alpha" */
    const char *nnp;  /* name in NNP */
    rn_doc doc;
    const rn_case *cases;
};

#define RN_OP_NO_GRAD 1u  /* the result never wants a gradient (comparisons, argmax) */
#define RN_OP_INTERNAL 2u /* no public wrapper */
#define RN_OP_RANDOM 4u   /* draws random numbers: its option struct begins with an rn_random, which the engine fills */
#define RN_OP_HOST_SHAPE 8u /* the shape of the result depends on values: computed at the call */
#define RN_OP_LIST_OUT 16u  /* RN_MAP over groups: each input name stands for a list, so does each output */
/* Under RN_PRECISION: takes its operands in 16 bits (products); takes 16-bit operands in f32 (sums, losses); takes
 * operands of different types in the widest of them. All others follow what they are given. */
#define RN_OP_NARROW 32u
#define RN_OP_WIDE 64u
#define RN_OP_ALIKE 128u
/* RN_MAP: i, n and positions are exact, in f64 where that would be f32; constants and functions with a fraction are
 * computed in f64 where that would be i64. */
#define RN_OP_EXACT 256u
/* The result is the last input with something added: a kernel that works in place takes that one's memory, only. */
#define RN_OP_ONTO 512u

/* First member, called `random`, of the options of functions that draw random numbers; in `expr`: rand(seed, stream).
 */
typedef struct rn_random {
    double seed, stream;
} rn_random;
#define RNI_OPT_DRAW(s, f, h)                                                                                          \
    {                                                                                                                  \
#f, RN_OPT_TYPE_F64, RN_OPT_SCALAR | RN_OPT_HIDDEN, (int)offsetof(s, random.f), 1, 0, 0, 0, 0, h               \
    }
#define RN_OPT_RANDOM(s)                                                                                               \
    RNI_OPT_DRAW(s, seed, "key of the random stream"), RNI_OPT_DRAW(s, stream, "number of the draw")

/* ---- calling by hand ---- */

/** Calls op with resolved options (its own option struct, defaults filled in by rn_opts_default). Results through `out`
 *  (n_out of them); scoped. Errors: those of the function. */
RN_API bool rn_op_call(const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in, const void *opts,
                       rn_tensor **out);
/** Fills an option struct with the defaults. */
RN_API void rn_opts_default(const rn_op *op, void *opts);
/** Sets one option from text ("0.1", "true", "1,2", "f16", "mean"). Errors: ARG names option, text and what is allowed.
 */
RN_API bool rn_opts_set(const rn_op *op, void *opts, const char *name, const char *text, const rn_site *site);
/** The function called `name`, NULL if there is none. What the library keeps to itself (RN_OP_INTERNAL) is not found.
 * Thread-safe: yes. */
RN_API const rn_op *rn_op_find(const char *name);
/** The i-th of the functions that rn_op_find finds, NULL past the last; topic (may be NULL) gets the folder it is in.
 * Thread-safe: yes. */
RN_API const rn_op *rn_op_at(int i, const char **topic);
/** Adds a function of your own to the table (rn_op_find, project files). `op` must stay valid. Errors: ARG for a taken
 * name, a row that contradicts itself or misses a part, and texts that cannot be read (with the column). Thread-safe:
 * yes. */
RN_API bool rn_op_register(const rn_op *op);

/* ---- functions of one's own as texts (docs/kernels.md) ----
 *
 *     const rn_op *k = rn_elementwise_kernel("T x, T y", "T z", "z = (x - y) * (x - y)", "squared_diff");
 *     rn_tensor *z = rn_apply(k, RN_LIST(x, y));
 *
 * They are rows like all others: recorded, differentiable, fused with their neighbours. Parameters are written TYPE
 * NAME with commas between them. TYPE is an element type ("f32", "int64"); one letter, which stands for the same type
 * wherever it is used; "raw" and one of these: read by position, y[k]; or "number": a number of each call. Kernels with
 * equal texts are one. Borrowed: valid as long as the process. Thread-safe: yes. */

typedef struct rn_elementwise_kernel_args {
    const char *inputs, *outputs; /* parameters; results are neither raw nor numbers */
    const char *expr;             /* as the `expr` of a row; also i, the position of the element, and n, their number */
    const char *name;
    rn_site site;
    const char *gradient; /* as the `vjp` of a row: a g<input> for each input. Left out, it follows from `expr` */
} rn_elementwise_kernel_args;
/** A function of elements; inputs that are not raw broadcast. Errors: ARG names the column in the text. */
RN_API const rn_op *rn_elementwise_kernel_at(const rn_elementwise_kernel_args *args);
#define rn_elementwise_kernel(...)                                                                                     \
    rn_elementwise_kernel_at(&(rn_elementwise_kernel_args){ __VA_ARGS__, .site = RN_SITE(rn_elementwise_kernel_args) })

typedef struct rn_reduction_kernel_args {
    const char *inputs, *output; /* parameters */
    const char *map;             /* of each element: "x * x" */
    const char *reduce;          /* of two such values a and b; associative, and they keep their order: "a + b" */
    rn_site site;
    const char *post;     /* of the joined value a of n elements: "sqrt(a)"; default "a" */
    const char *identity; /* a number that the first value is joined to, and the value of no elements; without one, no
                             elements are an error */
    const char *name;     /* default "reduction" */
} rn_reduction_kernel_args;
/** A reduction over axes. Values are joined in f32 (16-bit and f32 types), f64 or i64. Errors: ARG names the column. */
RN_API const rn_op *rn_reduction_kernel_at(const rn_reduction_kernel_args *args);
#define rn_reduction_kernel(...)                                                                                       \
    rn_reduction_kernel_at(&(rn_reduction_kernel_args){ __VA_ARGS__, .site = RN_SITE(rn_reduction_kernel_args) })

typedef struct rn_numbers {
    const double *at;
    int64_t n;
} rn_numbers;
#define RN_NUMBERS(...)                                                                                                \
    ((rn_numbers){ (const double[]){ __VA_ARGS__ }, (int64_t)(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)) })

typedef struct rn_apply_args {
    const rn_op *kernel;
    rn_list inputs;
    rn_site site;
    rn_numbers numbers;  /* values of the parameters that are numbers, in their order */
    rn_shape shape;      /* of the results, where no input says it: all are raw */
    rn_dtype dtype;      /* of results of a letter that no input has */
    rn_axes axes;        /* reductions: which; left out: all */
    bool keepdims;       /* reductions: reduced axes stay, with size 1 */
    rn_tensor **outputs; /* gets all results; may be NULL */
} rn_apply_args;
/** Calls a kernel; returns its first result. Scoped. Errors: ARG for numbers of tensors or numbers, positions out of
 *  range (when values are computed); DTYPE; SHAPE. */
RN_API rn_tensor *rn_apply_at(const rn_apply_args *args);
#define rn_apply(...) rn_apply_at(&(rn_apply_args){ __VA_ARGS__, .site = RN_SITE(rn_apply_args) })

#ifdef __cplusplus
}
#endif
#endif
