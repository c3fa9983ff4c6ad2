/* What devices can do at the most, measured once per machine and kept in the user's cache. */
#ifndef RNI_BACKEND_LIMITS_H
#define RNI_BACKEND_LIMITS_H

#include "backend/backend.h"

/* The limits of a device: those that were measured before on a machine with the same processor and threads, else (or if
 * `again`) they are measured now, in about a second. False where the back end cannot say; *name is what they belong to:
 * processor, instruction set, threads. */
bool rni_limits_of(rni_device *device, bool again, rn_limits *out, char *name, size_t size);

#endif
