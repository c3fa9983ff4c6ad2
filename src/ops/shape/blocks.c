/* Blocks of pixels moved between channels and space: reshape, transpose, reshape. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

typedef struct {
    int64_t r;
} block_opt;

static bool depth2space_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    const int64_t r = ((const block_opt *)c->opts)->r;
    if (x->rank != 4) return rni_refuse_call(c, RN_ERR_SHAPE, "needs images", "x is [N, C, H, W]");
    if (x->dim[1] % (r * r)) return rni_refuse_call(c, RN_ERR_SHAPE, "channels do not fill blocks", "C % (r * r) == 0");
    const int64_t n = x->dim[0], k = x->dim[1] / (r * r), h = x->dim[2], w = x->dim[3];
    rn_tensor *t = rn_reshape(c->in[0], RN_SHAPE(n, r, r, k, h, w));
    t = rn_transpose(t, .axes = RN_AXES(0, 3, 4, 1, 5, 2));
    return (c->out[0] = rn_reshape(t, RN_SHAPE(n, k, h * r, w * r))) != NULL;
}

static bool space2depth_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    const int64_t r = ((const block_opt *)c->opts)->r;
    if (x->rank != 4) return rni_refuse_call(c, RN_ERR_SHAPE, "needs images", "x is [N, C, H, W]");
    if (x->dim[2] % r || x->dim[3] % r)
        return rni_refuse_call(c, RN_ERR_SHAPE, "images do not divide into blocks", "H % r == 0 and W % r == 0");
    const int64_t n = x->dim[0], k = x->dim[1], h = x->dim[2] / r, w = x->dim[3] / r;
    rn_tensor *t = rn_reshape(c->in[0], RN_SHAPE(n, k, h, r, w, r));
    t = rn_transpose(t, .axes = RN_AXES(0, 3, 5, 1, 2, 4));
    return (c->out[0] = rn_reshape(t, RN_SHAPE(n, r * r * k, h, w))) != NULL;
}

static const rn_opt opts[] = { RN_REQ_I64(block_opt, r, 1, 1e6, "side of a block, in pixels"), { 0 } };

const rn_op rn_ops_blocks[] = {
    { .name = "depth2space",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = depth2space_build,
      .opts = opts,
      .opts_size = sizeof(block_opt),
      .onnx = "DepthToSpace r=blocksize",
      .doc = { .brief = "Channels spread over blocks of pixels (sub-pixel convolution's last step).",
               .formula = "y[n, k, h*r + i, w*r + j] = x[n, (i*r + j)*K + k, h, w]",
               .shapes = "x [N, K*r*r, H, W]   ->   y [N, K, H*r, W*r]",
               .errors = "SHAPE unless r*r divides the channels",
               .source = "Shi et al. 2016, arXiv:1609.05158",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,8,2,3]", .with = "r=2" },
                                  { .in = "x:f32[1,9,1,1]", .with = "r=3" },
                                  { .in = "x:f32[0,4,2,2]", .with = "r=2" },
                                  { .in = "x:f32[2,6,2,3]", .with = "r=2", .fails = "C % (r * r) == 0" },
                                  { .in = "x:f32[4,2,3]", .with = "r=2", .fails = "needs images" },
                                  { 0 } } },
    { .name = "space2depth",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = space2depth_build,
      .opts = opts,
      .opts_size = sizeof(block_opt),
      .onnx = "SpaceToDepth r=blocksize",
      .doc = { .brief = "Blocks of pixels gathered into channels; undoes depth2space.",
               .formula = "y[n, (i*r + j)*K + k, h, w] = x[n, k, h*r + i, w*r + j]",
               .shapes = "x [N, K, H*r, W*r]   ->   y [N, K*r*r, H, W]",
               .errors = "SHAPE unless r divides height and width",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4,2]", .with = "r=2" },
                                  { .in = "x:f32[2,3,4,3]", .with = "r=2", .fails = "H % r == 0" },
                                  { .in = "x:f32[4,2]", .with = "r=2", .fails = "needs images" },
                                  { 0 } } },
    { 0 },
};
