/* Tables in the form of Neural Network Console: variables made of columns, cells that are numbers or name files. */
#ifndef RNI_DATA_NNC_H
#define RNI_DATA_NNC_H

#include "data/csv.h"
#include "data/data.h"

/* A variable: one number, a vector of numbers, or a file per row. */
typedef struct rni_nnc_variable {
    char *name;
    int64_t width; /* columns of the table */
    bool indexed;  /* NAME__0, NAME__1, … */
    bool files, label;
    float *values;   /* [rows, width] of numbers */
    int64_t *paths;  /* [rows] in the pool, of files */
    rn_shape shape;  /* of one example */
    int64_t classes; /* of a label: highest + 1 */
} rni_nnc_variable;

typedef struct rni_nnc_table {
    rni_nnc_variable variables[RNI_COLUMNS_MAX];
    int variable_count;
    int64_t column_count, rows;
    struct rni_nnc_place {
        int variable;  /* -1: a comment */
        int64_t index; /* in the variable */
    } * places;        /* [column_count] */
    rni_str pool;      /* paths */
    char *folder;
    bool raw;
} rni_nnc_table;

/* Reads header and rows. Shapes of files are left open. */
bool rni_nnc_read(rni_csv *csv, const char *labels, rni_nnc_table *t);
void rni_nnc_free(rni_nnc_table *t);

/* A file as an array: sets *shape, and where `to` is not NULL, writes it; then *shape says what it must be. */
bool rni_nnc_file(const char *path, bool raw, rn_shape *shape, float *to);

#endif
