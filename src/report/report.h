/* Reports on training runs: a document of sections, made once from a run folder, written as a page or as slides.
 *
 *     run folder --rni_document_collect--> rni_document --rni_document_write_html / _pptx--> a file
 *
 * A report owns all that its blocks point to. Adding to it fails quietly once memory is short: the error is pending
 * and the writers refuse. */
#ifndef RNI_REPORT_REPORT_H
#define RNI_REPORT_REPORT_H

#include "train/chart.h"

#include <rensa/base.h>

/* Cells of all rows, one row after the other; the first row is the header. */
typedef struct rni_table {
    int64_t rows, columns;
    const char **cell;
    double *shade; /* 0 … 1 per cell, how much of the accent colour lies behind it; NULL: none */
} rni_table;

typedef struct rni_plot {
    const char *x_title;
    int n;
    rni_series *series; /* those of equal colour keep it from chart to chart by their order */
} rni_plot;

typedef struct rni_shot {
    const char *caption;
    void *png;
    int64_t bytes, width, height; /* of the file; of the picture in pixels */
    bool wrong;                   /* framed as a mistake */
} rni_shot;

typedef struct rni_shots {
    int64_t n;
    rni_shot *at;
} rni_shots;

/* A box of a drawing; sizes are in pixels. */
typedef struct rni_box {
    const char *name, *detail, *shape; /* lines of text; detail and shape may be NULL */
    bool unit;                         /* holds a network of its own */
    int64_t n_inputs, *input;          /* numbers of the boxes that it reads */
    double x, y;
    int64_t level;
} rni_box;

typedef struct rni_drawing {
    int64_t n;
    rni_box *box;
    double width, height;
} rni_drawing;

enum { RNI_BOX_WIDTH = 168, RNI_BOX_HEIGHT = 46 };

typedef enum rni_block_type {
    RNI_BLOCK_TEXT, /* `note` alone */
    RNI_BLOCK_LIST, /* a line of `note` each */
    RNI_BLOCK_TABLE,
    RNI_BLOCK_PLOT,
    RNI_BLOCK_SHOTS,
    RNI_BLOCK_DRAWING
} rni_block_type;

typedef struct rni_document_block {
    rni_block_type type;
    const char *title, *note; /* note: a paragraph that goes with it; NULL for none */
    union {
        rni_table table;
        rni_plot plot;
        rni_shots shots;
        rni_drawing drawing;
    };
} rni_document_block;

typedef struct rni_section {
    const char *title;
    int64_t n, capacity;
    rni_document_block *block;
} rni_section;

typedef struct rni_document {
    const char *title, *subtitle, *date;
    int64_t n, capacity;
    rni_section *section;
    void **own;
    int64_t n_own, cap_own;
} rni_document;

void rni_document_free(rni_document *r); /* leaves it empty */

/* ---- making one ---- */

/* Zeroed memory, and texts, that live as long as the report; NULL once memory is short. */
void *rni_document_alloc(rni_document *r, int64_t bytes);
const char *rni_document_text(rni_document *r, const char *fmt, ...) RN_PRINTF(2, 3);
/* Hands what rni_alloc gave over to the report, which frees it. NULL is fine. */
void *rni_document_own(rni_document *r, void *memory);

/* Texts are copied. A section, like a block, may move when the next one is added. */
rni_section *rni_document_section(rni_document *r, const char *title);
rni_document_block *rni_document_add(rni_document *r, rni_section *s, rni_block_type type, const char *title);
/* A table with empty cells. */
rni_table *rni_document_table(rni_document *r, rni_section *s, const char *title, int64_t rows, int64_t columns);
void rni_document_cell(rni_document *r, rni_table *t, int64_t row, int64_t column, const char *fmt, ...)
    RN_PRINTF(5, 6);

/* A whole number with its thousands apart: "431,080". */
const char *rni_document_count(rni_document *r, double n);
/* Whether all that stands below the head of a column are numbers, which may have units: it is aligned at the right. */
bool rni_table_is_number(const rni_table *t, int64_t column);

/* Places the boxes of a drawing in layers, downwards, in as many columns as come nearest to `aspect` (width over
 * height). Boxes must stand after those that they read. */
void rni_drawing_lay_out(rni_drawing *d, double aspect);
/* The line from box `from` to box `to`: points in pixels; at most RNI_WIRE_POINTS, the number is returned. */
enum { RNI_WIRE_POINTS = 6 };
int rni_drawing_wire(const rni_drawing *d, int64_t from, int64_t to, double x[RNI_WIRE_POINTS],
                     double y[RNI_WIRE_POINTS]);

/* What a run folder holds, with the project's data sets where they can be read. False with an error pending. */
bool rni_document_collect(rni_document *r, const char *folder);

/* ---- writing one ---- */

/* A page in one file that needs nothing else. */
bool rni_document_write_html(const rni_document *r, const char *path);
/* Slides, Office Open XML (ECMA-376): native tables, charts with their data, and drawings. The same report gives the
 * same bytes. */
bool rni_document_write_pptx(const rni_document *r, const char *path);

/* ---- what both writers use ---- */

/* With <, >, &, quotes escaped; characters that XML does not have are left out. NULL adds nothing. */
void rni_xml_text(rni_str *to, const char *text);
/* As above, with a format. */
void rni_xml_textf(rni_str *to, const char *fmt, ...) RN_PRINTF(2, 3);
void rni_base64(rni_str *to, const void *bytes, int64_t n);
/* Colours that colour-blind people can tell apart (Okabe & Ito 2008), as six hexadecimal digits; the i-th, over again
 * past the last. */
const char *rni_document_colour(int i);

#endif
