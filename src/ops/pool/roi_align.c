/* roi_average_align2d: regions of images brought to one size, with interpolated pixels.
 *
 * The mean over samples on a grid, each interpolated along both axes, is a product of two small matrices of weights
 * with the image: y = rows * x * columns'. Weights are kept for one region at a time, each row with the range of pixels
 * in which it is not 0. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "ops/index/position.h"

#include <math.h>

typedef struct {
    int64_t size[2];
    double spatial_scale;
    int64_t sampling;
    int64_t x[3]; /* gradient: N, H, W of x */
} roi_opt;

extern const rn_op rn_ops_roi_align[];
enum { FORWARD, BACKWARD };

static bool check(rn_infer *f)
{
    const rn_shape *rois = f->shape[1], *indices = f->shape[2];
    if (!rn_want_rank(f, 0, 4) || !rn_want_float(f, 0) || !rni_want_index(f, 2)) return false;
    if (rois->rank != 2 || rois->dim[1] != 4 || indices->rank != 1 || indices->dim[0] != rois->dim[0])
        return rn_refuse(f, RN_ERR_SHAPE, "regions and their images do not fit",
                         "rois.shape == [R, 4], images.shape == [R]");
    return true;
}

static bool infer(rn_infer *f)
{
    const roi_opt *o = f->opts;
    if (!check(f)) return false;
    const rn_shape *x = f->shape[0];
    if (f->shape[1]->dim[0] > 0 && (x->dim[2] == 0 || x->dim[3] == 0))
        return rn_refuse(f, RN_ERR_SHAPE, "there are regions of images without pixels", "x.shape[2:] of at least 1");
    return rn_out(f, 0, f->dtype[0], RN_SHAPE(f->shape[1]->dim[0], f->shape[0]->dim[1], o->size[0], o->size[1]));
}

static bool grad_infer(rn_infer *f)
{
    const roi_opt *o = f->opts;
    return check(f) && rn_out(f, 0, f->dtype[0], RN_SHAPE(o->x[0], f->shape[0]->dim[1], o->x[1], o->x[2]));
}

/* ---- weights ---- */

/* Of one region along one axis: row k of weight, [pixels, size], holds what pixel k of the result takes of each pixel
 * of the image, not 0 from first[k] to last[k]. */
typedef struct {
    double *weight;
    int64_t *first, *last;
    int64_t pixels, size;
} weights;

static bool weights_new(weights *w, int64_t pixels, int64_t size)
{
    *w = (weights){ .pixels = pixels, .size = size };
    w->weight = rni_alloc_raw(pixels * size * (int64_t)sizeof *w->weight);
    w->first = rni_alloc_raw(2 * pixels * (int64_t)sizeof *w->first);
    w->last = w->first + (w->first ? pixels : 0);
    return w->weight && w->first;
}

static void weights_free(weights *w)
{
    rni_free(w->weight);
    rni_free(w->first);
}

static void add_sample(const weights *w, int64_t k, double place, double share)
{
    if (place < -1 || place > (double)w->size) return;
    const double p = fmin(fmax(place, 0), (double)w->size - 1);
    const int64_t low = (int64_t)p, high = low + 1 < w->size ? low + 1 : low;
    w->weight[k * w->size + low] += share * (1 - (p - (double)low));
    w->weight[k * w->size + high] += share * (p - (double)low);
    if (low < w->first[k]) w->first[k] = low;
    if (high > w->last[k]) w->last[k] = high;
}

/* A region from `start` on, `step` for each pixel of the result, which is a mean of `grid` samples. */
static void fill(const weights *w, double start, double step, int64_t grid)
{
    for (int64_t i = 0; i < w->pixels * w->size; i++) w->weight[i] = 0;
    for (int64_t k = 0; k < w->pixels; k++) {
        w->first[k] = w->size;
        w->last[k] = -1;
        for (int64_t i = 0; i < grid; i++)
            add_sample(w, k, start + step * ((double)k + ((double)i + 0.5) / (double)grid), 1 / (double)grid);
    }
}

static double number(const rn_view *rois, int64_t r, int64_t k)
{
    return rni_load(rois->dtype, rni_view_at(rois, (int64_t[]){ r, k }));
}

/* Weights of region r, whose row is y and x of one corner, then of the other one; and the number of its image. */
static bool take_region(rn_kernel_call *c, int64_t r, int64_t images, weights w[2], int64_t *image)
{
    enum { SAMPLES_MAX = 1 << 16 }; /* along an axis: more is a region far larger than any image */
    const roi_opt *o = c->opts;
    if (!rni_index_place(rni_index_value(&c->in[2], &r), images, false, image))
        return rni_index_fail(c, "images", &c->in[2], &r, "the number of images is", images);
    for (int k = 0; k < 2; k++) {
        const double start = number(&c->in[1], r, k) * o->spatial_scale;
        const double length = fmax(number(&c->in[1], r, k + 2) * o->spatial_scale - start, 1);
        const double step = length / (double)w[k].pixels, grid = o->sampling ? (double)o->sampling : ceil(step);
        if (!(fabs(start) < 1e15 && step < 1e15 && grid * (double)w[k].pixels <= SAMPLES_MAX))
            return c->fail(c, RN_ERR_ARG, "rois[%lld] is no region of an image, or too large", (long long)r);
        fill(&w[k], start, step, (int64_t)grid);
    }
    return true;
}

