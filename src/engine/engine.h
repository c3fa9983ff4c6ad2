/* The engine's own structures: tensors, recorded nodes, and what each thread holds.
 *
 * Every tensor lives in a block together with the node that makes it: a call of a function, or, for data and the values
 * of parameters, a leaf (op NULL). A block is freed when nobody holds any of its tensors. Tensors hold nothing but
 * their value; nodes hold their inputs. So a graph lives exactly as long as a tensor that was computed from it. */
#ifndef RNI_ENGINE_ENGINE_H
#define RNI_ENGINE_ENGINE_H

#include <rensa/op.h>

#include "backend/backend.h"
#include "base/block.h"
#include "base/hash.h"
#include "engine/hook.h"

typedef struct rni_node rni_node;
typedef struct rni_thread rni_thread;
typedef struct rni_cell rni_cell;

#define RNI_TENSOR_TAG 0x52454e53u

enum {
    RNI_T_GRAD = 1,   /* wants a gradient, or was computed from something that does */
    RNI_T_SINK = 2,   /* in the thread's list of results that nothing has used yet */
    RNI_T_FORGET = 4, /* its history is given up once its value is known */
    RNI_T_LEAF = 8,   /* gradients go no further: a version of a cell */
};

struct rn_tensor {
    uint32_t tag; /* RNI_TENSOR_TAG while alive */
    uint8_t dtype, flags;
    uint16_t unused;
    int32_t refs;  /* atomic: scopes, rn_keep, nodes, cells */
    int32_t users; /* calls that took it as an input so far */
    int32_t index; /* among the node's results */
    rni_node *node;
    rn_shape shape;
    int64_t count;
    rni_buffer *buffer; /* the value, row-major from `offset` bytes on; NULL until computed */
    int64_t offset;
    rni_cell *cell;       /* of a parameter or state */
    rni_cell *version_of; /* of a value that a cell has, or had */
    rn_tensor *grad;      /* of a tensor with a cell: collected by rn_backward, a value and never a cell */
    char *name;
    rn_tensor *sink_next, *sink_prev;
    uint64_t walk; /* its thread's evaluation that read it as a given value last, and its number there */
    int32_t slot;
};

struct rni_cell {
    int32_t refs;     /* atomic: its tensor and all versions that exist */
    rn_tensor *value; /* the present version, held */
    bool trains;
    bool is_data;         /* made from data, wants a gradient, cannot be assigned to */
    rni_thread *dirty_in; /* thread in whose list of pending updates it is */
    rn_tensor *self;      /* the parameter or state; NULL once that has ended */
    rn_tensor *dirty_next, *dirty_prev;
};

struct rni_node {
    const rn_op *op; /* NULL for a leaf */
    rn_site site;
    const char *grad_of; /* the function whose gradient this is a part of */
    rni_thread *thread;
    rni_device *device;
    rni_hash hash; /* of function, structural options and results */
    uint64_t mark; /* walk that saw it last */
    int32_t order; /* its number in that walk */
    int32_t live;  /* atomic: results that somebody holds */
    int32_t n_in, n_out;
    uint64_t ran_in; /* key of the plan that computed it (0: none), and its number there */
    int32_t ran_as;
    bool recording_cut; /* history given up: inputs are released */
    void *opts;
    rn_tensor **in;
    rn_tensor *out; /* n_out of them, in this block */
    int64_t bytes;  /* of the block */
};

