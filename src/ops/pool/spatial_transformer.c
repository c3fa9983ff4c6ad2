/* Spatial transformers (Jaderberg et al. 2015): a grid of places, and images read there. */
#include <rensa/lists.h>
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

typedef struct {
    int64_t size[2];
} grid_opt;

/* theta times (x, y, 1) of every pixel; both axes go from -1 to 1. */
static bool grid_build(rn_call_info *c)
{
    const int64_t *size = ((const grid_opt *)c->opts)->size;
    rn_tensor *theta = c->in[0], *at[2];
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (!rn_want_float(&f, 0)) return false;
    if (f.shape[0]->rank != 3 || f.shape[0]->dim[1] != 2 || f.shape[0]->dim[2] != 3)
        return rn_refuse(&f, RN_ERR_SHAPE, "theta does not hold matrices of 2 rows and 3 columns",
                         "theta.shape == [N, 2, 3]");
    rn_tensor *x = rn_linspace(-1, 1, size[1], .dtype = f.dtype[0]),
              *y = rn_linspace(-1, 1, size[0], .dtype = f.dtype[0]);
    if (!rn_meshgrid(RN_LIST(x, y), at)) return false;
    rn_tensor *one = rn_ones(RN_SHAPE(size[0] * size[1]), .dtype = f.dtype[0]);
    rn_tensor *places = rn_stack(RN_LIST(rn_ravel(at[0]), rn_ravel(at[1]), one));
    return (c->out[0] = rn_reshape(rn_matmul(theta, places), RN_SHAPE(f.shape[0]->dim[0], 2, size[0], size[1]))) !=
           NULL;
}

/* ---- the sampler ---- */

/* One of the four pixels around a place: right by `right` and down by `down`, which are 0 or 1. */
typedef struct {
    int64_t width, height, right, down;
} corner_opt;

#define CORNER "px = (u + 1) * 0.5 * (width - 1); py = (v + 1) * 0.5 * (height - 1); x = floor(px); y = floor(py); "

static const rn_opt corner_opts[] = { RN_REQ_I64(corner_opt, width, 1, 1e15, ""),
                                      RN_REQ_I64(corner_opt, height, 1, 1e15, ""),
                                      RN_REQ_I64(corner_opt, right, 0, 1, ""),
                                      RN_REQ_I64(corner_opt, down, 0, 1, ""),
                                      { 0 } };
static const rn_op place_row = { .name = "sampler_place",
                                 .kind = RN_MAP,
                                 .flags = RN_OP_NO_GRAD,
                                 .inputs = "u, v",
                                 .outputs = "place",
                                 .types = "i64",
                                 .expr = CORNER "place = min(max(y + down, 0), height - 1) * width + "
                                                "min(max(x + right, 0), width - 1)",
                                 .opts = corner_opts,
                                 .opts_size = sizeof(corner_opt) };
/* how much of it is taken; what is outside is 0 */
static const rn_op share_row = { .name = "sampler_share",
                                 .kind = RN_MAP,
                                 .inputs = "u, v",
                                 .outputs = "share",
                                 .expr = CORNER "h = right ? px - x : 1 - (px - x); k = down ? py - y : 1 - (py - y); "
                                                "share = x + right < 0 || x + right >= width || y + down < 0 || "
                                                "y + down >= height ? 0 : h * k",
                                 .opts = corner_opts,
                                 .opts_size = sizeof(corner_opt) };

static bool sampler_build(rn_call_info *c)
{
    rn_tensor *x = c->in[0], *grid = c->in[1], *uv[2], *sum = NULL;
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (!rn_want_rank(&f, 0, 4) || !rn_want_rank(&f, 1, 4) || !rn_want_float(&f, 0)) return false;
    if (f.dtype[0] != f.dtype[1]) return rn_refuse(&f, RN_ERR_DTYPE, "types differ", "x.dtype == grid.dtype");
    const rn_shape *s = f.shape[0], *g = f.shape[1];
    if (g->dim[0] != s->dim[0] || g->dim[1] != 2 || s->dim[2] < 1 || s->dim[3] < 1)
        return rn_refuse(&f, RN_ERR_SHAPE, "grid does not fit to x",
                         "grid.shape == [x.shape[0], 2, h, w], x has pixels");
    const int64_t places = g->dim[2] * g->dim[3];
    rn_tensor *pixels = rn_reshape(x, RN_SHAPE(s->dim[0], s->dim[1], s->dim[2] * s->dim[3]));
    if (!rn_split(rn_reshape(grid, RN_SHAPE(g->dim[0], 2, places)), uv, 2, .axis = 1)) return false;
    for (int k = 0; k < 4; k++) {
        const corner_opt o = { s->dim[3], s->dim[2], k % 2, k / 2 };
        rn_tensor *place, *share;
        if (!rn_op_call(&place_row, NULL, uv, 2, &o, &place) || !rn_op_call(&share_row, NULL, uv, 2, &o, &share))
            return false;
        rn_tensor *part = rn_mul(rn_take_along_axis(pixels, place, 2), share);
        sum = sum ? rn_add(sum, part) : part;
    }
    return (c->out[0] = rn_reshape(sum, RN_SHAPE(s->dim[0], s->dim[1], g->dim[2], g->dim[3]))) != NULL;
}