/* ---- the kernels ---- */

static char *plane(const rn_view *v, int64_t n, int64_t channel)
{
    return rni_view_at(v, (int64_t[]){ n, channel, 0, 0 });
}

static double read(const weights w[2], const rn_view *x, const char *from, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t h = w[0].first[i]; h <= w[0].last[i]; h++) {
        double row = 0;
        const char *p = from + h * x->stride[2] * rn_dtype_bytes(x->dtype);
        for (int64_t v = w[1].first[j]; v <= w[1].last[j]; v++)
            row += w[1].weight[j * w[1].size + v] * rni_load(x->dtype, p + v * x->stride[3] * rn_dtype_bytes(x->dtype));
        sum += w[0].weight[i * w[0].size + h] * row;
    }
    return sum;
}

static bool run(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    weights w[2] = { 0 };
    bool ok = true;
    if (rni_view_count(y) == 0) return true;
    for (int k = 0; ok && k < 2; k++) ok = weights_new(&w[k], y->dim[2 + k], x->dim[2 + k]);
    for (int64_t r = 0, image; ok && r < y->dim[0]; r++) {
        ok = take_region(c, r, x->dim[0], w, &image);
        for (int64_t k = 0; ok && k < y->dim[1]; k++)
            for (int64_t i = 0; i < y->dim[2]; i++)
                for (int64_t j = 0; j < y->dim[3]; j++)
                    rni_store(y->dtype, rni_view_at(y, (int64_t[]){ r, k, i, j }),
                              read(w, x, plane(x, image, k), i, j));
    }
    for (int k = 0; k < 2; k++) weights_free(&w[k]);
    return ok;
}

/* Adds g to an image [H, W]. */
static void add(const weights w[2], double *to, int64_t i, int64_t j, double g)
{
    for (int64_t h = w[0].first[i]; h <= w[0].last[i]; h++)
        for (int64_t v = w[1].first[j]; v <= w[1].last[j]; v++)
            to[h * w[1].size + v] += g * w[0].weight[i * w[0].size + h] * w[1].weight[j * w[1].size + v];
}

static bool grad_run(rn_kernel_call *c)
{
    const rn_view *gy = &c->in[0], *gx = &c->out[0];
    const int64_t count = rni_view_count(gx), area = gx->dim[2] * gx->dim[3];
    double *sum = rni_alloc(count * (int64_t)sizeof *sum);
    weights w[2] = { 0 };
    bool ok = sum != NULL;
    const bool any = count && rni_view_count(gy);
    for (int k = 0; ok && any && k < 2; k++) ok = weights_new(&w[k], gy->dim[2 + k], gx->dim[2 + k]);
    for (int64_t r = 0, image; ok && any && r < gy->dim[0]; r++) {
        ok = take_region(c, r, gx->dim[0], w, &image);
        for (int64_t k = 0; ok && k < gy->dim[1]; k++)
            for (int64_t i = 0; i < gy->dim[2]; i++)
                for (int64_t j = 0; j < gy->dim[3]; j++)
                    add(w, sum + (image * gx->dim[1] + k) * area, i, j,
                        rni_load(gy->dtype, rni_view_at(gy, (int64_t[]){ r, k, i, j })));
    }
    if (ok) rni_convert(gx->data, gx->dtype, sum, RN_F64, count);
    for (int k = 0; k < 2; k++) weights_free(&w[k]);
    rni_free(sum);
    return ok;
}

/* Each is the other's gradient; none passes to the regions. */
static bool through(rn_vjp *v, int row)
{
    roi_opt o = *(const roi_opt *)v->opts;
    const rn_shape *x = rn_tensor_shape(v->in[0]);
    if (!v->need[0]) return true;
    if (row == BACKWARD) {
        o.x[0] = x->dim[0];
        o.x[1] = x->dim[2];
        o.x[2] = x->dim[3];
    }
    rn_tensor *in[] = { v->gout[0], v->in[1], v->in[2] };
    return rn_op_call(&rn_ops_roi_align[row], NULL, in, 3, &o, v->gin);
}

static bool backward(rn_vjp *v)
{
    return through(v, BACKWARD);
}

static bool grad_backward(rn_vjp *v)
{
    return through(v, FORWARD);
}

#define OPTS                                                                                                           \
    RN_OPT_I64S(roi_opt, size, 2, 0, 1, 1 << 20, "height and width of the result"),                                    \
        RN_OPT_F64(roi_opt, spatial_scale, 1, 1e-9, 1e9, "pixels of x for one unit of rois"),                          \
        RN_OPT_I64(roi_opt, sampling, 0, 0, 1 << 15,                                                                   \
                   "samples along each axis for a pixel of the result; 0: one for each pixel of x that it covers")

