/* Links: functions with parameters, and the tree that names them.
 *
 *     rn_chain *model = rn_chain_new();
 *     rn_link *fc1 = rn_chain_add(model, "fc1", rn_linear_link(300)); // input size from the first call
 *     rn_tensor *h = rn_relu(rn_call(fc1, x));
 * or, with parameters looked up by name,
 *     rn_tensor *h = rn_relu(rn_affine(model, "fc1", x, 300));
 *
 * A link owns its parameters, a chain its links; a chain is itself a link. The parameter W of link conv1 in chain block
 * is called "block/conv1/W". Parameters come into being at the first call, when the shapes are known.
 * Initial values depend on the seed (rn_seed), on the place of rn_chain_new among the random draws of the program, and
 * on name and shape of the parameter; not on the order of calls, nor on the device. Thread-safety: a tree is changed
 * (made, added to, first called) by one thread; afterwards many may call it. */
#ifndef RENSA_NN_H
#define RENSA_NN_H

#include <rensa/op.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_link rn_link;
typedef rn_link rn_chain;

/* ---- initialisers ---- */

/* How a parameter gets its first values: a name ("he_normal"), with up to two arguments ("normal:0.02"), in a link's
 * options as .w_init = rn_init_he_normal() or .w_init = { "he_normal" }. Left out: LeCun normal for weights (as in
 * Chainer), zero for biases, unless the link says otherwise. fan_in of W [K, C, ...] is the product of all sizes but
 * the first, fan_out that of all but the second. */
typedef struct rn_init {
    const char *name;  /* see rn_init_at; with or without ":a,b" */
    double a, b;       /* arguments; 0 means the default */
    rn_tensor *values; /* the values themselves, of the parameter's shape; `name` is then not looked at */
} rn_init;

#define RNI_INIT_LIST(X)                                                                                               \
    X(zero, "zeros")                                                                                                   \
    X(one, "ones")                                                                                                     \
    X(nan, "not a number: a parameter that must be loaded")                                                            \
    X(constant, "the number a")                                                                                        \
    X(identity, "a (1) on the diagonal of a square matrix, else zero")                                                 \
    X(normal, "normal, standard deviation a (0.05)")                                                                   \
    X(lecun_normal, "normal, standard deviation a (1) * sqrt(1 / fan_in)")                                             \
    X(glorot_normal, "normal, standard deviation a (1) * sqrt(2 / (fan_in + fan_out))")                                \
    X(he_normal, "normal, standard deviation a (1) * sqrt(2 / fan_in); fan_out if b is 1")                             \
    X(uniform, "uniform in [-a, a) (0.05), or in [a, b) if b is given")                                                \
    X(lecun_uniform, "uniform in [-s, s), s = a (1) * sqrt(3 / fan_in)")                                               \
    X(glorot_uniform, "uniform in [-s, s), s = a (1) * sqrt(6 / (fan_in + fan_out))")                                  \
    X(he_uniform, "uniform in [-s, s), s = a (1) * sqrt(6 / fan_in); fan_out if b is 1")                               \
    X(orthogonal, "a (1.1) times a matrix [K, the rest] with orthonormal rows, or columns if K is larger")             \
    X(upsampling_deconv, "linear interpolation for a deconvolution [C, C or 1, ...]")                                  \
    X(downsampling_conv, "the same filter with sum 1, for a convolution with stride")

