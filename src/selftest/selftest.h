/* Testing the table of functions: what its parts share. A case of a row becomes host arrays; a call turns them into
 * tensors of a chosen type and layout, runs the function, and reads results and gradients back. Checks compare calls.
 */
#ifndef RNI_SELFTEST_SELFTEST_H
#define RNI_SELFTEST_SELFTEST_H

#include <rensa/op.h>
#include <rensa/selftest.h>

#include "base/rng.h"
#include "base/str.h"

/* Values on the host, row-major. The type is NONE for an optional input that is left out. */
typedef struct {
    char name[48];
    rn_dtype dtype;
    rn_shape shape;
    int64_t count;
    double *value; /* rni_free */
} rni_st_array;

/* A case with its values. */
typedef struct {
    const rn_op *op;
    const char *kink;
    int n_in;
    rni_st_array in[RN_INPUTS_MAX];
    union {
        double align;
        char bytes[1024];
    } opts;
    double tol;
    bool no_grad, random;
    char title[256];
} rni_st_case;

/* Makes the case of a row; `as` is the type that stands for f32, NONE for f32 itself. Errors: ARG for a text that is
 * not understood, and those of its options. Free also after a failure. */
bool rni_st_case_make(rni_st_case *c, const rn_op *op, const rn_case *row, rn_dtype as);
void rni_st_case_free(rni_st_case *c);
/* The title alone, as "x:f32[2,3] .axis=1": the row's text with `as` in place of f32; false if that changes nothing. */
bool rni_st_case_title(char *buf, size_t size, const rn_case *row, rn_dtype as);
/* Reads "[2,3]"; returns what follows, NULL if it is malformed. */
const char *rni_st_read_shape(const char *s, rn_shape *shape);

/* Sets type and shape, and makes room for the values (zeros). */
bool rni_st_array_make(rni_st_array *a, rn_dtype dtype, const rn_shape *shape);
bool rni_st_array_copy(rni_st_array *to, const rni_st_array *from);
void rni_st_arrays_free(rni_st_array *a, int n);
/* The value as the type holds it. */
double rni_st_round(rn_dtype dtype, double value);
/* Distinct values spread over low … high (floats), or any whole ones of low … high, always the same for a name. */
bool rni_st_draw(rni_st_array *a, const char *seed, double low, double high);

/* How the values of inputs lie in memory. */
typedef enum {
    RNI_ST_PLAIN,
    RNI_ST_COLUMNS,  /* the first axis varies fastest */
    RNI_ST_STEPPED,  /* every second element of each row, rows apart */
    RNI_ST_REVERSED, /* from the end */
    RNI_ST_SHIFTED,  /* one element after an aligned address */
    RNI_ST_FLAT,     /* along one axis the first value is repeated, with a stride of 0 */
} rni_st_layout;

typedef struct {
    const char *device;
    rn_dtype floats; /* type of all float inputs; NONE: as in the case */
    rni_st_layout layout;
    int flat_axis; /* of RNI_ST_FLAT; negative from the end */
    bool grad, grad2, eager;
    int same[2]; /* both inputs are the first of these, unless equal */
} rni_st_how;

typedef struct {
    int n_in, n_out;
    rni_st_array out[RN_INPUTS_MAX];
    rni_st_array
        grad[RN_INPUTS_MAX]; /* by each input of sum of weights * out; NONE where it is zero or makes no sense */
    rni_st_array weight[RN_INPUTS_MAX];       /* of each result; given by the caller, or drawn */
    rni_st_array grad2_in[RN_INPUTS_MAX];     /* gradients of sum of directions * grad, by the inputs */
    rni_st_array grad2_weight[RN_INPUTS_MAX]; /* and by the weights */
} rni_st_result;

/* Calls c's function with the inputs `in`. r->weight may be set; all else of r is set. An error stays pending. */
bool rni_st_call(const rni_st_case *c, const rni_st_array *in, const rni_st_how *how, rni_st_result *r);
void rni_st_result_free(rni_st_result *r);
/* The fixed weight of element i of a sum: of results, of gradients. */
double rni_st_weight(int which, int64_t i);
/* The inputs of a case as tensors of this thread's device; false with an error pending. Scoped. */
bool rni_st_inputs(const rni_st_case *c, const rni_st_array *in, const rni_st_how *how, rn_tensor **x);

/* One run of rn_selftest. */
typedef enum { RNI_ST_PASSED, RNI_ST_FAILED, RNI_ST_SKIPPED, RNI_ST_NOTHING } rni_st_verdict;

