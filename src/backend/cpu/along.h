/* take_along_axis. */
#ifndef RNI_BACKEND_CPU_ALONG_H
#define RNI_BACKEND_CPU_ALONG_H

#include <rensa/backend.h>

const char *rni_cpu_take_along_refuse(const rn_kernel_call *c);
bool rni_cpu_take_along_run(rn_kernel_call *c);

#endif