/* rn_init_zero(), rn_init_he_normal(), …; with arguments rn_init_normal(0.02) is RN_INIT("normal", 0.02). */
#define X(name, doc)                                                                                                   \
    static inline rn_init rn_init_##name##_with(double a, double b)                                                    \
    {                                                                                                                  \
        rn_init r = { #name, a, b, 0 };                                                                                \
        return r;                                                                                                      \
    }
RNI_INIT_LIST(X)
#undef X
#define rn_init_zero() rn_init_zero_with(0, 0)
#define rn_init_one() rn_init_one_with(0, 0)
#define rn_init_nan() rn_init_nan_with(0, 0)
#define rn_init_constant(value) rn_init_constant_with(value, 0)
#define rn_init_identity() rn_init_identity_with(0, 0)
#define rn_init_normal(sigma) rn_init_normal_with(sigma, 0)
#define rn_init_uniform(low, high) rn_init_uniform_with(low, high)
#define rn_init_lecun_normal() rn_init_lecun_normal_with(0, 0)
#define rn_init_glorot_normal() rn_init_glorot_normal_with(0, 0)
#define rn_init_he_normal() rn_init_he_normal_with(0, 0)
#define rn_init_lecun_uniform() rn_init_lecun_uniform_with(0, 0)
#define rn_init_glorot_uniform() rn_init_glorot_uniform_with(0, 0)
#define rn_init_he_uniform() rn_init_he_uniform_with(0, 0)
#define rn_init_orthogonal(gain) rn_init_orthogonal_with(gain, 0)
#define rn_init_upsampling_deconv() rn_init_upsampling_deconv_with(0, 0)
#define rn_init_downsampling_conv() rn_init_downsampling_conv_with(0, 0)

/** A tensor with such values, drawn from this thread's stream. Scoped. Errors: ARG for an unknown name or shape that
 * the initialiser cannot fill, DTYPE unless dtype is a float. */
RN_API rn_tensor *rn_init_tensor(rn_init init, rn_dtype dtype, rn_shape shape);
/** Name of the i-th initialiser and what it does; NULL past the last. */
RN_API const char *rn_init_at(int i, const char **doc);

/* ---- calling ---- */

/** Runs a link: rn_call(link, x), or with several inputs rn_call(link, q, k, v). Parameters that are not there yet are
 * made. Errors: those of the functions inside; SHAPE if a parameter has another shape than x asks for. Result: scoped.
 */
RN_API rn_tensor *rn_call_at(const rn_site *site, rn_link *link, rn_list xs);
#define rn_call(link, ...) rn_call_at(RN_HERE, link, RN_LIST(__VA_ARGS__))
#define rn_call_n(link, xs) rn_call_at(RN_HERE, link, xs)

/* ---- inference ---- */

/* A model made ready for use: evaluation behaviour, no history, its parameters part of the compiled plans, so that
 * batch normalisation goes into the convolutions before it and weights are packed once. A plan per types and shapes of
 * the inputs and per thread; calls replay it (see rn_step). Thread-safe: rn_predict, also at the same time; the model
 * must not be trained meanwhile. */
typedef struct rn_predictor rn_predictor;
/** Holds the model and the values that its parameters have now. Owned: rn_predictor_free. Errors: ARG for NULL. */
RN_API rn_predictor *rn_predictor_new_at(const rn_site *site, rn_link *model);
#define rn_predictor_new(model) rn_predictor_new_at(RN_HERE, model)
/** No thread may be in rn_predict. NULL is fine. */
RN_API void rn_predictor_free(rn_predictor *p);
/** What rn_call(model, …) gives in test mode, up to rounding: a value without history. Scoped. Errors: those of the
 *  model; STATE if its parameters have changed since rn_predictor_new, or are not there yet. */
RN_API rn_tensor *rn_predict_at(const rn_site *site, rn_predictor *p, rn_list xs);
#define rn_predict(p, ...) rn_predict_at(RN_HERE, p, RN_LIST(__VA_ARGS__))

/* ---- chains ---- */

/** An empty chain. Owned: rn_link_free, or give it to another chain. */
RN_API rn_chain *rn_chain_new(void);
/** Names a link and takes it over (also on a failure). Returns it, borrowed. Errors: ARG for a name that is taken,
 * empty or has a '/', and for a link that holds the chain, which is then left alone. */
RN_API rn_link *rn_chain_add_at(const rn_site *site, rn_chain *chain, const char *name, rn_link *link);
#define rn_chain_add(chain, name, link) rn_chain_add_at(RN_HERE, chain, name, link)
/** The chain called `name` inside `chain`, made if there is none: rn_affine(rn_chain_get(model, "block1"), "fc", x,
 * 10). Borrowed. Errors: ARG if a link of that name is no chain. */
RN_API rn_chain *rn_chain_get_at(const rn_site *site, rn_chain *chain, const char *name);
#define rn_chain_get(chain, name) rn_chain_get_at(RN_HERE, chain, name)
/** Lets rn_call(chain, …) run fn(user, inputs, count). A chain without it cannot be called. */
RN_API bool rn_chain_set_forward(rn_chain *chain, rn_segment_fn *fn, void *user);
/** A chain that runs its links one after the other. Owned. rn_sequential(a, b, c) names them "0", "1", …; more can be
 * added with rn_chain_add. */
RN_API rn_chain *rn_sequential_at(const rn_site *site, rn_link *const *links, int64_t n);
#define rn_sequential(...)                                                                                             \
    rn_sequential_at(RN_HERE, (rn_link *const[]){ __VA_ARGS__ },                                                       \
                     (int64_t)(sizeof((rn_link *[]){ __VA_ARGS__ }) / sizeof(rn_link *)))

/** Gives a link back; its parameters end with the last holder. NULL is fine. */
RN_API void rn_link_free(rn_link *link);
/** One more holder: the link lives until each has called rn_link_free. Returns link. */
RN_API rn_link *rn_link_keep(rn_link *link);
/** The link called "block1/conv1" inside `link`, NULL if there is none. Borrowed. */
RN_API rn_link *rn_link_find(const rn_link *link, const char *path);
/** i-th child and its name; NULL past the last. Borrowed. */
RN_API rn_link *rn_link_child(const rn_link *link, int64_t i, const char **name);

/* ---- the parameters of a tree ---- */

/* What there is to know of a parameter or state (running statistics). Borrowed during the visit. */
typedef struct rn_param_info {
    const char *name; /* path from the link that was asked: "conv1/W" */
    rn_link *link;    /* whose it is */
    rn_tensor *param; /* NULL until the first call */
    bool state;       /* not trained: running statistics and the like */
    bool frozen;      /* does not train */
    bool no_decay;    /* weight decay and lasso leave it alone */
    double rate;      /* factor on the learning rate, 1 unless set */
} rn_param_info;
typedef bool rn_param_visit(void *user, const rn_param_info *info);

#define RN_PARAMS 1u
#define RN_STATES 2u
/** Calls visit for each parameter (RN_PARAMS) and state (RN_STATES), depth first, each once; parameters that are not
 * there yet too. A visit that returns false ends it. Returns false if one did, or with an error pending. */
RN_API bool rn_link_visit(rn_link *link, unsigned which, rn_param_visit *visit, void *user);
/** The parameter or state called `path`; NULL if there is none or it is not there yet. Borrowed. */
RN_API rn_tensor *rn_link_param(rn_link *link, const char *path);
/** Gives a parameter or state its value, also before the first call. Errors: ARG for an unknown name (with the nearest
 * one), SHAPE and DTYPE if it is there and differs. */
RN_API bool rn_link_set_param(rn_link *link, const char *path, rn_tensor *value);
/** Number of parameters that are there; elements (may be NULL) gets the sum of their elements. */
RN_API int64_t rn_link_count(rn_link *link, int64_t *elements);

/* Patterns match whole paths, '*' any characters, '?' one; NULL matches all. The functions return how many parameters
 * matched and reach parameters that are not there yet. */
/** Stops training them (frozen) or lets them train again. */
RN_API int64_t rn_link_freeze(rn_link *link, const char *pattern, bool frozen);
/** Factor on the learning rate. */
RN_API int64_t rn_link_set_rate(rn_link *link, const char *pattern, double rate);
/** Whether weight decay and lasso apply. All decay unless told otherwise. */
RN_API int64_t rn_link_set_decay(rn_link *link, const char *pattern, bool decay);
/** Element type of the parameters: present ones are converted, later ones made so. Left alone, they are of the type of
 *  the first input (f32 for integers). States of normalisations stay f32 for 16-bit types. */
RN_API bool rn_link_set_dtype(rn_link *link, rn_dtype dtype);

typedef enum rn_copy_mode {
    RN_COPY_VALUES = 1, /* own parameters with the same values */
    RN_COPY_SHARE,      /* the same parameters */
    RN_COPY_INIT,       /* own parameters, made anew at the first call */
} rn_copy_mode;
/** A link of the same structure. Owned. NULL with an error pending. */
RN_API rn_link *rn_link_copy(rn_link *link, rn_copy_mode mode);
/** Copies values of parameters and states from one tree to another by name. Errors: ARG if a name is missing in `from`,
 *  SHAPE, DTYPE. */
RN_API bool rn_link_copy_params(rn_link *to, rn_link *from);

/** Writes a table: names, types, shapes, elements, what is frozen, and the sum. */
RN_API bool rn_link_print(FILE *to, rn_link *link);
/** Forgets the state of recurrent links in the tree. Running statistics stay. */
RN_API void rn_link_reset(rn_link *link);
/** Cuts the kept state of recurrent links off from its history, for truncated backpropagation through time. */
RN_API bool rn_link_detach(rn_link *link);
/** The state that a recurrent link keeps ("h", "c"): NULL if there is none. Borrowed until the next call. */
RN_API rn_tensor *rn_link_state(rn_link *link, const char *name);
/** Replaces it; NULL is zero. */
RN_API bool rn_link_set_state(rn_link *link, const char *name, rn_tensor *value);

/* ---- the links ----
 *
 * Required arguments by position, the rest by name; zero means default (RN_ZERO: zero). All return an owned link: free
 * it, or give it to a chain. Parameters and their shapes stand with each; sizes of inputs are found at the first call,
 * or given as .in. */

#define RNI_LINEAR_FIELDS                                                                                              \
    int64_t out; /* features of the result */                                                                          \
    rn_site site;                                                                                                      \
    int64_t in;         /* features of x */                                                                            \
    int64_t batch_axes; /* 1: leading axes that are kept, the others are one feature axis */                           \
    bool last_axis;     /* the last axis alone is that of features, however many are before it */                      \
    bool no_bias;                                                                                                      \
    rn_init w_init, b_init;
typedef struct rn_linear_link_args {
    RNI_LINEAR_FIELDS
} rn_linear_link_args;
/** y = x W' + b.  x [N, ...] -> y [N, out], with .last_axis x [..., in] -> y [..., out].  W [out, in], b [out]. */
RN_API rn_link *rn_linear_link_at(const rn_linear_link_args *args);
#define rn_linear_link(...)                                                                                            \
    rn_linear_link_at(&(rn_linear_link_args){ __VA_ARGS__, .site = RN_SITE(rn_linear_link_args) })

#define RNI_CONV_FIELDS(axes)                                                                                          \
    int64_t out;    /* channels of the result */                                                                       \
    int64_t kernel; /* its size along each axis; 0: as .window says */                                                 \
    rn_site site;                                                                                                      \
    int64_t window[axes];   /* sizes of the kernel where they differ */                                                \
    int64_t stride[axes];   /* 1 */                                                                                    \
    int64_t pad[axes];      /* 0 */                                                                                    \
    int64_t dilation[axes]; /* 1 */                                                                                    \
    int64_t groups;         /* 1 */                                                                                    \
    int64_t in;             /* channels of x */                                                                        \
    bool same;              /* pads so that the size is ceil(size / stride); not together with pad */                  \
    bool no_bias;                                                                                                      \
    rn_init w_init, b_init;
typedef struct rn_conv1d_link_args {
    RNI_CONV_FIELDS(1)
} rn_conv1d_link_args;
typedef struct rn_conv2d_link_args {
    RNI_CONV_FIELDS(2)
} rn_conv2d_link_args;
typedef struct rn_conv3d_link_args {
    RNI_CONV_FIELDS(3)
} rn_conv3d_link_args;
/** Convolution.  x [N, in, ...] -> y [N, out, ...].  W [out, in/groups, kernel...], b [out]. */
RN_API rn_link *rn_conv1d_link_at(const rn_conv1d_link_args *args);
/** As rn_conv1d_link, for x [N, in, H, W]. */
RN_API rn_link *rn_conv2d_link_at(const rn_conv2d_link_args *args);
/** As rn_conv1d_link, for x [N, in, D, H, W]. */
RN_API rn_link *rn_conv3d_link_at(const rn_conv3d_link_args *args);
#define rn_conv1d_link(...)                                                                                            \
    rn_conv1d_link_at(&(rn_conv1d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_conv1d_link_args) })
