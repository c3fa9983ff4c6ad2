/* Orthonormal rows or columns out of random ones. */
#ifndef RNI_NN_ORTHOGONAL_H
#define RNI_NN_ORTHOGONAL_H

#include <stdbool.h>
#include <stdint.h>

/* Replaces the matrix [rows, columns] (row-major) by one whose rows are orthonormal if rows <= columns, else whose
 * columns are. False with an error pending. */
bool rni_orthonormal(double *a, int64_t rows, int64_t columns);

#endif
