/* Reading tables: RFC 4180 row by row, and the columns of a table with what they mean. */
#ifndef RNI_DATA_CSV_H
#define RNI_DATA_CSV_H

#include "data/names.h"

#include <rensa/data.h>

/* ---- rows ---- */

typedef struct rni_csv_cell {
    const char *at; /* not NUL-terminated; valid until the next row */
    int64_t n;
} rni_csv_cell;

typedef struct rni_csv {
    const char *bytes, *source;
    int64_t n, position;
    char separator;
    int64_t row, line; /* of the row that was read, both from 1; a row may take several lines */
    int64_t next_line;
    rni_csv_cell *cells;
    int64_t count, capacity;
    int64_t *offsets; /* of cells that had to be rewritten, in scratch; -1 for the others */
    int64_t offset_capacity;
    rni_str scratch;
} rni_csv;

/* Begins to read n bytes, which must stay; a byte order mark is passed over. `source` names them in errors. */
void rni_csv_begin(rni_csv *csv, const char *bytes, int64_t n, char separator, const char *source);
void rni_csv_rewind(rni_csv *csv);
void rni_csv_end(rni_csv *csv);
/* Reads the next row that is not empty: 1, 0 at the end, -1 with an error pending. */
int rni_csv_next(rni_csv *csv);
/* Raises an error in the present row (column < 0: of the row as a whole). Returns false. */
bool rni_csv_fail(const rni_csv *csv, int64_t column, const char *name, const char *fmt, ...) RN_PRINTF(4, 5);

/* Whether the cell is a number (a decimal one: no "0x", "inf"). */
bool rni_csv_number(const rni_csv_cell *cell, double *value);
/* Whether the cell stands for a value that is not there: "", "?", "NA", "N/A", "nan", "null". */
bool rni_csv_missing(const rni_csv_cell *cell);

/* ---- columns ---- */

typedef enum rni_csv_role { RNI_CSV_UNUSED, RNI_CSV_INPUT, RNI_CSV_TARGET } rni_csv_role;

typedef struct rni_csv_column {
    char *name;
    rni_csv_role role;
    bool text; /* holds categories */
    int64_t numbers, texts;
    int64_t first_text_row; /* where the first cell that is no number stands */
    rni_names names;        /* categories */
    float *value;           /* [rows], NaN where missing; of number columns */
    int32_t *id;            /* [rows], -1 where missing; of text columns */
    float fill;             /* what replaces a missing value */
    int32_t fill_id;
} rni_csv_column;

typedef struct rni_csv_table {
    rni_csv_column *columns;
    int64_t column_count, rows;
    bool header;
} rni_csv_table;

/* Reads the table: roles, types, values, and what replaces those that are missing. */
bool rni_csv_table_read(rni_csv *csv, const rn_dataset_csv_args *args, const rni_csv_table *like, rni_csv_table *out);
void rni_csv_table_free(rni_csv_table *table);
/* Gives columns their roles by the names and numbers in args. */
bool rni_csv_assign_roles(rni_csv_table *table, const rn_dataset_csv_args *args);

#endif
