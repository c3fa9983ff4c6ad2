/* sort and topk. */
#ifndef RNI_BACKEND_CPU_SORT_H
#define RNI_BACKEND_CPU_SORT_H

#include <rensa/backend.h>

const char *rni_cpu_sort_refuse(const rn_kernel_call *c);
bool rni_cpu_sort_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_sort_run(rn_kernel_call *c);

#endif