#define rn_conv2d_link(...)                                                                                            \
    rn_conv2d_link_at(&(rn_conv2d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_conv2d_link_args) })
#define rn_conv3d_link(...)                                                                                            \
    rn_conv3d_link_at(&(rn_conv3d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_conv3d_link_args) })

#define RNI_DECONV_FIELDS(axes)                                                                                        \
    int64_t out;    /* channels of the result */                                                                       \
    int64_t kernel; /* its size along each axis; 0: as .window says */                                                 \
    rn_site site;                                                                                                      \
    int64_t window[axes];   /* sizes of the kernel where they differ */                                                \
    int64_t stride[axes];   /* 1 */                                                                                    \
    int64_t pad[axes];      /* 0 */                                                                                    \
    int64_t dilation[axes]; /* 1 */                                                                                    \
    int64_t out_pad[axes];  /* 0: elements added at the end, to reach a size that strides leave open */                \
    int64_t groups;         /* 1 */                                                                                    \
    int64_t in;             /* channels of x */                                                                        \
    bool no_bias;                                                                                                      \
    rn_init w_init, b_init;
typedef struct rn_deconv1d_link_args {
    RNI_DECONV_FIELDS(1)
} rn_deconv1d_link_args;
typedef struct rn_deconv2d_link_args {
    RNI_DECONV_FIELDS(2)
} rn_deconv2d_link_args;
typedef struct rn_deconv3d_link_args {
    RNI_DECONV_FIELDS(3)
} rn_deconv3d_link_args;
/** Transposed convolution.  x [N, in, ...] -> y [N, out, ...].  W [in, out/groups, kernel...], b [out]. */
RN_API rn_link *rn_deconv1d_link_at(const rn_deconv1d_link_args *args);
/** As rn_deconv1d_link, for x [N, in, H, W]. */
RN_API rn_link *rn_deconv2d_link_at(const rn_deconv2d_link_args *args);
/** As rn_deconv1d_link, for x [N, in, D, H, W]. */
RN_API rn_link *rn_deconv3d_link_at(const rn_deconv3d_link_args *args);
#define rn_deconv1d_link(...)                                                                                          \
    rn_deconv1d_link_at(&(rn_deconv1d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_deconv1d_link_args) })
