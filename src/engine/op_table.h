/* The table of functions, and their options as rows. */
#ifndef RNI_ENGINE_OP_TABLE_H
#define RNI_ENGINE_OP_TABLE_H

#include <rensa/op.h>

/* One file of src/ops: a single function, or a family ended by a row without a name. Written by the build. */
typedef struct {
    const rn_op *op;
    const char *topic, *file;
    bool family;
} rni_op_row;
extern const rni_op_row rni_op_rows[];

/* As rn_op_at and rn_op_find, with the rows that the library keeps to itself: those trust what they are given. */
const rn_op *rni_op_at(int i, const char **topic);
const rn_op *rni_op_find(const char *name);
/* Bytes that an option takes inside an option struct. */
int rni_opt_bytes(const rn_opt *o);
/* Value of a numeric option (F64, I64, BOOL, ENUM, DTYPE). */
double rni_opt_number(const rn_opt *o, const void *opts);
/* "x, w, b?": number of names, of those that must be given; whether the last is a list. */
int rni_op_inputs(const rn_op *op, int *required, bool *list);
int rni_op_outputs(const rn_op *op);
/* Bit i: input i is read by position. */
uint32_t rni_op_raw(const rn_op *op);
/* What a caller's number means: 0 stands for the default, RN_ZERO for 0. */
static inline double rni_opt_given(const rn_opt *o, double v)
{
    if (v == 0 && !(o->flags & RN_OPT_REQUIRED)) return o->value;
    return v == RN_ZERO ? 0 : v;
}

/* Position of text in a comma list, -1 if it is not there. */
int rni_choice(const char *choices, const char *text);
/* i-th name of such a list into buf; false past the end. `mark` gets '?', '*' or 0. */
bool rni_op_name(const char *list, int i, char *buf, int size, char *mark);

/* Why a row cannot be called, NULL if it can. */
const char *rni_row_defect(const rn_op *op);
/* Bytes of the options of a function that draws random numbers, at the most. */
#define RNI_RANDOM_OPTS_MAX 1024

/* A function with a list input may take many tensors, RN_OP_LIST_OUT functions give many. */
#define RNI_LIST_MAX 65536

#endif
