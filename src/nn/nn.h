/* Links inside the library: the tree, its slots, and how types are looked up. */
#ifndef RNI_NN_NN_H
#define RNI_NN_NN_H

#include <rensa/nn.h>

#include "base/str.h"
#include "nn/args.h"

#include <string.h>

/* A place for a parameter or state; shared between links that were copied so. */
typedef struct {
    int32_t refs;
    char *name;
    rn_init init; /* resolved; its values are held */
    unsigned flags;
    rn_tensor *cell;   /* NULL until the first call */
    rn_tensor *before; /* what a state was before a step that may be skipped, else NULL */
    bool frozen, no_decay;
    double rate;
} rni_slot;

typedef struct {
    char *name;
    rn_link *link;
} rni_child;

typedef struct {
    char *name;
    rn_tensor *value;
} rni_kept;

typedef enum { RNI_CHAIN = 1, RNI_SEQUENTIAL, RNI_FUNCTION, RNI_OP, RNI_TYPED } rni_link_kind;

struct rn_link {
    rni_link_kind kind;
    int32_t refs;
    int n_inputs, n_required; /* of a typed link and an op */
    const rn_link_type *type; /* of a typed link, else NULL */
    const rn_op *op;          /* of an op; its options are `args` */
    rn_segment_fn *fn;        /* of a function, and of a chain that can be called */
    void *user;
    char *name;
    rn_link *parent; /* the chain that it was added to first; not held */
    rni_slot **slot; /* NULL for one that the options leave out */
    int64_t n_slots, cap_slots;
    rni_child *child;
    int64_t n_children, cap_children;
    rni_kept *kept; /* state of recurrent links */
    int64_t n_kept, cap_kept;
    void *args;  /* resolved options */
    void *given; /* a copy of the argument struct as the caller gave it, to know it again */
    void *memory;
    uint64_t seed, draw; /* of initial values, where this link is the root */
    rn_dtype dtype;      /* set by rn_link_set_dtype */
    rn_site site;        /* where it was made */
};

/* ---- making ---- */

/* An empty link; draws nothing from the random stream. */
rn_link *rni_link_alloc(rni_link_kind kind, const rn_site *site);
/* A link with options that rni_args_take or rni_args_from_settings has made; takes them over, also on a failure. */
rn_link *rni_link_typed(const rn_link_type *type, const rn_site *site, void *args);
/* As rn_link_new, without a draw: for links inside of others. */
rn_link *rni_link_inner(const rn_link_type *type, const rn_site *site, const void *args);
/* Takes one number from the thread's random stream for the initial values below this link. */
void rni_link_draw(rn_link *link);
rni_args_of rni_link_args_of(const rn_link_type *type);
bool rni_link_kept_set(rn_link *link, const char *name, rn_tensor *value);
/* An elementwise (or other one-input) function by name, checked; NULL with an error pending. */
const rn_op *rni_activation(const char *name, const rn_site *site, const char *what);
rn_tensor *rni_activate(const rn_op *op, rn_tensor *x);

/* Raises SHAPE for an input of the link that has not the shape `expect`. Returns false. */
bool rni_link_refuse(const rn_link *link, const rn_tensor *x, const char *expect, ...) RN_PRINTF(3, 4);

/* ---- the tree ---- */

/* Appends "block/conv1", the names from the root to this link; nothing for a root. */
void rni_link_path(const rn_link *link, rni_str *to);
rn_link *rni_link_direct(const rn_link *link, const char *name, int64_t n);
/* Parameter or state by path, NULL if there is none; `owner` (may be NULL) gets its link. */
rni_slot *rni_slot_find(const rn_link *link, const char *path, rn_link **owner);
bool rni_slot_set(rni_slot *slot, rn_link *owner, rn_tensor *value);
void rni_slot_free(rni_slot *slot);               /* NULL is fine */
bool rni_slot_add(rn_link *link, rni_slot *slot); /* takes the slot over if it succeeds */

/* Calls visit for each slot, each once. `path` is where the names are built. */
typedef bool rni_slot_visit(void *user, rn_link *link, rni_slot *slot, const char *path);
bool rni_slots_visit(rn_link *link, rni_slot_visit *visit, void *user);

/* Grows whenever a link, a slot or a parameter comes into being anywhere, so that lists of parameters are known to be
 * old. */
uint64_t rni_nn_version(void);
void rni_nn_changed(void);

bool rni_pattern_matches(const char *pattern, const char *text);

/* ---- types ---- */

/* The link types that the library brings: add yours to the list. */
/* clang-format off */
#define RNI_LINK_TYPE_LIST(X) \
    X(linear) X(embedding) X(conv1d) X(conv2d) X(conv3d) X(deconv1d) X(deconv2d) X(deconv3d) X(depthwise_conv2d) \
    X(batch_norm) X(layer_norm) X(rms_norm) X(group_norm) X(lstm) X(gru) X(rnn) X(multi_head_attention) \
    X(transformer_block) X(prelu) X(scale) X(bias) X(dropout) X(mlp) X(highway)
/* clang-format on */
#define X(name) extern const rn_link_type rni_link_##name;
RNI_LINK_TYPE_LIST(X)
#undef X
extern const rn_link_type *const rni_link_types[]; /* ended by NULL */

#endif
