/* Functions of one's own: one given by its expression, whose gradient follows from it, and one with a loop and a
 * gradient written in functions on tensors. Both work like built-in ones, also in gradients of gradients. */
#include <math.h>
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>

/* softbound(x) = x / sqrt(1 + bend * x * x) */
typedef struct {
    double bend;
} softbound_opt;

static const rn_op softbound = {
    .name = "softbound",
    .kind = RN_MAP,
    .inputs = "x",
    .expr = "y = x * rsqrt(1 + bend * x * x)",
    .opts = (const rn_opt[]){ RN_OPT_F64(softbound_opt, bend, 1, 0, 1e6, "how soon it bends"), { 0 } },
    .opts_size = sizeof(softbound_opt),
    .doc = { .brief = "A line that bends to +-1 / sqrt(bend).", .since = "0.1" },
};

/* outer(x, z)[i, j] = x[i] * z[j], with a loop of its own. */
static bool outer_infer(rn_infer *f)
{
    if (!rn_want_rank(f, 0, 1) || !rn_want_rank(f, 1, 1)) return false;
    return rn_out(f, 0, rn_dtype_promote(f->dtype[0], f->dtype[1]), RN_SHAPE(f->shape[0]->dim[0], f->shape[1]->dim[0]));
}

static bool outer_run(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *z = &c->in[1], *y = &c->out[0];
    if (x->dtype != RN_F32 || z->dtype != RN_F32) return c->fail(c, RN_ERR_UNSUPPORTED, "only f32");
    for (int64_t i = 0; i < y->dim[0]; i++)
        for (int64_t j = 0; j < y->dim[1]; j++)
            ((float *)y->data)[i * y->dim[1] + j] =
                ((const float *)x->data)[i * x->stride[0]] * ((const float *)z->data)[j * z->stride[0]];
    return true;
}

static bool outer_backward(rn_vjp *v)
{
    const int64_t n = rn_tensor_count(v->in[0]), m = rn_tensor_count(v->in[1]);
    rn_tensor *x = rn_reshape(v->in[0], RN_SHAPE(1, n)), *z = rn_reshape(v->in[1], RN_SHAPE(m, 1));
    v->gin[0] = rn_reshape(rn_matmul(v->gout[0], z), RN_SHAPE(n));
    v->gin[1] = rn_reshape(rn_matmul(x, v->gout[0]), RN_SHAPE(m));
    return rn_ok();
}

static const rn_op outer_product = {
    .name = "my_outer",
    .kind = RN_KERNEL,
    .inputs = "x, z",
    .infer = outer_infer,
    .run = outer_run,
    .backward = outer_backward,
    .doc = { .brief = "Outer product of two vectors.", .since = "0.1" },
};

/* What the wrappers of built-in functions do. */
static rn_tensor *apply_softbound(rn_tensor *x, double bend, const rn_site *site)
{
    rn_tensor *y = NULL;
    return rn_op_call(&softbound, site, &x, 1, &(softbound_opt){ bend }, &y) ? y : NULL;
}

static rn_tensor *apply_outer(rn_tensor *x, rn_tensor *z, const rn_site *site)
{
    rn_tensor *in[] = { x, z }, *y = NULL;
    return rn_op_call(&outer_product, site, in, 2, NULL, &y) ? y : NULL;
}

int main(int argc, char **argv)
{
    arguments(argc, argv, "plugin_op", NULL, 0, NULL);
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(3), -1, 0.5, 2), true);
        rn_tensor *y = apply_softbound(x, 2, RN_HERE), *g, *gg;
        rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .create_graph = true, .grads = &g);
        rn_grad(RN_LIST(rn_sum(g)), RN_LIST(x), .grads = &gg);
        printf("softbound           ");
        rn_print(y);
        printf("its derivative      ");
        rn_print(g);
        printf("second derivative   ");
        rn_print(gg);

        rn_tensor *z = rn_array_f32(RN_SHAPE(2), 3, -1), *o = apply_outer(x, z, RN_HERE);
        rn_backward(rn_sum(rn_mul(o, o)));
        printf("outer product\n");
        rn_print(o);
        printf("gradient of the sum of its squares\n");
        rn_print(rn_grad_of(x));
        if (rn_ok() && fabs(rn_data_f32(g)[0] - pow(3, -1.5)) > 1e-6)
            rn_fail(RN_ERR_STATE, RN_HERE, "a wrong derivative");
    }
    return rn_report_error(stderr);
}
