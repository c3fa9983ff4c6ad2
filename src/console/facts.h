/* Facts of runs: one number or text under a key, for the columns of tables. "set.training.batch" is a setting,
 * "result.parameters" a member of result.json, "test_loss", "min.test_loss", "max.test_loss" what was measured. */
#ifndef RNI_CONSOLE_FACTS_H
#define RNI_CONSOLE_FACTS_H

#include "base/json.h"
#include "console/database.h"

/* Settings: the scalars of "training" and the arguments of networks, and what was set for this run. */
bool rni_facts_settings(rni_db *db, const char *run, const rni_json *project, const rni_json *set);
bool rni_facts_result(rni_db *db, const char *run, const rni_json *result);
/* Last value, smallest and largest of what was measured; those of before are taken into account. */
bool rni_facts_measured(rni_db *db, const char *run, const char *name, double last, double min, double max);

#endif