#define rn_deconv2d_link(...)                                                                                          \
    rn_deconv2d_link_at(&(rn_deconv2d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_deconv2d_link_args) })
#define rn_deconv3d_link(...)                                                                                          \
    rn_deconv3d_link_at(&(rn_deconv3d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_deconv3d_link_args) })

#define RNI_DEPTHWISE_FIELDS                                                                                           \
    int64_t kernel; /* its size along each axis; 0: as .window says */                                                 \
    rn_site site;                                                                                                      \
    int64_t multiplier; /* 1: results per channel */                                                                   \
    int64_t window[2], stride[2], pad[2], dilation[2];                                                                 \
    int64_t in;                                                                                                        \
    bool same, no_bias;                                                                                                \
    rn_init w_init, b_init;
typedef struct rn_depthwise_conv2d_link_args {
    RNI_DEPTHWISE_FIELDS
} rn_depthwise_conv2d_link_args;
/** Each channel by itself.  x [N, C, H, W] -> y [N, C * multiplier, ...].  W [C, multiplier, kernel...], b. */
RN_API rn_link *rn_depthwise_conv2d_link_at(const rn_depthwise_conv2d_link_args *args);
#define rn_depthwise_conv2d_link(...)                                                                                  \
    rn_depthwise_conv2d_link_at(                                                                                       \
        &(rn_depthwise_conv2d_link_args){ __VA_ARGS__, .site = RN_SITE(rn_depthwise_conv2d_link_args) })

#define RNI_BATCH_NORM_FIELDS                                                                                          \
    rn_site site;                                                                                                      \
    int64_t axis; /* 1: the axis of channels */                                                                        \
    double decay; /* 0.9: running = decay * running + (1 - decay) * batch */                                           \
    double eps;   /* 2e-5 */                                                                                           \
    bool no_gamma, no_beta;                                                                                            \
    rn_init gamma_init, beta_init;
typedef struct rn_batch_norm_link_args {
    RNI_BATCH_NORM_FIELDS
} rn_batch_norm_link_args;
/** Batch normalisation: by the batch's statistics in training, by running ones otherwise (rn_train_mode).
 *  gamma, beta [C]; states mean, var [C] (var unbiased), updated with the step that the call belongs to. */
RN_API rn_link *rn_batch_norm_link_at(const rn_batch_norm_link_args *args);
#define rn_batch_norm_link(...)                                                                                        \
    rn_batch_norm_link_at(&(rn_batch_norm_link_args){ .site = RN_SITE(rn_batch_norm_link_args), __VA_ARGS__ })

#define RNI_LAYER_NORM_FIELDS                                                                                          \
    rn_site site;                                                                                                      \
    int64_t axes; /* 1: trailing axes that are normalised together */                                                  \
    double eps;   /* 1e-5 */                                                                                           \
    bool no_gamma, no_beta;                                                                                            \
    rn_init gamma_init, beta_init;
typedef struct rn_layer_norm_link_args {
    RNI_LAYER_NORM_FIELDS
} rn_layer_norm_link_args;
/** Layer normalisation over the last axes.  gamma, beta of those axes. */
RN_API rn_link *rn_layer_norm_link_at(const rn_layer_norm_link_args *args);
#define rn_layer_norm_link(...)                                                                                        \
    rn_layer_norm_link_at(&(rn_layer_norm_link_args){ .site = RN_SITE(rn_layer_norm_link_args), __VA_ARGS__ })

#define RNI_RMS_NORM_FIELDS                                                                                            \
    rn_site site;                                                                                                      \
    double eps; /* 1e-5 */                                                                                             \
    rn_init gamma_init;
typedef struct rn_rms_norm_link_args {
    RNI_RMS_NORM_FIELDS
} rn_rms_norm_link_args;
/** Division by the root of the mean square over the last axis.  gamma [D]. */
RN_API rn_link *rn_rms_norm_link_at(const rn_rms_norm_link_args *args);
#define rn_rms_norm_link(...)                                                                                          \
    rn_rms_norm_link_at(&(rn_rms_norm_link_args){ .site = RN_SITE(rn_rms_norm_link_args), __VA_ARGS__ })

