/* What the file formats need of named collections beyond the public functions. */
#ifndef RNI_IO_DICT_H
#define RNI_IO_DICT_H

#include <rensa/io.h>

/* Computes all tensors at once rather than one by one. */
bool rni_dict_eval(const rn_site *site, const rn_dict *d);

#endif
