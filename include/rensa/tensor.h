/* Tensors, scopes, gradients and evaluation.
 *
 * A tensor is an array (element type, shape, device) that may know how it was computed and may want a gradient.
 * Functions on tensors (ops.h) check types and shapes at once and record what is to be done; nothing is computed until
 * a value is looked at (rn_data, rn_item, rn_copy, printing, saving) or rn_eval asks for it.
 *
 * Lifetimes: a tensor returned by a function belongs to the innermost open scope and ends with it. rn_keep makes it
 * yours until rn_drop. There is no other rule. NULL in gives NULL out, and while an error is pending functions do
 * nothing. Thread-safe: per thread, unless said otherwise; one thread builds one graph. A process that has computed
 * must not compute in a child after fork(), where the threads of OpenMP do not exist; a child that calls exec() may. */
#ifndef RENSA_TENSOR_H
#define RENSA_TENSOR_H

#include <rensa/base.h>
#include <rensa/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- scopes and lifetimes ---- */

/** Opens a scope; what functions return from now on belongs to it. Returns its level for rn_scope_end. */
RN_API int rn_scope_begin(void);
/** Ends the scope of that level and those opened inside it. Returns -1. */
RN_API int rn_scope_end(int level);
/** Ends the scope and hands `t` to the scope around it. Returns t. */
RN_API rn_tensor *rn_scope_return(int level, rn_tensor *t);

#define RNI_PASTE2(a, b) a##b
#define RNI_PASTE(a, b) RNI_PASTE2(a, b)
/* RN_SCOPE { … }: a block whose tensors end with it. `continue` leaves the block and ends the scope; `break` and
 * `return` leave the block, and the scope around it frees what was made. */
#define RN_SCOPE                                                                                                       \
    for (int RNI_PASTE(rni_turn_, __LINE__) = 1, RNI_PASTE(rni_scope_, __LINE__) = rn_scope_begin();                   \
         RNI_PASTE(rni_turn_, __LINE__);                                                                               \
         RNI_PASTE(rni_turn_, __LINE__) = 0, rn_scope_end(RNI_PASTE(rni_scope_, __LINE__)))

/** Makes t outlive its scope: it is yours until rn_drop. Returns t; NULL is fine. */
RN_API rn_tensor *rn_keep(rn_tensor *t);
/** Gives back what rn_keep took. NULL is fine. */
RN_API void rn_drop(rn_tensor *t);
/** Tensors that exist in the process, for tests of lifetimes. Thread-safe: yes. */
RN_API int64_t rn_live_tensors(void);
/** Frees what the library holds for this thread (root scope, cached plans) and, in the last thread, for the process. */
RN_API void rn_shutdown(void);

/* ---- making tensors from data ---- */

/** A tensor with a copy of `data` (row-major, count of `shape` elements of `dtype`); NULL data gives zeros.
 *  Errors: SHAPE for a negative or overflowing shape, NOMEM. Result: scoped. */
RN_API rn_tensor *rn_array_at(const rn_site *site, rn_dtype dtype, rn_shape shape, const void *data);
#define rn_array(dtype, shape, ...) rn_array_at(RN_HERE, dtype, shape, __VA_ARGS__)
#define rn_array_f32(shape, ...) rn_array_at(RN_HERE, RN_F32, shape, (const float[]){ __VA_ARGS__ })
#define rn_array_i32(shape, ...) rn_array_at(RN_HERE, RN_I32, shape, (const int32_t[]){ __VA_ARGS__ })
/** As rn_array without a copy: `data` must stay as it is until `done(user)` is called (done may be NULL: forever),
 * which happens once, in whatever thread gives the memory back; after a failure it is not called. */
RN_API rn_tensor *rn_array_view_at(const rn_site *site, rn_dtype dtype, rn_shape shape, const void *data,
                                   void (*done)(void *user), void *user);
#define rn_array_view(dtype, shape, data, done, user) rn_array_view_at(RN_HERE, dtype, shape, data, done, user)
/** A scalar (rank 0) of type f32. */
#define rn_scalar(value) rn_array_at(RN_HERE, RN_F32, RN_SCALAR, (const float[]){ (float)(value) })

/* ---- what a tensor is ---- */