#define RNI_GROUP_NORM_FIELDS                                                                                          \
    int64_t groups; /* of channels */                                                                                  \
    rn_site site;                                                                                                      \
    double eps; /* 1e-5 */                                                                                             \
    rn_init gamma_init, beta_init;
typedef struct rn_group_norm_link_args {
    RNI_GROUP_NORM_FIELDS
} rn_group_norm_link_args;
/** Group normalisation of x [N, C, ...].  gamma, beta [C]. */
RN_API rn_link *rn_group_norm_link_at(const rn_group_norm_link_args *args);
#define rn_group_norm_link(...)                                                                                        \
    rn_group_norm_link_at(&(rn_group_norm_link_args){ __VA_ARGS__, .site = RN_SITE(rn_group_norm_link_args) })

#define RNI_EMBEDDING_FIELDS                                                                                           \
    int64_t in, out; /* number of symbols, features */                                                                 \
    rn_site site;                                                                                                      \
    bool ignore;          /* ignore_label stands for nothing and gives zeros */                                        \
    int64_t ignore_label; /* often -1 */                                                                               \
    rn_init w_init;       /* normal:1 */
typedef struct rn_embedding_link_args {
    RNI_EMBEDDING_FIELDS
} rn_embedding_link_args;
/** A row of W for each index.  x integer [...] -> y [..., out].  W [in, out]. Errors: an index out of range, when
 * computed. */
RN_API rn_link *rn_embedding_link_at(const rn_embedding_link_args *args);
#define rn_embedding_link(...)                                                                                         \
    rn_embedding_link_at(&(rn_embedding_link_args){ __VA_ARGS__, .site = RN_SITE(rn_embedding_link_args) })

#define RNI_RNN_FIELDS                                                                                                 \
    int64_t out; /* features of the state */                                                                           \
    rn_site site;                                                                                                      \
    int64_t layers;     /* 1 */                                                                                        \
    bool bidirectional; /* also from the end; results are side by side. Sequences only */                              \
    double dropout;     /* 0: share of values dropped between layers while training */                                 \
    bool carry;         /* a sequence starts from the state that the previous one left (cut off from its history) */   \
    bool time_major;    /* x is [T, N, in] */                                                                          \
    int64_t in;                                                                                                        \
    bool no_bias;                                                                                                      \
    bool no_forget_bias;    /* lstm: the bias of the forget gate starts at 0 instead of 1 */                           \
    const char *activation; /* rnn: "tanh" or "relu" */                                                                \
    rn_init w_init, h_init; /* weights of the input and of the state */
typedef struct rn_lstm_link_args {
    RNI_RNN_FIELDS
} rn_lstm_link_args;
typedef struct rn_lstm_link_args rn_gru_link_args;
typedef struct rn_lstm_link_args rn_rnn_link_args;
/** Recurrent links: rn_call(link, x), or rn_call(link, x, lengths) for sequences of different lengths [N].
 *  One step: x [N, in] -> h [N, out]; the state is kept until rn_link_reset. A whole sequence:
 *  x [N, T, in] -> y [N, T, out] (2 * out if bidirectional), starting from zero unless .carry.
 *  Per layer l (and "r" for the backward direction): "l0/Wx" [G*out, in], "l0/Wh" [G*out, out], "l0/b" [G*out]; G is 4
 * for LSTM (gates i, f, g, o), 3 for GRU (r, z, n; the reset gate acts on the product with the state, which has a bias
 * "bh"), 1 for RNN. */
RN_API rn_link *rn_lstm_link_at(const rn_lstm_link_args *args);
/** As rn_lstm_link, with the gates r, z, n (Cho et al. 2014, arXiv:1406.1078). */
RN_API rn_link *rn_gru_link_at(const rn_gru_link_args *args);
/** As rn_lstm_link, with one gate: h = f(Wx x + Wh h + b), f the .activation. */
RN_API rn_link *rn_rnn_link_at(const rn_rnn_link_args *args);
#define rn_lstm_link(...) rn_lstm_link_at(&(rn_lstm_link_args){ __VA_ARGS__, .site = RN_SITE(rn_lstm_link_args) })
#define rn_gru_link(...) rn_gru_link_at(&(rn_gru_link_args){ __VA_ARGS__, .site = RN_SITE(rn_gru_link_args) })
#define rn_rnn_link(...) rn_rnn_link_at(&(rn_rnn_link_args){ __VA_ARGS__, .site = RN_SITE(rn_rnn_link_args) })

#define RNI_ATTENTION_FIELDS                                                                                           \
    int64_t heads;                                                                                                     \
    rn_site site;                                                                                                      \
    int64_t dim;    /* features inside and of the result; left out: those of the query. A multiple of heads */         \
    double dropout; /* 0: of the attention weights, while training */                                                  \
    bool causal;    /* position t sees positions up to t */                                                            \
    bool no_bias;                                                                                                      \
    rn_init w_init; /* glorot_uniform */
typedef struct rn_attention_link_args {
    RNI_ATTENTION_FIELDS
} rn_attention_link_args;
/** Multi-head attention: rn_call(link, x) for self-attention, rn_call(link, query, memory) else; a third input is a
 * mask, added to the scores (-inf hides). x [N, T, D] -> y [N, T, dim].  Wqkv [3 * dim, D], bqkv, Wo [dim, dim], bo. */
RN_API rn_link *rn_multi_head_attention_link_at(const rn_attention_link_args *args);
#define rn_multi_head_attention_link(...)                                                                              \
    rn_multi_head_attention_link_at(&(rn_attention_link_args){ __VA_ARGS__, .site = RN_SITE(rn_attention_link_args) })

