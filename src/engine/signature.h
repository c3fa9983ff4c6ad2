/* What the texts of a row say about inputs, results and types, read once per row. */
#ifndef RNI_ENGINE_SIGNATURE_H
#define RNI_ENGINE_SIGNATURE_H

#include <rensa/op.h>

typedef enum {
    RNI_TYPE_PROMOTE,
    RNI_TYPE_FIRST,
    RNI_TYPE_FLOAT, /* promoted, at least a float */
    RNI_TYPE_SUM,   /* floats stay, others give i64 */
    RNI_TYPE_MEAN,  /* floats stay, others give f64 */
    RNI_TYPE_GIVEN,
} rni_type_rule;

typedef struct {
    const char *defect;          /* why the row cannot be called, NULL if it can */
    int n_in, n_required, n_out; /* names of inputs, of those that must be given, of results */
    bool list;                   /* the last input is a list */
    bool optional;               /* some may be left out */
    rni_type_rule rule;
    rn_dtype type;              /* RNI_TYPE_GIVEN */
    const rn_opt *type_option;  /* wins where it is set */
    uint32_t raw;               /* bit i: input i is read by position */
    int8_t like[RN_INPUTS_MAX]; /* RN_OP_LIST_OUT: the input that a result has types and shapes from */
} rni_signature;

/* Thread-safe: yes. Borrowed: valid until this thread's next call. `op` must stay as it is. */
const rni_signature *rni_signature_of(const rn_op *op);
/* Forgets all; only when no row of the program's own is called any more. */
void rni_signatures_clear(void);

#endif
