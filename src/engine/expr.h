/* Scalar texts: what an elementwise function computes, as an expression graph that can be differentiated and compiled.
 *
 * The language is that of C expressions over the inputs, options and earlier results of a function:
 *     t = x - y; z = c ? t * t : exp(-t)
 * Statements are assignments separated by ';'. Operators: ?: || && | ^ & == != < <= > >= << >> + - * / % ! ~ and unary
 * -. Functions are the names of RNI_CODE_LIST in small letters (exp, tanh, min, fma, select, ...), and rand(seed,
 * stream). Names: i (position of the element), n (number of elements), pi, inf, nan. Casts: (int) and (i64) drop the
 * fraction, (bool), (float) and (double).
 *
 * An input that is listed as "x[]" is read by position, x[k], and in no other way. What ?:, && and || of C do not
 * evaluate is not read. */
#ifndef RNI_ENGINE_EXPR_H
#define RNI_ENGINE_EXPR_H

#include <rensa/op.h>

typedef enum { RNI_EXPR_CONST, RNI_EXPR_INPUT, RNI_EXPR_SCALAR, RNI_EXPR_CODE } rni_expr_kind;

/* Children come before their parents; equal expressions are one node. */
typedef struct {
    uint8_t kind, code; /* rni_expr_kind, rn_code */
    int32_t a, b, c;    /* children, -1 where unused; of INPUT and SCALAR `a` is the number */
    double value;       /* of CONST */
} rni_expr_node;

typedef struct {
    rni_expr_node *node;
    int64_t count, capacity;
    int n_in, n_scalar, n_out;
    int32_t out[RN_INPUTS_MAX]; /* node of each output */
    uint64_t raw;               /* inputs that are read by position */
    bool real;                  /* a cast asks for numbers with a fraction */
    bool failed;                /* an allocation failed; an error is pending */
} rni_expr;

/* Names that a text may use, each list separated by commas. An output may have the name of an input: reading it before
 * it is assigned reads the input. */
typedef struct {
    const char *inputs, *scalars, *outputs;
    const char *others; /* assignments to these names are passed over; NULL for none */
    bool value;         /* the last statement may be the value of the only output: "x * x" for "y = x * x" */
} rni_expr_names;

/* Parses; errors name the column: "map: column 12: unknown name 'z'". `what` names the function in the error. */
bool rni_expr_parse(rni_expr *e, const char *text, const rni_expr_names *names, const char *what, const rn_site *site);
void rni_expr_free(rni_expr *e);

/* Whether numbers with a fraction come up that are none of the inputs; whether i, n or elements by position are read.
 */
bool rni_expr_is_real(const rni_expr *e);
bool rni_expr_has_positions(const rni_expr *e);

/* Building blocks, with simplification of constants. */
int32_t rni_expr_const(rni_expr *e, double value);
int32_t rni_expr_input(rni_expr *e, int i);
int32_t rni_expr_scalar(rni_expr *e, int i);
int32_t rni_expr_make(rni_expr *e, rn_code code, int32_t a, int32_t b, int32_t c);

/* Gradients: appends to e, for input `wanted`, the derivative of sum_k seed_k * out_k, where seed_k is input first_seed
 * + k. Returns the node, -1 where the derivative is zero everywhere or an error is pending. */
int32_t rni_expr_derive(rni_expr *e, int wanted, int first_seed);

/* A copy that computes the nodes `out` only, with inputs numbered anew: input i of the copy is input used[i] of e.
 * Scalars keep their numbers. Returns the number of inputs, -1 on an error. */
int rni_expr_extract(const rni_expr *e, const int32_t *out, int n_out, rni_expr *copy, int used[RN_INPUTS_MAX * 3]);

/* Compiles for one compute type; free with rni_program_free. `of` has the names of function and inputs. */
rn_program *rni_program_make(const rni_expr *e, rn_dtype compute, const rn_op *of, const char *text);
void rni_program_free(rn_program *p);
/* What its id is: equal programs have equal ones. */
uint64_t rni_program_identity(const rn_program *p);

#endif
