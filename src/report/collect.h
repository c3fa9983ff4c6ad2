/* How a report is gathered from a run folder, section by section. */
#ifndef RNI_REPORT_COLLECT_H
#define RNI_REPORT_COLLECT_H

#include "project/inspect.h"
#include "report/report.h"

typedef struct rni_source_run {
    rni_document *report;
    const char *folder;
    rni_inspection *inspection;
    const rni_project *project; /* the inspection's */
    rni_json *result;           /* result.json; NULL before the end of a run */
} rni_source_run;

void rni_document_data(rni_source_run *s);     /* data sets with pictures of them */
void rni_document_networks(rni_source_run *s); /* drawings and costs */
void rni_document_sources(rni_source_run *s);  /* references, and where it was computed */

#endif