/* Each sample is interpolated between four pixels. */
static double samples(const rn_cost *c, const rn_view *y)
{
    const double per_side = fmax((double)((const roi_opt *)c->opts)->sampling, 1);
    return 4 * per_side * per_side * (double)rni_view_count(y);
}

static void cost(rn_cost *c)
{
    c->multiply_add = samples(c, &c->out[0]);
}

static void grad_cost(rn_cost *c)
{
    c->multiply_add = samples(c, &c->in[0]);
}

const rn_op rn_ops_roi_align[] = {
    [FORWARD] = { .name = "roi_average_align2d",
                  .kind = RN_KERNEL,
                  .inputs = "x, rois, images",
                  .infer = infer,
                  .backward = backward,
                  .run = run,
                  .cost = cost,
                  .opts = (const rn_opt[]){ OPTS, { 0 } },
                  .opts_size = sizeof(roi_opt),
                  .onnx = "RoiAlign sampling=sampling_ratio",
                  .doc = { .brief =
                               "Regions of images brought to one size, each pixel the mean of interpolated samples.",
                           .shapes = "x [N, C, H, W]   rois [R, 4]: y and x of a corner, then of the opposite one   "
                                     "images [R]: which of the N   ->   y [R, C, size[0], size[1]]",
                           .types = "x of floats, rois of any type, images of any integer type",
                           .errors = "SHAPE if rois and images do not fit or there are no pixels; ARG, when values are "
                                     "computed, for an image "
                                     "that does not exist or a region that is not finite or far too large",
                           .source = "He et al. 2017, arXiv:1703.06870; no gradient passes to rois",
                           .since = "0.1" },
                  .cases =
                      (const rn_case[]){
                          { .in = "x:f32[2,3,5,6] rois:i32[3,4]{=0,0,3,4,1,0,4,5,-2,1,2,9} images:i32[3]{=0,1,1}",
                            .with = "size=2,3" },
                          { .in = "x:f64[1,2,5,6] rois:i32[2,4]{=0,0,8,10,2,3,7,11} images:i64[2]{=0,0}",
                            .with = "size=2,2 spatial_scale=0.5 sampling=2" },
                          { .in = "x:f32[2,1,5,6] rois:f32[2,4]{=1.2,0.7,4.9,5.5,-3,2.5,0.4,7.1} images:i32[2]{=1,0}",
                            .with = "size=3,2",
                            .no_grad = true },
                          { .in = "x:f32[1,1,3,3] rois:i32[1,4]{=1,1,1,1} images:i32[1]{=0}", .with = "size=1,1" },
                          { .in = "x:f16[1,1,3,3] rois:u8[1,4]{=0,0,2,2} images:i32[1]{=0}", .with = "size=2,2" },
                          { .in = "x:f32[1,2,3,3] rois:i32[0,4] images:i32[0]", .with = "size=2,2" },
                          { .in = "x:f32[1,1,3,3] rois:f32[1,4]{=0,0,2,2} images:i32[1]{=1}",
                            .with = "size=2,2",
                            .fails = "images[0] is 1, but the number of images is 1" },
                          { .in = "x:f32[1,1,3,3] rois:f32[1,4]{=0,0,inf,2} images:i32[1]{=0}",
                            .with = "size=2,2",
                            .fails = "rois[0] is no region" },
                          { .in = "x:f32[1,1,3,3] rois:f32[2,4] images:i32[1]",
                            .with = "size=2,2",
                            .fails = "do not fit" },
                          { .in = "x:f32[1,3,3] rois:f32[1,4] images:i32[1]",
                            .with = "size=2,2",
                            .fails = "rank of x" },
                          { .in = "x:f32[1,1,3,0] rois:f32[1,4]{=0,0,2,2} images:i32[1]{=0}",
                            .with = "size=2,2",
                            .fails = "without pixels" },
                          { 0 } } },
    [BACKWARD] = { .name = "roi_average_align2d_grad",
                   .kind = RN_KERNEL,
                   .flags = RN_OP_INTERNAL,
                   .inputs = "gy, rois, images",
                   .infer = grad_infer,
                   .backward = grad_backward,
                   .run = grad_run,
                   .cost = grad_cost,
                   .opts =
                       (const rn_opt[]){
                           OPTS, RN_OPT_I64S(roi_opt, x, 3, 0, 0, (double)((int64_t)1 << 52), "N, H, W of x"), { 0 } },
                   .opts_size = sizeof(roi_opt),
                   .doc = { .brief = "Gradient of roi_average_align2d.", .since = "0.1" },
                   .cases =
                       (const rn_case[]){ { .in = "gy:f64[2,1,2,2] rois:i32[2,4]{=0,0,3,4,1,1,2,2} images:i32[2]{=1,0}",
                                            .with = "size=2,2 x=2,4,5" },
                                          { 0 } } },
    { 0 },
};
