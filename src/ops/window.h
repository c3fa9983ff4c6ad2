/* Windows over images: where the elements of filters and pooling windows meet them. */
#ifndef RNI_OPS_WINDOW_H
#define RNI_OPS_WINDOW_H

#include <rensa/backend.h>

/* How windows lie along each spatial axis; of those past `axes` there is one place. */
typedef struct {
    int axes;
    const int64_t *stride, *pad, *dilation;
} rni_window;

/* v with three spatial axes; missing ones have size 1. */
rn_view rni_window_view(const rn_view *v);
/* Where element u of window i meets an image of that size; false outside of it. */
bool rni_window_x(const rni_window *w, const int64_t *size, const int64_t *i, const int64_t *u, int64_t *at);
/* The window, one of so many, whose element u is at h of the image; false if there is none. */
bool rni_window_y(const rni_window *w, const int64_t *count, const int64_t *h, const int64_t *u, int64_t *at);

#endif
