/* What the layers of a network make of one example, as pictures and figures; and where it looked. */
#ifndef RNI_REPORT_LAYERS_H
#define RNI_REPORT_LAYERS_H

#include "project/session.h"

/* For the first example of `set` (a data set of column x): writes layers.json and a PNG per layer, of its weights where
 * they are filters, and of the Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) of the likeliest class into `folder`,
 * which is made. */
bool rni_layers_write(rni_session *s, rni_watch *w, rn_dataset *set, const char *folder);

#endif
