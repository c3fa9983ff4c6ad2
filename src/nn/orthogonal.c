/* Orthonormal vectors by Gram and Schmidt's process, each taken through it twice ("twice is enough", Kahan), which
 * keeps them orthogonal to rounding. The shorter side's vectors are made contiguous first. */
#include "nn/orthogonal.h"

#include "base/alloc.h"

#include <math.h>

static void transpose(const double *from, int64_t rows, int64_t columns, double *to)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < columns; k++) to[k * rows + i] = from[i * columns + k];
}

static double dot(const double *a, const double *b, int64_t n)
{
    double s = 0;
    for (int64_t i = 0; i < n; i++) s += a[i] * b[i];
    return s;
}

/* Row i of n values, against the rows before it. */
static void straighten(double *a, int64_t i, int64_t n)
{
    double *v = a + i * n;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t k = 0; k < i; k++) {
            const double *u = a + k * n, s = dot(u, v, n);
            for (int64_t j = 0; j < n; j++) v[j] -= s * u[j];
        }
        const double norm = sqrt(dot(v, v, n));
        for (int64_t j = 0; norm > 0 && j < n; j++) v[j] /= norm;
    }
}

bool rni_orthonormal(double *a, int64_t rows, int64_t columns)
{
    if (rows <= columns) {
        for (int64_t i = 0; i < rows; i++) straighten(a, i, columns);
        return true;
    }
    double *t = rni_alloc_raw(rows * columns * (int64_t)sizeof *t); /* as large as a, which exists */
    if (!t) return false;
    transpose(a, rows, columns, t);
    for (int64_t i = 0; i < columns; i++) straighten(t, i, rows);
    transpose(t, columns, rows, a);
    rni_free(t);
    return true;
}