struct rni_thread {
    /* scopes: handles[scope[k]] on are those of scope k */
    rn_tensor **handles;
    int64_t n_handles, cap_handles;
    int64_t *scope;
    int64_t n_scopes, cap_scopes;
    rni_device *device;
    rni_device *place; /* of the function being made of others: what is created inside lives where its inputs do */
    bool ready, no_grad, testing, eager, nan_check;
    rn_dtype precision;  /* of the operands of products; RN_DTYPE_NONE: as they are */
    unsigned passes_off; /* RNI_PASS_* */
    bool recomputing;    /* assignments are suppressed: a segment is run again */
    bool lowering;       /* a composite is being taken apart at compile time */
    int guarded;         /* optimizers that may skip a step: links keep what their state was before it */
    const char *grad_of;
    uint64_t seed, draws;
    rn_tensor *sinks;               /* results that nothing has used yet */
    rn_tensor *dirty;               /* cells whose value is not computed yet */
    int64_t pending, pending_bytes; /* recorded since the last evaluation */
    int64_t pending_bytes_max;
    int64_t memory_limit; /* bytes that a plan may take, 0: any number */
    uint64_t walk;
    rn_engine_info info;
    struct rni_plan_cache *plans;
    rni_blocks blocks;
    rni_hooks hooks;                 /* called around each step */
    struct rni_recording *recording; /* of the step that is being recorded */
    struct rni_report *report;       /* that plans are described in, NULL: none */
    struct rni_collector *collector; /* of rn_recompute: outside tensors that a segment uses */
};

/* This thread's state, made on first use; NULL with an error pending if that fails. */
rni_thread *rni_thread_self(void);

/* ---- tensors ---- */

rn_tensor *rni_leaf_new(rni_thread *t, rni_device *device, rn_dtype dtype, const rn_shape *shape, const rn_site *site);
rni_node *rni_node_new(int n_in, int n_out, int64_t opts_bytes);
void rni_tensor_keep(rn_tensor *x);
/* How many hold x now; other threads may hold it, too. */
static inline int32_t rni_refs(const rn_tensor *x)
{
    return __atomic_load_n(&x->refs, __ATOMIC_ACQUIRE);
}
/* Releases; frees blocks without recursion, however deep the graph. */
void rni_tensor_drop(rn_tensor *x);
/* Puts x (one reference of which is handed over) into the innermost scope. On failure x is dropped and NULL returned.
 */
rn_tensor *rni_scoped(rni_thread *t, rn_tensor *x);
/* The tensor a function computes with: a cell's present value, else x itself. */
rn_tensor *rni_value_of(rn_tensor *x);
/* The same, safe from another thread that assigns to x meanwhile: held until it is given back. */
rn_tensor *rni_value_take(rn_tensor *x);
void rni_value_give(const rn_tensor *x, rn_tensor *value);
void rni_sink_add(rni_thread *t, rn_tensor *x);
void rni_sink_remove(rni_thread *t, rn_tensor *x);
/* Gives up a node's inputs. */
void rni_node_cut(rni_node *node);
/* Holds a node's memory without any of its tensors. */
void rni_node_keep(rni_node *node);
void rni_node_drop(rni_node *node);
/* NULL is fine. */
void rni_cell_drop(rni_cell *c);
bool rni_is_tensor(const rn_tensor *x, const rn_site *site, const char *what);
static inline int64_t rni_tensor_nbytes(const rn_tensor *x)
{
    return x->count * rn_dtype_bytes((rn_dtype)x->dtype);
}

/* ---- recording ---- */

/* Runs the build of a function for the call that rni_site_enter has named; `out` is NULL before. */
bool rni_build(rn_call_info *c);
/* Marks cell as having a pending value / a known one. */
void rni_dirty_add(rni_thread *t, rn_tensor *cell);
void rni_dirty_remove(rn_tensor *cell);
/* Number of results of a call with n_in inputs and these options. */
int rni_call_outputs(const rn_op *op, int64_t n_in, const void *opts);

/* ---- evaluation ---- */

/* Computes the given tensors, pending updates and unused results. */
bool rni_evaluate(rni_thread *t, rn_tensor *const *wanted, int64_t n, const rn_site *site);
/* Gives up x's history: now if its value is known, else as soon as it is. No gradient passes x afterwards. */
void rni_forget(rn_tensor *x);
void rni_plan_cache_free(struct rni_plan_cache *cache);

#endif