const rn_op rn_ops_spatial_transformer[] = {
    { .name = "spatial_transformer_grid",
      .kind = RN_FUNCTION,
      .inputs = "theta",
      .build = grid_build,
      .opts = (const rn_opt[]){ RN_OPT_I64S(grid_opt, size, 2, 0, 1, 1 << 20, "height and width of the grid"), { 0 } },
      .opts_size = sizeof(grid_opt),
      .onnx = "AffineGrid",
      .nnp = "AffineGrid",
      .doc = { .brief = "Places of a grid after an affine map: what spatial_transformer_sampler takes.",
               .formula = "y[n, :, i, j] = theta[n] (x_j, y_i, 1), x and y from -1 to 1",
               .shapes = "theta [N, 2, 3]   ->   y [N, 2, size[0], size[1]], x before y",
               .types = "floats",
               .errors = "SHAPE unless theta is [N, 2, 3]; ARG for a size below 1",
               .source = "Jaderberg et al. 2015, arXiv:1506.02025",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "theta:f32[2,2,3]", .with = "size=3,4" },
                                  { .in = "theta:f64[1,2,3]", .with = "size=2,5" },
                                  { .in = "theta:f32[0,2,3]", .with = "size=2,2" },
                                  { .in = "theta:f32[2,3,3]", .with = "size=3,4", .fails = "theta.shape == [N, 2, 3]" },
                                  { .in = "theta:i32[2,2,3]", .with = "size=3,4", .fails = "with a fraction" },
                                  { 0 } } },
    { .name = "spatial_transformer_sampler",
      .kind = RN_FUNCTION,
      .inputs = "x, grid",
      .build = sampler_build,
      .onnx = "GridSample",
      .nnp = "WarpByGrid",
      .doc = { .brief = "Images read at the places of a grid, between four pixels; 0 outside.",
               .formula =
                   "y[n, c, i, j] = x[n, c] at row (grid[n, 1, i, j] + 1) * (H - 1) / 2 and column (grid[n, 0, i, j] "
                   "+ 1) * (W - 1) / 2",
               .shapes = "x [N, C, H, W]   grid [N, 2, h, w]   ->   y [N, C, h, w]",
               .types = "floats, both the same",
               .errors = "SHAPE if grid does not fit to x; DTYPE on mixed types",
               .source = "Jaderberg et al. 2015, arXiv:1506.02025",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in =
                                   "x:f64[2,3,4,5] grid:f64[2,2,3,2]{=-0.9,0.3,0.7,-0.2,0.55,-0.35,0.1,-0.8,0.45,"
                                   "0.25,-0.6,0.8,-0.85,0.35,0.65,-0.15,0.57,-0.33,0.13,-0.77,0.43,0.22,-0.63,0.83}" },
                             { .in = "x:f32[1,2,4,4] grid:f32[1,2,2,2]{=-0.9,0.41,0.78,-0.23,0.53,-0.39,0.12,-0.77}" },
                             { .in = "x:f32[1,1,3,3] grid:f32[1,2,1,3]{=-1.3,5,0.9,-0.7,0.3,1.4}", .no_grad = true },
                             { .in = "x:f16[1,1,3,3] grid:f16[1,2,1,2]{=0.5,-0.5,0.25,0.75}", .no_grad = true },
                             { .in = "x:f32[0,1,3,3] grid:f32[0,2,2,2]" },
                             { .in = "x:f32[1,1,3,3] grid:f32[1,3,2,2]", .fails = "does not fit to x" },
                             { .in = "x:f32[1,1,3,3] grid:f64[1,2,2,2]", .fails = "types differ" },
                             { 0 } } },
    { 0 },
};