RN_API const rn_shape *rn_tensor_shape(const rn_tensor *t); /**< borrowed; a scalar's shape for NULL */
/** Element type; RN_DTYPE_NONE for NULL. */
RN_API rn_dtype rn_tensor_dtype(const rn_tensor *t);
/** Number of axes; 0 for a scalar and for NULL. */
RN_API int rn_tensor_rank(const rn_tensor *t);
RN_API int64_t rn_tensor_dim(const rn_tensor *t, int axis); /**< axis may be negative; 0 for one out of range */
RN_API int64_t rn_tensor_count(const rn_tensor *t);         /**< elements */
/** Bytes of all elements, row-major without gaps, whether or not they are in memory; 0 for NULL. */
RN_API int64_t rn_tensor_bytes(const rn_tensor *t);
RN_API const char *rn_tensor_name(const rn_tensor *t); /**< borrowed; NULL where it has none */
/** Gives t a name (copied) for messages and graphs, or with NULL none. Errors: ARG for no tensor; NOMEM. */
RN_API bool rn_tensor_set_name(rn_tensor *t, const char *name);

/* ---- looking at values ---- */

/** Computes what is needed for t (and updates of parameters that are pending). False with an error pending. */
RN_API bool rn_eval_at(const rn_site *site, rn_list ts);
#define rn_eval(...) rn_eval_at(RN_HERE, RN_LIST(__VA_ARGS__))
/** Computes everything that is pending in this thread. */
RN_API bool rn_eval_all(void);
/** The elements, row-major, of type rn_tensor_dtype. Borrowed: valid as long as t; of a parameter or state until it is
 * assigned or updated (rn_value gives a tensor of its own); on a device without host memory until the innermost scope
 * ends. NULL on an error. */
RN_API const void *rn_data_at(const rn_site *site, rn_tensor *t);
#define rn_data(t) rn_data_at(RN_HERE, t)
/** As rn_data for f32 tensors. Errors: DTYPE for another type. */
RN_API const float *rn_data_f32_at(const rn_site *site, rn_tensor *t);
#define rn_data_f32(t) rn_data_f32_at(RN_HERE, t)
/** The value of a tensor with one element. NaN on an error. Errors: SHAPE if it has another number of elements. */
RN_API double rn_item_at(const rn_site *site, rn_tensor *t);
#define rn_item(t) rn_item_at(RN_HERE, t)
/** Copies all elements into `to`, converted to `dtype`; `bytes` is the size of `to`. Errors: ARG if it is too small. */
RN_API bool rn_copy_to_at(const rn_site *site, rn_tensor *t, rn_dtype dtype, void *to, int64_t bytes);
#define rn_copy_to(t, dtype, to, bytes) rn_copy_to_at(RN_HERE, t, dtype, to, bytes)
/** Writes the tensor as NumPy prints arrays, with a newline. */
RN_API bool rn_print_at(const rn_site *site, FILE *to, rn_tensor *t);
#define rn_print(t) rn_print_at(RN_HERE, stdout, t)
/** The text that rn_print writes, without the newline, into buf; returns its length as snprintf does. -1 on an error.
 */
RN_API int64_t rn_tensor_text(rn_tensor *t, char *buf, int64_t size);

/* ---- parameters and other state ---- */

/** A parameter: a named cell whose value optimizers and rn_assign replace. Functions that take it use the value it has
 * at the time of the call, also when they are computed later. Owned: free with rn_drop. Trains unless frozen. `value`
 * gives shape, type and the first value. */
RN_API rn_tensor *rn_param_at(const rn_site *site, const char *name, rn_tensor *value);
#define rn_param(name, value) rn_param_at(RN_HERE, name, value)
/** State that is not trained (running statistics, optimizer state). Owned. */
RN_API rn_tensor *rn_state_at(const rn_site *site, const char *name, rn_tensor *value);
#define rn_state(name, value) rn_state_at(RN_HERE, name, value)
/** Replaces the value of a parameter or state from here on. One thread may do so while others call functions of the
 * cell: each call takes the value before or after it, and is refused (STATE) as long as that is recorded only. Errors:
 * SHAPE and DTYPE unless equal to the cell's; STATE if `cell` is neither a parameter nor a state. */
RN_API bool rn_assign_at(const rn_site *site, rn_tensor *cell, rn_tensor *value);
#define rn_assign(cell, value) rn_assign_at(RN_HERE, cell, value)
/** The present value of a parameter or state as an ordinary tensor without history. Scoped. */
RN_API rn_tensor *rn_value(rn_tensor *cell);

/* ---- gradients ---- */

/** Lets a tensor made from data want a gradient, or a parameter be trained (true) or frozen (false). The result of a
 * function is computed and serves as data from here on, unless gradients pass it already. Returns t, NULL on an error.
 * Errors: DTYPE unless it has a float type; STATE for false where gradients pass. */
