/* Pictures as arrays: decoded, brought to a number of channels and a size. */
#ifndef RNI_DATA_PICTURE_H
#define RNI_DATA_PICTURE_H

#include "io/codec.h"

#include <rensa/data.h>

typedef struct rni_picture_form {
    int64_t channels, height, width; /* height and width 0: as they come */
    rn_fit fit;
    rn_filter filter;
} rni_picture_form;

/* Part of a plane, in pixels; its edges need not fall on pixels. */
typedef struct rni_rect {
    double x, y, width, height;
} rni_rect;

/* Scales a part of the plane `from` [h, w] to [out_h, out_w], whose rows are out_stride apart. Shrinking weighs every
 * pixel that an output pixel covers. */
bool rni_resize(const float *from, int64_t h, int64_t w, const rni_rect *part, float *to, int64_t out_h, int64_t out_w,
                int64_t out_stride, rn_filter filter);

/* Values from 0 to 1, [channels, height, width] of the decoded image: gray from colour by Rec. 601 luma, what is
 * transparent over white unless channels is 4. */
void rni_planes_from_image(const rni_image *image, int64_t channels, float *to);

/* Reads a picture file into `to` [channels, height, width]. The form has a size. Errors name the file. */
bool rni_picture_read(const char *path, const rni_picture_form *form, float *to);
/* Width and height of a picture file. */
bool rni_picture_size(const char *path, int64_t *width, int64_t *height);

#endif
