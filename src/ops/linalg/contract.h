/* Products of tensors whose axes have names, and sums over names: what einsum, tensordot and their like are made of. */
#ifndef RNI_OPS_LINALG_CONTRACT_H
#define RNI_OPS_LINALG_CONTRACT_H

#include <rensa/op.h>

#define RNI_LABELS 64 /* names are numbers below */

/* A tensor and the names of its axes, each at most once. */
typedef struct {
    rn_tensor *x;
    int label[RN_MAX_RANK];
} rni_operand;

/* The set of an operand's names; bit i stands for name i. */
uint64_t rni_labels(const rni_operand *a);
/* Sums over the names in `which`. */
bool rni_sum_labels(rni_operand *a, uint64_t which);
/* a becomes the product of a and b, summed over the names that are not in `keep`. Where both have a name, sizes are
 * equal or one of them is 1. False with an error pending, in the name of the call c. */
bool rni_contract(const rn_call_info *c, rni_operand *a, rni_operand *b, uint64_t keep);
/* The tensor with its axes in that order, which names each of them once. */
rn_tensor *rni_in_order(const rni_operand *a, const int *label);

#endif
