/* Functions given as texts: elementwise, reading neighbours by position, and reductions. They are recorded,
 * differentiated and fused like built-in ones. */
#include "../arguments.h"

#include <math.h>
#include <rensa.h>
#include <stdio.h>

/* Huber's loss by element, and its mean: the gradient follows from the texts. */
static void regression_loss(void)
{
    const rn_op *huber =
        rn_elementwise_kernel("T x, T y, number delta", "T z",
                              "d = abs(x - y); z = d < delta ? 0.5 * d * d : delta * (d - 0.5 * delta)", "huber");
    const rn_op *mean = rn_reduction_kernel("T x", "T y", "x", "a + b", .post = "a / n", .name = "mean");
    rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(4), 0, 1, 2, 5), true), *y = rn_zeros(RN_SHAPE(4));
    rn_tensor *loss = rn_apply(mean, RN_LIST(rn_apply(huber, RN_LIST(x, y), .numbers = RN_NUMBERS(1))));
    rn_backward(loss);
    printf("huber %g, its gradient ", rn_item(loss));
    rn_print(rn_grad_of(x));
}

/* Heat on a ring of cells: each cell reads its neighbours. What is read by position has the gradient that is given. */
static void heat(void)
{
    const rn_op *step =
        rn_elementwise_kernel("raw T u, number c", "T v",
                              "l = u[(i + n - 1) % n]; r = u[(i + 1) % n]; v = u[i] + c * (l - 2 * u[i] + r)", "heat",
                              .gradient = "gu = gv[i] + c * (gv[(i + n - 1) % n] - 2 * gv[i] + gv[(i + 1) % n])");
    rn_tensor *start = rn_require_grad(rn_array_f32(RN_SHAPE(8), 8, 0, 0, 0, 0, 0, 0, 0), true), *u = start;
    for (int t = 0; t < 100; t++) u = rn_apply(step, RN_LIST(u), .numbers = RN_NUMBERS(0.25), .shape = RN_SHAPE(8));
    printf("heat after 100 steps   ");
    rn_print(u);
    rn_backward(rn_sum(rn_square(u)));
    printf("gradient of its square ");
    rn_print(rn_grad_of(start));
}

/* Any associative join: growth rates follow one another. */
static void growth(void)
{
    const rn_op *total =
        rn_reduction_kernel("T rate", "T y", "rate", "a + b + a * b", .identity = "0", .name = "growth");
    rn_tensor *rates = rn_array_f32(RN_SHAPE(2, 3), 0.1f, 0.2f, -0.1f, 0.05f, 0.05f, 0.05f);
    printf("growth of each row     ");
    rn_print(rn_apply(total, RN_LIST(rates), .axes = RN_AXES(1)));
}

int main(int argc, char **argv)
{
    arguments(argc, argv, "kernels", NULL, 0, NULL);
    RN_SCOPE
    {
        regression_loss();
        heat();
        growth();
    }
    rn_elementwise_kernel("T x", "T z", "z = x * q", "mistaken");
    printf("errors name the column:\n");
    return rn_report_error(stdout) && rn_ok() ? 0 : 1;
}