#define RNI_TRANSFORMER_FIELDS                                                                                         \
    int64_t heads;                                                                                                     \
    rn_site site;                                                                                                      \
    int64_t hidden; /* of the feed-forward part; left out: 4 * D */                                                    \
    double dropout; /* 0 */                                                                                            \
    bool causal;                                                                                                       \
    bool post_norm; /* normalise after the residual sum, as in 2017; default before */                                 \
    bool cross;     /* a third part attends to a memory: rn_call(link, x, memory) */                                   \
    bool no_bias;                                                                                                      \
    const char *activation; /* "gelu"; any function of one input */                                                    \
    const char *norm;       /* "layer_norm" or "rms_norm" */                                                           \
    double eps;             /* of the norms, 1e-5 */                                                                   \
    rn_init w_init;
typedef struct rn_transformer_link_args {
    RNI_TRANSFORMER_FIELDS
} rn_transformer_link_args;
/** A transformer block: attention and two linear links, each with normalisation and a residual sum. x [N, T, D] -> the
 * same. Children norm1, attention, norm2 (and norm3, memory).  W1 [hidden, D], b1, W2 [D, hidden], b2. */
RN_API rn_link *rn_transformer_block_link_at(const rn_transformer_link_args *args);
#define rn_transformer_block_link(...)                                                                                 \
    rn_transformer_block_link_at(&(rn_transformer_link_args){ __VA_ARGS__, .site = RN_SITE(rn_transformer_link_args) })

#define RNI_PRELU_FIELDS                                                                                               \
    rn_site site;                                                                                                      \
    bool per_channel; /* one slope for each channel (axis 1); default one for all */                                   \
    rn_init w_init;   /* constant:0.25 */
typedef struct rn_prelu_link_args {
    RNI_PRELU_FIELDS
} rn_prelu_link_args;
/** y = x > 0 ? x : W x, with a slope that is learned.  W [] or [C]. */
RN_API rn_link *rn_prelu_link_at(const rn_prelu_link_args *args);
#define rn_prelu_link(...) rn_prelu_link_at(&(rn_prelu_link_args){ .site = RN_SITE(rn_prelu_link_args), __VA_ARGS__ })

#define RNI_SCALE_FIELDS                                                                                               \
    rn_site site;                                                                                                      \
    int64_t axis; /* 1: the axis that W runs along */                                                                  \
    rn_init w_init, b_init;                                                                                            \
    bool bias; /* scale: adds a bias, too */
typedef struct rn_scale_link_args {
    RNI_SCALE_FIELDS
} rn_scale_link_args;
typedef struct rn_scale_link_args rn_bias_link_args;
/** y = W x (+ b) with one factor per channel.  W, b [C]. */
RN_API rn_link *rn_scale_link_at(const rn_scale_link_args *args);
/** y = x + b, with one number per channel.  b [C]. */
RN_API rn_link *rn_bias_link_at(const rn_bias_link_args *args);
#define rn_scale_link(...) rn_scale_link_at(&(rn_scale_link_args){ .site = RN_SITE(rn_scale_link_args), __VA_ARGS__ })
#define rn_bias_link(...) rn_bias_link_at(&(rn_bias_link_args){ .site = RN_SITE(rn_bias_link_args), __VA_ARGS__ })

#define RNI_DROPOUT_FIELDS                                                                                             \
    rn_site site;                                                                                                      \
    double ratio; /* 0.5: share of values dropped while training; the others grow by 1 / (1 - ratio) */
typedef struct rn_dropout_link_args {
    RNI_DROPOUT_FIELDS
} rn_dropout_link_args;
/** Zeros in random places while training, x itself otherwise (rn_train_mode).  No parameters. Errors: ARG for a ratio
 * outside of [0, 1]. */
RN_API rn_link *rn_dropout_link_at(const rn_dropout_link_args *args);
#define rn_dropout_link(...)                                                                                           \
    rn_dropout_link_at(&(rn_dropout_link_args){ .site = RN_SITE(rn_dropout_link_args), __VA_ARGS__ })

#define RNI_MLP_FIELDS                                                                                                 \
    rn_shape sizes; /* of the results of the linear links: RN_SHAPE(1000, 1000, 10) */                                 \
    rn_site site;                                                                                                      \
    const char *activation; /* between them: "relu"; any function of one input */                                      \
    double dropout;         /* 0: after each activation */                                                             \
    bool batch_norm;        /* before each activation */                                                               \
    bool no_bias;                                                                                                      \
    rn_init w_init, b_init;
typedef struct rn_mlp_link_args {
    RNI_MLP_FIELDS
} rn_mlp_link_args;
/** Linear links with an activation between them; none after the last.  Children fc0, fc1, … */
RN_API rn_link *rn_mlp_link_at(const rn_mlp_link_args *args);
#define rn_mlp_link(...) rn_mlp_link_at(&(rn_mlp_link_args){ __VA_ARGS__, .site = RN_SITE(rn_mlp_link_args) })

#define RNI_HIGHWAY_FIELDS                                                                                             \
    rn_site site;                                                                                                      \
    const char *activation; /* "relu" */                                                                               \
    rn_init w_init;
typedef struct rn_highway_link_args {
    RNI_HIGHWAY_FIELDS
} rn_highway_link_args;
/** y = t f(x W' + b) + (1 - t) x, t = sigmoid(x Wt' + bt).  x [N, D].  W, Wt [D, D], b, bt [D]; bt starts at -1. */
RN_API rn_link *rn_highway_link_at(const rn_highway_link_args *args);
#define rn_highway_link(...)                                                                                           \
    rn_highway_link_at(&(rn_highway_link_args){ .site = RN_SITE(rn_highway_link_args), __VA_ARGS__ })

/** A function of the table as a link, for rn_sequential: rn_op_link("max_pool", "kernel=2"). `options` as "name=value
 * …", may be NULL. Errors: ARG for an unknown function or option (with the nearest name). */
