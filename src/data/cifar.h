/* Unpacking the archive that CIFAR-10 is published as. */
#ifndef RNI_DATA_CIFAR_H
#define RNI_DATA_CIFAR_H

#include <stdbool.h>

/* Writes the .bin members of a packed tar file into a folder, which is made. Errors: IO, FORMAT. */
bool rni_cifar_unpack(const char *path, const char *folder);

#endif