typedef struct rni_st_golden rni_st_golden;
typedef struct rni_st_stored rni_st_stored;

typedef struct {
    const rn_selftest_args *args;
    const char *device;
    rn_selftest_counts counts;
    const rni_st_case *c;
    const rn_case *row;
    bool derived; /* the case stands in no row: its type was put in place of f32 */
    rni_st_result truth;
    bool truth_known;
    rni_st_golden *golden;                /* NULL: not asked for */
    const rni_st_stored *stored, *unused; /* of the present case, NULL for none; that is reported */
    rni_str why;                          /* of a failure, or of skipping */
} rni_st;

rni_st_verdict rni_st_fail(rni_st *t, const char *fmt, ...) RN_PRINTF(2, 3);
rni_st_verdict rni_st_skip(rni_st *t, const char *fmt, ...) RN_PRINTF(2, 3);
/* The pending error becomes the reason; clears it. */
rni_st_verdict rni_st_fail_error(rni_st *t, const char *what);
/* Values in f64 (else in the case's types) of the plain C back end: results, and gradients where the function has any.
 * NULL with an error pending. */
const rni_st_result *rni_st_truth(rni_st *t);
/* Whether gradients of this case are to be looked at. */
bool rni_st_has_gradient(const rni_st_case *c);

/* |have - want| <= relative * |want| + absolute, for each element; shapes equal. The coarsest type decides about
 * overflow. */
typedef struct {
    double relative, absolute;
    rn_dtype coarsest;
} rni_st_tolerance;
rni_st_tolerance rni_st_tolerance_of(const rni_st_case *c, const rni_st_array *have, const rni_st_array *want,
                                     double slack);
/* Two units in the last place of the largest element: the same sum in another order. */
rni_st_tolerance rni_st_few_units(const rni_st_array *a);
bool rni_st_near(rni_st *t, const char *what, const rni_st_array *have, const rni_st_array *want, rni_st_tolerance tol);
bool rni_st_equal(rni_st *t, const char *what, const rni_st_array *have, const rni_st_array *want);
/* Compares results, or gradients, of a call with the truth. */
bool rni_st_results_near(rni_st *t, const rni_st_result *have, const rni_st_result *want, double slack);
bool rni_st_gradients_near(rni_st *t, const rni_st_result *have, const rni_st_result *want, double slack);

/* A check of one case. */
enum { RNI_ST_BAD = 1, RNI_ST_GOOD = 2, RNI_ST_DERIVED = 4, RNI_ST_SMALL = 8 };
typedef struct {
    const char *name;
    rni_st_verdict (*run)(rni_st *t);
    unsigned when;
} rni_st_check;

rni_st_verdict rni_st_check_fails(rni_st *t);
rni_st_verdict rni_st_check_forward(rni_st *t);
rni_st_verdict rni_st_check_golden(rni_st *t);
rni_st_verdict rni_st_check_eager(rni_st *t);
rni_st_verdict rni_st_check_seed(rni_st *t);
rni_st_verdict rni_st_check_grad(rni_st *t);
rni_st_verdict rni_st_check_grad2(rni_st *t);
rni_st_verdict rni_st_check_vjp(rni_st *t);
rni_st_verdict rni_st_check_columns(rni_st *t);
rni_st_verdict rni_st_check_stepped(rni_st *t);
rni_st_verdict rni_st_check_reversed(rni_st *t);
rni_st_verdict rni_st_check_shifted(rni_st *t);
rni_st_verdict rni_st_check_flat(rni_st *t);
rni_st_verdict rni_st_check_same(rni_st *t);
rni_st_verdict rni_st_check_empty(rni_st *t);

/* Runs one test under the name "op/check/title@device" if it is asked for. */
typedef rni_st_verdict rni_st_fn(rni_st *t);
void rni_st_test(rni_st *t, const char *op, const char *check, const char *title, rni_st_fn *fn);

/* Stored results of another implementation; NULL with an error pending. */
rni_st_golden *rni_st_golden_open(const char *folder);
void rni_st_golden_close(rni_st_golden *g); /* NULL is fine */
/* Finds what is stored for the present case. */
void rni_st_golden_choose(rni_st *t);
/* Reports what was chosen for no case. */
void rni_st_golden_unused(rni_st *t);
/* Writes the present case with its values. */
rni_st_verdict rni_st_golden_dump(rni_st *t);

#endif