RN_API rn_link *rn_op_link_at(const rn_site *site, const char *op, const char *options);
#define rn_op_link(op, options) rn_op_link_at(RN_HERE, op, options)
/** A C function as a link: rn_call runs fn(user, inputs, count). */
RN_API rn_link *rn_function_link(rn_segment_fn *fn, void *user);

/* ---- the scoped short form ----
 *
 * The link called `name` in the chain `scope` is made at the first use and found afterwards; its options must stay the
 * same. Errors: ARG if a link of that name differs, naming both; those of the link. Results: scoped. */
#define RNI_SCOPED(fields, type)                                                                                       \
    typedef struct type {                                                                                              \
        rn_chain *scope;                                                                                               \
        const char *name;                                                                                              \
        rn_tensor *x;                                                                                                  \
        fields                                                                                                         \
    } type;
RNI_SCOPED(RNI_LINEAR_FIELDS, rn_affine_args)
RNI_SCOPED(RNI_CONV_FIELDS(2), rn_convolution_args)
RNI_SCOPED(RNI_DECONV_FIELDS(2), rn_deconvolution_args)
RNI_SCOPED(RNI_DEPTHWISE_FIELDS, rn_depthwise_convolution_args)
RNI_SCOPED(RNI_BATCH_NORM_FIELDS, rn_batch_normalization_args)
RNI_SCOPED(RNI_LAYER_NORM_FIELDS, rn_layer_normalization_args)
RNI_SCOPED(RNI_GROUP_NORM_FIELDS, rn_group_normalization_args)
RNI_SCOPED(RNI_EMBEDDING_FIELDS, rn_embedding_args)
RNI_SCOPED(RNI_RNN_FIELDS, rn_recurrent_args)
RNI_SCOPED(RNI_ATTENTION_FIELDS, rn_self_attention_args)
RNI_SCOPED(RNI_TRANSFORMER_FIELDS, rn_transformer_layer_args)
RNI_SCOPED(RNI_PRELU_FIELDS, rn_parametric_relu_args)
/** rn_affine(scope, "fc1", x, 300), as rn_linear_link. */
RN_API rn_tensor *rn_affine_at(const rn_affine_args *args);
/** rn_convolution(scope, "conv1", x, 20, 5), as rn_conv2d_link. */
RN_API rn_tensor *rn_convolution_at(const rn_convolution_args *args);
/** rn_deconvolution(scope, "up1", x, 20, 5), as rn_deconv2d_link. */
RN_API rn_tensor *rn_deconvolution_at(const rn_deconvolution_args *args);
/** rn_depthwise_convolution(scope, "conv1", x, 3), as rn_depthwise_conv2d_link. */
RN_API rn_tensor *rn_depthwise_convolution_at(const rn_depthwise_convolution_args *args);
/** rn_batch_normalization(scope, "bn1", x), as rn_batch_norm_link. */
RN_API rn_tensor *rn_batch_normalization_at(const rn_batch_normalization_args *args);
/** rn_layer_normalization(scope, "ln1", x), as rn_layer_norm_link. */
RN_API rn_tensor *rn_layer_normalization_at(const rn_layer_normalization_args *args);
/** rn_group_normalization(scope, "gn1", x, 8), as rn_group_norm_link. */
RN_API rn_tensor *rn_group_normalization_at(const rn_group_normalization_args *args);
/** rn_embedding(scope, "words", x, 10000, 200), as rn_embedding_link. */
RN_API rn_tensor *rn_embedding_at(const rn_embedding_args *args);
/** rn_lstm_layer(scope, "lstm1", x, 128), as rn_lstm_link; the link keeps the state between calls. */
RN_API rn_tensor *rn_lstm_layer_at(const rn_recurrent_args *args);
/** rn_gru_layer(scope, "gru1", x, 128), as rn_gru_link; the link keeps the state between calls. */
RN_API rn_tensor *rn_gru_layer_at(const rn_recurrent_args *args);
/** rn_self_attention(scope, "att1", x, 8), as rn_multi_head_attention_link with x as query and memory. */
RN_API rn_tensor *rn_self_attention_at(const rn_self_attention_args *args);
/** rn_transformer_layer(scope, "block1", x, 8, .causal = true), as rn_transformer_block_link. */
RN_API rn_tensor *rn_transformer_layer_at(const rn_transformer_layer_args *args);
/** rn_parametric_relu(scope, "act1", x), as rn_prelu_link. */
RN_API rn_tensor *rn_parametric_relu_at(const rn_parametric_relu_args *args);
#define rn_affine(...) rn_affine_at(&(rn_affine_args){ __VA_ARGS__, .site = RN_SITE(rn_affine_args) })
#define rn_convolution(...)                                                                                            \
    rn_convolution_at(&(rn_convolution_args){ __VA_ARGS__, .site = RN_SITE(rn_convolution_args) })
#define rn_deconvolution(...)                                                                                          \
    rn_deconvolution_at(&(rn_deconvolution_args){ __VA_ARGS__, .site = RN_SITE(rn_deconvolution_args) })
#define rn_depthwise_convolution(...)                                                                                  \
    rn_depthwise_convolution_at(                                                                                       \
        &(rn_depthwise_convolution_args){ __VA_ARGS__, .site = RN_SITE(rn_depthwise_convolution_args) })
#define rn_batch_normalization(...)                                                                                    \
    rn_batch_normalization_at(                                                                                         \
        &(rn_batch_normalization_args){ __VA_ARGS__, .site = RN_SITE(rn_batch_normalization_args) })
#define rn_layer_normalization(...)                                                                                    \
    rn_layer_normalization_at(                                                                                         \
        &(rn_layer_normalization_args){ __VA_ARGS__, .site = RN_SITE(rn_layer_normalization_args) })