RN_API rn_tensor *rn_require_grad(rn_tensor *t, bool yes);
/** Whether gradients flow to t: it trains, wants a gradient, or was computed from something that does. */
RN_API bool rn_requires_grad(const rn_tensor *t);
/** The same value, cut off from its history: gradients stop here. Scoped. */
RN_API rn_tensor *rn_detach_at(const rn_site *site, rn_tensor *t);
#define rn_detach(t) rn_detach_at(RN_HERE, t)

typedef struct rn_grad_args {
    rn_list outputs, inputs;
    rn_site site;
    rn_list grad_outputs; /* one per output, or left out: ones (outputs must then be scalars) */
    bool create_graph;    /* the gradients can be differentiated again */
    rn_tensor **grads;    /* required: one per input; NULL is stored where no path leads from outputs to it */
} rn_grad_args;
/** Gradients of the sum of outputs with respect to inputs (any tensors that outputs were computed from). Scoped.
 *  rn_grad(RN_LIST(loss), RN_LIST(w, b), .grads = g). Errors: ARG, SHAPE, STATE where an output has no history. */
RN_API bool rn_grad_at(const rn_grad_args *args);
#define rn_grad(...) rn_grad_at(&(rn_grad_args){ __VA_ARGS__, .site = RN_SITE(rn_grad_args) })

typedef struct rn_backward_args {
    rn_tensor *loss;
    rn_site site;
    rn_tensor *grad;   /* of loss; left out: 1, and loss must have one element */
    bool create_graph; /* the gradients can be differentiated again */
} rn_backward_args;
/** Adds the gradient of loss to rn_grad_of of every parameter, and every tensor made from data that wants one, that
 * loss was computed from. Errors: SHAPE, STATE where nothing in loss's history wants a gradient. */
RN_API bool rn_backward_at(const rn_backward_args *args);
#define rn_backward(...) rn_backward_at(&(rn_backward_args){ __VA_ARGS__, .site = RN_SITE(rn_backward_args) })
/** The gradient collected so far, NULL if there is none. Borrowed: valid until rn_clear_grad or the next rn_backward.
 */
RN_API rn_tensor *rn_grad_of(const rn_tensor *t);
/** Replaces (or with NULL forgets) the collected gradient. Errors: SHAPE; STATE if t is no parameter, state or tensor
 * that rn_require_grad was called for. */
RN_API bool rn_set_grad(rn_tensor *t, rn_tensor *grad);
/** Forgets the collected gradient. NULL is fine. */
RN_API void rn_clear_grad(rn_tensor *t);

/** Switches recording of history for gradients off or on in this thread; returns what it was. */
RN_API bool rn_grad_mode(bool on);
/** Switches between training and evaluation behaviour (dropout, batch normalisation); returns what it was. On at first.
 */
RN_API bool rn_train_mode(bool on);
/** Whether this thread has training behaviour (rn_train_mode). */
RN_API bool rn_is_training(void);

#define RNI_WITH(var, enter, leave)                                                                                    \
    for (int RNI_PASTE(rni_once_, __LINE__) = 1, var = (int)(enter); RNI_PASTE(rni_once_, __LINE__);                   \
         RNI_PASTE(rni_once_, __LINE__) = 0, (void)(leave))
/* RN_NO_GRAD { … } and RN_TEST_MODE { … }: blocks without history, and with evaluation behaviour and no history. Leave
 * them at their end or by `continue`. */
#define RN_NO_GRAD                                                                                                     \
    RNI_WITH(RNI_PASTE(rni_was_, __LINE__), rn_grad_mode(false), rn_grad_mode(RNI_PASTE(rni_was_, __LINE__)))
#define RN_TEST_MODE                                                                                                   \
    RNI_WITH(RNI_PASTE(rni_wast_, __LINE__), rn_train_mode(false) * 2 + rn_grad_mode(false),                           \
             (rn_train_mode(RNI_PASTE(rni_wast_, __LINE__) >> 1), rn_grad_mode(RNI_PASTE(rni_wast_, __LINE__) & 1)))

/** The type in which this thread's products take f32 operands from here on: RN_BF16, RN_F16, or RN_F32 for as they are.
 * Sums, norms and losses take 16-bit operands in f32; other functions follow what they are given; f64 stays. Parameters
 * stay f32 and get f32 gradients. Returns what it was. Errors: DTYPE for another type. See docs/precision.md. */
RN_API rn_dtype rn_precision_mode(rn_dtype compute);
/* RN_PRECISION(RN_BF16) { … }: a block that computes so. Leave it at its end or by `continue`. */
#define RN_PRECISION(compute)                                                                                          \
    RNI_WITH(RNI_PASTE(rni_computed_, __LINE__), rn_precision_mode(compute),                                           \
             rn_precision_mode((rn_dtype)RNI_PASTE(rni_computed_, __LINE__)))

