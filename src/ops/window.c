/* Positions of windows. */
#include "ops/window.h"

rn_view rni_window_view(const rn_view *v)
{
    rn_view r = *v;
    for (; r.rank < 5; r.rank++) {
        r.dim[r.rank] = 1;
        r.stride[r.rank] = 0;
    }
    return r;
}

bool rni_window_x(const rni_window *w, const int64_t *size, const int64_t *i, const int64_t *u, int64_t *at)
{
    for (int a = 0; a < 3; a++) {
        at[a] = a < w->axes ? w->stride[a] * i[a] + w->dilation[a] * u[a] - w->pad[a] : 0;
        if (at[a] < 0 || at[a] >= size[a]) return false;
    }
    return true;
}

bool rni_window_y(const rni_window *w, const int64_t *count, const int64_t *h, const int64_t *u, int64_t *at)
{
    for (int a = 0; a < 3; a++) {
        at[a] = 0;
        if (a >= w->axes) continue;
        const int64_t t = h[a] + w->pad[a] - w->dilation[a] * u[a];
        at[a] = t / w->stride[a];
        if (t < 0 || t % w->stride[a] || at[a] >= count[a]) return false;
    }
    return true;
}
