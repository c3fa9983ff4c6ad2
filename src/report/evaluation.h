/* What a trained network gets right and wrong: for each example a row of a table, for all of them the figures and
 * curves by which classifiers and regressions are judged. */
#ifndef RNI_REPORT_EVALUATION_H
#define RNI_REPORT_EVALUATION_H

#include "project/session.h"

/* Evaluates a monitor: writes the table of outputs (CSV) to `outputs` and the figures (JSON) to evaluation.json beside
 * it. `model` names what was evaluated. */
bool rni_evaluation_write(rni_session *s, rni_watch *w, const char *model, const char *outputs);

#endif
