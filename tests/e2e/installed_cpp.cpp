// A C++ program against what is installed: functions whose options are a struct take its address.
#include <cstdio>
#include <rensa.h>

int main()
{
    const int scope = rn_scope_begin();
    const rn_site here = RN_SITE(rn_site);
    const float values[] = { -1, 2 };
    rn_relu_args relu = {};
    relu.x = rn_array_at(&here, RN_F32, rn_shape{ 1, { 2 } }, values);
    relu.site = RN_SITE(rn_relu_args);
    rn_sum_args sum = {};
    sum.x = rn_relu_at(&relu);
    sum.site = RN_SITE(rn_sum_args);
    std::printf("from C++: %g\n", rn_item_at(&here, rn_sum_at(&sum)));
    rn_scope_end(scope);
    return rn_report_error(stderr);
}
