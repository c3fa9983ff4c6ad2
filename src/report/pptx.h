/* The parts of a presentation, as they are gathered. */
#ifndef RNI_REPORT_PPTX_H
#define RNI_REPORT_PPTX_H

#include "io/codec.h"
#include "report/report.h"

/* Parts are named by their path in the archive; what belongs to a slide has the slide's number. */
typedef struct rni_deck {
    rni_document own; /* owns names and contents */
    rni_zip_input *part;
    int64_t n, capacity;
    int slides, charts, pictures;
    rni_str types; /* of the parts, for [Content_Types].xml */
} rni_deck;

/* Takes the text over. */
void rni_deck_add(rni_deck *d, rni_str *content, const char *name_fmt, ...) RN_PRINTF(3, 4);
void rni_deck_add_bytes(rni_deck *d, const void *bytes, int64_t n, const char *name); /* bytes stay, name is copied */
/* Adds a chart with the workbook that holds its numbers; returns its number. */
int rni_deck_chart(rni_deck *d, const rni_plot *plot);
/* The parts that every presentation has. */
void rni_deck_frame(rni_deck *d, const rni_document *r);

#define RNI_XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define RNI_OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RNI_DRAWING_NS "http://schemas.openxmlformats.org/drawingml/2006/main"
#define RNI_RELATIONS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

#endif
