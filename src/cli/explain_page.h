/* The parts of the page that rensa explain --html writes. It is well-formed as XML too. */
#ifndef RNI_CLI_EXPLAIN_PAGE_H
#define RNI_CLI_EXPLAIN_PAGE_H

#include "cli/explain.h"

/* A text with what means something in HTML escaped; of the second at most n bytes, with an ellipsis where it goes on.
 */
void cli_page_text(rni_str *to, const char *text);
void cli_page_text_n(rni_str *to, const char *text, int n);
/* What a step is, over several lines. */
void cli_page_step(rni_str *to, const cli_explained *e, const cli_plan *p, int64_t step);

void cli_page_graph(rni_str *to, const cli_explained *e, const cli_plan *p);
/* Bytes held during each step. */
void cli_page_memory(rni_str *to, const cli_explained *e, const cli_plan *p);
/* Operations per second against operations per byte. */
void cli_page_roofline(rni_str *to, const cli_explained *e, const cli_plan *p);

#endif
