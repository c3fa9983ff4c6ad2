/* Reading inputs by position (RN_CODE_LOAD): what back ends say about a position that is none. */
#ifndef RNI_BASE_POSITION_H
#define RNI_BASE_POSITION_H

#include "base/index.h"

#include <rensa/error.h>

#include <math.h>
#include <string.h>

/* Fails the call for position `at` of input `input`, read for an element of the result. */
static inline bool rni_position_fail(rn_kernel_call *c, int input, double at, int64_t element)
{
    const char *name = c->map->inputs ? c->map->inputs : "";
    for (int i = 0; i < input && *name; name++) i += *name == ',';
    name += strspn(name, " ");
    const int n = (int)strcspn(name, "[, ");
    if (at != floor(at))
        return c->fail(c, RN_ERR_ARG,
                       "%.*s[%.10g] is read for element %lld: positions are whole numbers, as of floordiv", n, name, at,
                       (long long)element);
    return c->fail(c, RN_ERR_ARG, "%.*s[%.17g] is read for element %lld, but %.*s has %lld elements", n, name, at,
                   (long long)element, n, name, (long long)rni_view_count(&c->in[input]));
}

#endif