/** A function of n tensors; NULL with an error pending on a failure. */
typedef rn_tensor *rn_segment_fn(void *user, rn_tensor *const *x, int64_t n);
/** Runs fn(user, x, n) now and again in the backward pass, so that what it computes inside need not be held until then
 *  (Chen et al. 2016, "Training deep nets with sublinear memory cost"). fn must depend on its arguments and on
 * parameters only; random numbers repeat themselves. Returns its result. Scoped. */
RN_API rn_tensor *rn_recompute_at(const rn_site *site, rn_segment_fn *fn, void *user, rn_list xs);
#define rn_recompute(fn, user, ...) rn_recompute_at(RN_HERE, fn, user, RN_LIST(__VA_ARGS__))

/** Writes the recorded calls that lead to the outputs as a graph in Graphviz's dot language. Errors: IO. */
RN_API bool rn_graph_save_at(const rn_site *site, const char *path, rn_list outputs);
#define rn_graph_save(path, ...) rn_graph_save_at(RN_HERE, path, RN_LIST(__VA_ARGS__))

/* ---- random numbers ---- */

/** Seeds this thread's stream: what is drawn afterwards depends on `seed` and the order of calls only. */
RN_API void rn_seed(uint64_t seed);
/** The stream's state, to save and restore it: seed and the number of draws made. */
RN_API void rn_random_state(uint64_t state[2]);
/** Puts this thread's stream back to where rn_random_state found it. Errors: ARG for NULL. */
RN_API void rn_set_random_state(const uint64_t state[2]);

/* ---- devices ---- */

/** Makes the device called `name` ("cpu", "cuda:0", "ref", "check:cpu", "null") the one of this thread: tensors made
 * from now on live there. Errors: DEVICE names what is missing; ARG for a name that no back end has. */
RN_API bool rn_device_use(const char *name);
/** Name of this thread's device. */
RN_API const char *rn_device_name(void);
/* Bytes in use by tensors on this thread's device, the highest it was, and bytes held for reuse. */
typedef struct rn_memory_info {
    int64_t used, peak, pooled;
} rn_memory_info;
/** The memory of this thread's device; zeros where it cannot be opened. */
RN_API rn_memory_info rn_memory(void);
/** From here on rn_memory().peak is the highest use since this call. */
RN_API void rn_memory_reset_peak(void);

/* ---- the engine ---- */

typedef struct rn_engine_info {
    int64_t plans_compiled, plans_run, plans_cached; /* since start; now in the cache */
    int64_t nodes_recorded, nodes_run, nodes_recomputed;
    int64_t steps_replayed; /* runs of plans by rn_step_run without recording */
    int64_t
        peak_bytes; /* of the largest plan that has run: what it was given, its constants, results and all between */
} rn_engine_info;
/** Counters of this thread, for tests that nothing is compiled or computed twice. */
RN_API rn_engine_info rn_engine(void);
/** As the environment variable RENSA_EAGER: computes every call at once, one node at a time. Returns what it was. */
RN_API bool rn_eager_mode(bool on);
/** As RENSA_OFF=NAME: switches a pass of the compiler off (on) for this thread: "simplify" leaves out calls that change
 *  no bit, "fold" computes what depends on nothing once, "share" makes equal calls one, "batch" makes sums of small
 *  products one product, "scatter" adds gradients of parts of a table to it in its place, "split" gives large members
 * of lists calls of their own, "forget" computes what is cheap again for the gradients instead of keeping it, "fuse"
 * makes elementwise calls of one shape one call, "order" chooses an order of calls that takes less memory, "layout"
 * lets kernels choose the order of axes. Results are the same ("batch" rounds otherwise, with "scatter" a -0 may stay
 * one), time is not. Returns what it was. Errors: ARG for a name that no pass has. */
RN_API bool rn_pass_mode(const char *name, bool on);
/** As RENSA_MEMORY_LIMIT: bytes that an evaluation may take, with what it is given and what it gives; 0: any number.
 *  Above it, values that gradients need are computed again instead of kept, the same bit for bit; what does not fit
 * even so is an error (NOMEM) that says how much it needs. Returns what it was. Errors: ARG for a negative number. */
RN_API int64_t rn_memory_limit(int64_t bytes);
/** As RENSA_CHECK_NAN: after each step, NaN and infinity are an error that names the forward line, the element and how
 * many. */
RN_API bool rn_nan_check(bool on);

#ifdef __cplusplus
}
#endif
#endif
