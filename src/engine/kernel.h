/* Which kernel runs a node, and calling it. */
#ifndef RNI_ENGINE_KERNEL_H
#define RNI_ENGINE_KERNEL_H

#include "engine/graph.h"

/* Whether the node's back end has a kernel for it as it stands (contiguous inputs). */
bool rni_kernel_accepts(const rni_graph *g, const rni_gnode *n);
/* Whether it has none, but has one for the same call with f32 in the place of f16 and bf16. */
bool rni_kernel_widens(const rni_graph *g, const rni_gnode *n);
/* Fills what a call needs to be judged: views of the right shapes without data, options, programs. `views` has room for
 * n_in + n_out. False with an error pending. */
bool rni_kernel_call_init(const rni_graph *g, const rni_gnode *n, rn_kernel_call *c, rn_view *views);
/* The first kernel that takes the call: of the back end, else of the plain C one. NULL with an error pending. */
const rn_kernel *rni_kernel_find(const rni_gnode *n, const rn_kernel_call *c);
/* Whether the kernel is one of the device's own, rather than one of the host. */
bool rni_kernel_is_own(const rni_device *d, const rn_kernel *k);
/* A row-major view of that shape, without data. */
rn_view rni_view_of(rn_dtype dtype, const rn_shape *shape);
bool rni_view_is_contiguous(const rn_view *v);

#endif
