/* What projects can be made of, for editors: everything comes from the rows that the reader checks by. */
#ifndef RNI_PROJECT_PALETTE_H
#define RNI_PROJECT_PALETTE_H

#include "base/json.h"

/* {"layers": […], "losses": […], "metrics": […], "optimizers": […], "schedules": […], "hooks": […], "initialisers":
 * […], "members": {…}}. A layer has name, kind ("link" or "function"), topic, inputs, options, parameters and
 * documentation. */
bool rni_palette_write(rni_str *to);
/* One layer of it; false without an error where there is none of that name. */
bool rni_palette_write_one(const char *name, rni_str *to);

#endif