#define rn_group_normalization(...)                                                                                    \
    rn_group_normalization_at(                                                                                         \
        &(rn_group_normalization_args){ __VA_ARGS__, .site = RN_SITE(rn_group_normalization_args) })
#define rn_embedding(...) rn_embedding_at(&(rn_embedding_args){ __VA_ARGS__, .site = RN_SITE(rn_embedding_args) })
#define rn_lstm_layer(...) rn_lstm_layer_at(&(rn_recurrent_args){ __VA_ARGS__, .site = RN_SITE(rn_recurrent_args) })
#define rn_gru_layer(...) rn_gru_layer_at(&(rn_recurrent_args){ __VA_ARGS__, .site = RN_SITE(rn_recurrent_args) })
#define rn_self_attention(...)                                                                                         \
    rn_self_attention_at(&(rn_self_attention_args){ __VA_ARGS__, .site = RN_SITE(rn_self_attention_args) })
#define rn_transformer_layer(...)                                                                                      \
    rn_transformer_layer_at(&(rn_transformer_layer_args){ __VA_ARGS__, .site = RN_SITE(rn_transformer_layer_args) })
#define rn_parametric_relu(...)                                                                                        \
    rn_parametric_relu_at(&(rn_parametric_relu_args){ __VA_ARGS__, .site = RN_SITE(rn_parametric_relu_args) })

/* ---- link types: rows, and links of your own ---- */

/* A parameter or state of a type. */
typedef struct rn_link_slot {
    const char *name;
    const char *init; /* default initialiser, as text */
    unsigned flags;   /* RN_SLOT_* */
    /* Offsets in the argument struct, 0 for none: an rn_init that overrides `init`; a bool that leaves the slot out. */
    size_t init_at, unless_at;
} rn_link_slot;
#define RN_SLOT_STATE 1u /* saved and loaded, not trained */
#define RN_SLOT_WIDE 2u  /* at least f32, whatever the type of the other parameters */

/* A test case, as rn_case: inputs and options as text; `gives` is the result's type and shape, "f32[2,4]". */
typedef struct rn_link_case {
    const char *in, *with, *gives, *fails;
} rn_link_case;

typedef struct rn_link_type {
    const char *name;
    const char *inputs;        /* "x", "x, memory?" */
    const rn_opt *opts;        /* rows over the argument struct; initialisers are RN_OPT_TYPE_INIT */
    size_t args_size;          /* of the argument struct, 0 without options */
    const rn_link_slot *slots; /* ended by { 0 } */
    size_t memory;             /* bytes that each link has for itself (rn_link_memory), zeroed */
    /* Adds children and further slots (rn_link_add_slot, rn_chain_add); options are checked. May be NULL. */
    bool (*setup)(rn_link *link);
    /* The result for n inputs (those left out are NULL). NULL with an error pending. */
    rn_tensor *(*forward)(rn_link *link, rn_tensor *const *x, int64_t n);
    void (*end)(
        rn_link *link); /* gives back what `memory` holds; also for reset, so it must leave zeroes. May be NULL */
    rn_doc doc;
    const rn_link_case *cases;
    const char *topic; /* among functions, as rn_op_at gives it: "conv"; may be left out */
} rn_link_type;

/** A link of a type. `args` is its argument struct (all zero where options are left out); copied. Owned. */
RN_API rn_link *rn_link_new_at(const rn_site *site, const rn_link_type *type, const void *args);
#define rn_link_new(type, args) rn_link_new_at(RN_HERE, type, args)
/** A setting by name, as project files have it. */
typedef struct rn_setting {
    const char *name, *text;
} rn_setting;
/** A link by the name of its type and settings: { "out", "20" }, { "stride", "2,2" }, { "w_init", "normal:0.02" }.
 * Owned. Functions of the table that have one input are taken, too ("relu"). Errors: ARG with the nearest known name.
 */
RN_API rn_link *rn_link_make(const char *type, const rn_setting *settings, int64_t n);
/** As rn_link_make, from one text: "conv2d out=20 size=5 stride=2,2". */
RN_API rn_link *rn_link_parse(const char *text);
/** The type called `name`, NULL if there is none. Thread-safe: yes. */
RN_API const rn_link_type *rn_link_type_find(const char *name);
/** The i-th type, those of programs after the built-in ones; NULL past the last. Thread-safe: yes. */
RN_API const rn_link_type *rn_link_type_at(int i);
/** Adds a type of your own to the table. `type` must stay valid. Errors: ARG for a taken name. Thread-safe: yes. */
RN_API bool rn_link_type_register(const rn_link_type *type);

/* For `setup` and `forward`. */
RN_API const rn_link_type *rn_link_type_of(const rn_link *link); /**< NULL for a chain and links of C functions */
RN_API const void *rn_link_args(const rn_link *link);            /**< options, resolved */
/** The link's own bytes, as many as its type asks for, zeroed at first. Borrowed; NULL for NULL. */
RN_API void *rn_link_memory(rn_link *link);
/** Adds a slot after those of the type; `init` may be all zero for the slot's default. Returns its number, -1 on error.
 */
RN_API int rn_link_add_slot(rn_link *link, const char *name, rn_init init, unsigned flags);
/** The parameter or state in a slot, made with this shape at the first call. `like` gives its type (rn_link_set_dtype
 * wins). Errors: SHAPE if it has another shape, naming both. Borrowed. */
RN_API rn_tensor *rn_link_slot_get(rn_link *link, int slot, const rn_tensor *like, rn_shape shape);
/** Replaces the value of a state that each training step moves on (running statistics): as rn_assign, but a step that
 * the optimizer skips (rn_optimizer_scale_loss) leaves it as it was. */
RN_API bool rn_link_slot_advance(rn_link *link, int slot, rn_tensor *value);

#ifdef __cplusplus
}
#endif
#endif
