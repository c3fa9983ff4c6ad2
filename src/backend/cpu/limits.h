/* Measuring the processor. */
#ifndef RNI_BACKEND_CPU_LIMITS_H
#define RNI_BACKEND_CPU_LIMITS_H

#include <rensa/backend.h>

bool rni_cpu_measure(void *device, rn_limits *limits);

#endif
