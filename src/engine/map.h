/* Programs of elementwise functions, and the functions that are their gradients. Made at first use and kept. */
#ifndef RNI_ENGINE_MAP_H
#define RNI_ENGINE_MAP_H

#include <rensa/op.h>

/* The gradient of an RN_MAP by one input, itself an RN_MAP. Its inputs are those of the inputs, results and gradients
 * of results of the function that it needs: from[k] is input i (0 <= i < n_in), result (n_in + k) or gradient (n_in +
 * n_out + k). NULL op: the gradient is zero, or from[0] as it is. */
typedef struct {
    const rn_op *op;
    bool passes; /* from[0] as it is */
    int n;
    int from[RN_INPUTS_MAX];
} rni_map_grad;

/* The program of op's expr (post = false) or post text for a compute type; NULL with an error pending. */
const rn_program *rni_map_program(const rn_op *op, bool post, rn_dtype compute, const rn_site *site);
/* Whether the texts of a row (expr, post, vjp) can be read; errors name the row and the column. Keeps nothing. */
bool rni_map_check(const rn_op *op, const rn_site *site);
/* The gradient by input `input`; NULL with an error pending. */
const rni_map_grad *rni_map_gradient(const rn_op *op, int input, const rn_site *site);
/* f32, f64 or i64: in what a call with these element types computes. */
rn_dtype rni_compute_type(const rn_dtype *in, int n_in, const rn_dtype *out, int n_out);
/* The same for an elementwise function, whose text may ask for more (RN_OP_EXACT). */
rn_dtype rni_map_compute(const rn_op *op, const rn_dtype *in, int n_in, const rn_dtype *out, int n_out);
/* Values of the options that a program may read, in order of their rows. Returns their number. */
int rni_map_scalars(const rn_op *op, const void *opts, double *out);
#define RNI_SCALARS_MAX 24
/* Frees everything; only when nothing refers to the programs any more. */
void rni_maps_free(void);

#endif
