/* Reference pages of links and optimizers, from their rows. */
#ifndef RENSA_SCRIPTS_NNGEN_H
#define RENSA_SCRIPTS_NNGEN_H

#include "base/str.h"

void nngen_links(rni_str *s);
void nngen_optimizers(rni_str *s);

#endif
