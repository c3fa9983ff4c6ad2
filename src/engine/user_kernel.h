/* Functions that programs make from texts: parameter lists, their types, and the rows made of them. */
#ifndef RNI_ENGINE_USER_KERNEL_H
#define RNI_ENGINE_USER_KERNEL_H

#include <rensa/op.h>

enum { RNI_NUMBERS_MAX = 16, RNI_PARAM_NAME = 40 };

typedef struct {
    char name[RNI_PARAM_NAME];
    char letter;    /* 0: the type is `dtype` */
    rn_dtype dtype; /* NONE: the letter, or a number */
    bool raw, number;
} rni_param;

typedef struct {
    int count; /* parameters, numbers among them */
    rni_param at[RN_INPUTS_MAX + RNI_NUMBERS_MAX];
    int n_tensors, n_numbers;
} rni_params;

/* Options of all rows here, of which each lists those that it has; first those that reductions begin with. */
typedef struct {
    rn_reduce_opts reduce;
    rn_shape shape;
    rn_dtype dtype;
    double n; /* post: values that were joined */
    double number[RNI_NUMBERS_MAX];
} rni_user_opts;

typedef struct rni_user_kernel rni_user_kernel;

/* A row, and whose it is: callbacks find the kernel behind the row that they are given. */
typedef struct {
    rn_op row;
    const rni_user_kernel *of;
    rn_opt opt[RNI_NUMBERS_MAX + 4];
    int n_opts;
    char *inputs; /* names with their marks, as a row has them */
} rni_user_row;

/* The function itself, and the parts of a reduction. */
enum { RNI_USER_MAIN, RNI_USER_MAP, RNI_USER_JOIN, RNI_USER_POST, RNI_USER_REDUCE, RNI_USER_ROWS };
enum {
    RNI_TEXT_INPUTS,
    RNI_TEXT_OUTPUTS,
    RNI_TEXT_EXPR,
    RNI_TEXT_REDUCE,
    RNI_TEXT_POST,
    RNI_TEXT_IDENTITY,
    RNI_TEXT_GRADIENT,
    RNI_TEXT_NAME,
    RNI_TEXTS
};

struct rni_user_kernel {
    rni_user_kernel *next;
    bool reduces;
    char *text[RNI_TEXTS]; /* NULL where left out */
    rni_params in, out;
    char *outputs; /* names, as a row has them */
    rni_user_row row[RNI_USER_ROWS];
    /* reductions */
    rn_join join;              /* RN_JOIN_NONE: by the row JOIN */
    bool has_identity, starts; /* starts: the identity is joined, it is not that of `join` */
    double identity;
    bool real;     /* joining or post needs numbers with a fraction */
    bool one_step; /* there is a row REDUCE */
};

/* Reads a parameter list; errors name `what` and the column. */
bool rni_params_parse(rni_params *p, const char *text, const char *what, const rn_site *site);
/* Types of the results of a call; refuses those of inputs that do not fit. */
bool rni_user_types(rn_infer *f, const rni_user_kernel *k, rn_dtype *out);
/* Fills a row of k: name, inputs ("x, y[]"; copied) and the numbers as options behind those listed already. */
bool rni_user_row_init(rni_user_kernel *k, int row, rn_op_kind kind, const char *inputs, const char *expr);
void rni_user_opt(rni_user_row *r, rn_opt opt);
/* Makes the rows of a reduction from its texts. */
bool rni_user_reduction_init(rni_user_kernel *k, const rn_site *site);
/* What a reduction is made of; how its row is known. */
bool rni_user_reduction_build(rn_call_info *c);
/* Forgets all kernels; only when nothing refers to their rows any more. */
void rni_user_kernels_free(void);

#endif
