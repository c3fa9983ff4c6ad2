/* Element types: names, promotion against NumPy's table, half precision over all of its values, conversion. */
#include "test.h"

#include "base/convert.h"
#include "base/half.h"

#include <fenv.h>

RN_TEST(names_go_both_ways)
{
    for (int d = 1; d < RN_DTYPE_COUNT; d++) CHECK_EQ_I64(rn_dtype_by_name(rn_dtype_name((rn_dtype)d)), d);
    CHECK_EQ_I64(rn_dtype_by_name("float32"), RN_F32);
    CHECK_EQ_I64(rn_dtype_by_name("f33"), RN_DTYPE_NONE);
    CHECK_EQ_I64(rn_dtype_by_name(NULL), RN_DTYPE_NONE);
    CHECK_EQ_STR(rn_dtype_name((rn_dtype)99), "none");
    CHECK_EQ_I64(rn_dtype_bytes((rn_dtype)-1), 0);
}

RN_TEST(promotion_is_that_of_numpy)
{
    FILE *f = fopen(RENSA_TESTS "/golden/promotion.txt", "r");
    CHECK(f != NULL);
    char line[128], a[16], b[16], want[16];
    int rows = 0;
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#' || sscanf(line, "%15s %15s %15s", a, b, want) != 3) continue;
        const char *have = rn_dtype_name(rn_dtype_promote(rn_dtype_by_name(a), rn_dtype_by_name(b)));
        if (strcmp(have, want) != 0) test_failed(__FILE__, __LINE__, "%s with %s: have %s, want %s", a, b, have, want);
        rows++;
    }
    fclose(f);
    CHECK_EQ_I64(rows, 81);
}

RN_TEST(bfloat16_promotes_as_a_float_of_8_bits_beside_float16)
{
    static const struct {
        rn_dtype a, want;
    } rows[] = {
        { RN_BOOL, RN_BF16 }, { RN_U8, RN_BF16 },   { RN_I8, RN_BF16 }, { RN_I16, RN_F32 }, { RN_I32, RN_F64 },
        { RN_I64, RN_F64 },   { RN_BF16, RN_BF16 }, { RN_F16, RN_F32 }, { RN_F32, RN_F32 }, { RN_F64, RN_F64 }
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        CHECK_EQ_I64(rn_dtype_promote(rows[i].a, RN_BF16), rows[i].want);
        CHECK_EQ_I64(rn_dtype_promote(RN_BF16, rows[i].a), rows[i].want);
    }
}

/* Value of the bits, by their definition (IEEE 754: sign, 5 bits of exponent with bias 15, 10 of fraction). */
static double f16_value(unsigned h)
{
    const double sign = h & 0x8000u ? -1 : 1, fraction = h & 0x3ffu;
    const int exponent = (int)(h >> 10 & 31u);
    if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
    return exponent ? sign * ldexp(1024 + fraction, exponent - 25) : sign * ldexp(fraction, -24);
}

RN_TEST(every_float16_reads_as_its_bits_say_and_comes_back)
{
    for (unsigned h = 0; h < 65536; h++) {
        const float have = rni_f16_to_f32((uint16_t)h);
        const double want = f16_value(h);
        if (isnan(want)) {
            if (!isnan(have) || !isnan(rni_f16_to_f32(rni_f32_to_f16(have)))) test_failed(__FILE__, __LINE__, "%#x", h);
            continue;
        }
        if ((double)have != want || !signbit(have) != !signbit(want) || rni_f32_to_f16(have) != h)
            test_failed(__FILE__, __LINE__, "%#x: have %g, want %g, back %#x", h, (double)have, want,
                        rni_f32_to_f16(have));
    }
}

/* Between neighbours: below the middle down, above it up, in the middle to the even one; from f32 and from f64. */
RN_TEST(rounding_to_float16_is_to_nearest_even_everywhere)
{
    for (unsigned h = 0; h < 0x7bffu; h++) {
        const double a = f16_value(h), b = f16_value(h + 1), middle = a + (b - a) / 2;
        const unsigned even = h & 1u ? h + 1 : h;
        CHECK_EQ_I64(rni_f32_to_f16((float)middle), even);
        CHECK_EQ_I64(rni_f32_to_f16(nextafterf((float)middle, 0)), h);
        CHECK_EQ_I64(rni_f32_to_f16(nextafterf((float)middle, 1e9f)), h + 1);
        CHECK_EQ_I64(rni_f32_to_f16(-nextafterf((float)middle, 1e9f)), 0x8000u | (h + 1));
        uint16_t from_f64;
        rni_store(RN_F16, &from_f64, nextafter(middle, 1e9));
        CHECK_EQ_I64(from_f64, h + 1); /* rounding to f32 first would lose the difference */
        rni_store(RN_F16, &from_f64, nextafter(middle, 0));
        CHECK_EQ_I64(from_f64, h);
    }
    CHECK_EQ_I64(rni_f32_to_f16(65519.996f), 0x7bff);
    CHECK_EQ_I64(rni_f32_to_f16(65520.0f), 0x7c00);
    CHECK_EQ_I64(rni_f32_to_f16(INFINITY), 0x7c00);
    CHECK_EQ_I64(rni_f32_to_f16(-0.0f), 0x8000);
    CHECK_EQ_I64(rni_f32_to_f16(0x1p-25f), 0);
    CHECK_EQ_I64(rni_f32_to_f16(nextafterf(0x1p-25f, 1)), 1);
}

RN_TEST(every_bfloat16_comes_back_and_rounding_is_to_nearest_even)
{
    for (unsigned h = 0; h < 65536; h++) {
        const float v = rni_bf16_to_f32((uint16_t)h);
        if (isnan(v)) {
            CHECK(isnan(rni_bf16_to_f32(rni_f32_to_bf16(v))));
            continue;
        }
        CHECK_EQ_I64(rni_f32_to_bf16(v), h);
        if ((h & 0x7fffu) >= 0x7f7fu) continue;
        const float middle = rni_bits_f32(h << 16 | 0x8000u);
        CHECK_EQ_I64(rni_f32_to_bf16(middle), h & 1u ? h + 1 : h);
        CHECK_EQ_I64(rni_f32_to_bf16(rni_bits_f32(h << 16 | 0x7fffu)), h);
        CHECK_EQ_I64(rni_f32_to_bf16(rni_bits_f32(h << 16 | 0x8001u)), h + 1);
    }
    CHECK_EQ_I64(rni_f32_to_bf16(3.4e38f), 0x7f80); /* beyond the middle of the largest and infinity */
    CHECK(
        isnan(rni_bf16_to_f32(rni_f32_to_bf16(rni_bits_f32(0x7f800001u))))); /* a NaN whose payload would be cut off */
}

RN_TEST(a_double_is_rounded_once_on_its_way_to_bfloat16)
{
    uint16_t h;
    rni_store(RN_BF16, &h, 1.00390625 + 0x1p-40); /* just above the middle of 0x3f80 and 0x3f81 */
    CHECK_EQ_I64(h, 0x3f81);
    rni_store(RN_BF16, &h, 1.00390625 - 0x1p-40);
    CHECK_EQ_I64(h, 0x3f80);
    rni_store(RN_BF16, &h, 1.00390625);
    CHECK_EQ_I64(h, 0x3f80);
}

RN_TEST(floats_become_integers_by_truncation_within_their_range)
{
    const double from[] = { 1.9, -1.9, 300, -300, NAN, INFINITY, -INFINITY, 1e30 };
    int8_t i8[8];
    uint8_t u8[8];
    int64_t i64[8];
    rni_convert(i8, RN_I8, from, RN_F64, 8);
    rni_convert(u8, RN_U8, from, RN_F64, 8);
    rni_convert(i64, RN_I64, from, RN_F64, 8);
    const int want_i8[] = { 1, -1, 127, -128, 0, 127, -128, 127 }, want_u8[] = { 1, 0, 255, 0, 0, 255, 0, 255 };
    for (int i = 0; i < 8; i++) {
        CHECK_EQ_I64(i8[i], want_i8[i]);
        CHECK_EQ_I64(u8[i], want_u8[i]);
    }
    CHECK_EQ_I64(i64[2], 300);
    CHECK_EQ_I64(i64[5], INT64_MAX);
    CHECK_EQ_I64(i64[6], INT64_MIN);
    CHECK_EQ_I64(i64[7], INT64_MAX);
}

RN_TEST(integers_narrow_modulo_and_keep_all_their_bits)
{
    const int64_t from[] = { 257, -1, INT64_MAX, INT64_MIN + 1, 0 };
    uint8_t u8[5];
    int64_t back[5];
    bool b[5];
    rni_convert(u8, RN_U8, from, RN_I64, 5);
    rni_convert(back, RN_I64, from, RN_I64, 5);
    rni_convert(b, RN_BOOL, from, RN_I64, 5);
    CHECK_EQ_I64(u8[0], 1);
    CHECK_EQ_I64(u8[1], 255);
    CHECK_EQ_I64(u8[2], 255);
    CHECK_EQ_I64(u8[3], 1);
    CHECK_EQ_I64(back[2], INT64_MAX); /* a detour over double would round */
    CHECK(b[0] && b[1] && !b[4]);
    int16_t wide[2];
    rni_convert(wide, RN_I16, (const uint8_t[]){ 200, 7 }, RN_U8, 2);
    CHECK_EQ_I64(wide[0], 200);
}

RN_TEST(a_nan_is_true_and_zero_is_false)
{
    bool b[4];
    rni_convert(b, RN_BOOL, (const float[]){ 0, -0.0f, NAN, 0x1p-149f }, RN_F32, 4);
    CHECK(!b[0] && !b[1] && b[2] && b[3]);
}

RN_TEST(conversion_of_nothing_touches_nothing)
{
    const double from = 1;
    float to = 7;
    rni_convert(&to, RN_F32, &from, RN_F64, 0);
    rni_convert(&to, RN_F32, &from, RN_F32, 0);
    CHECK(to == 7);
    rni_convert(NULL, RN_F32, NULL, RN_F64, 0);
    rni_convert(NULL, RN_F32, NULL, RN_F32, 0);
}

RN_TEST(conversion_leaves_the_floating_point_flags_of_rounding_alone)
{
    CHECK_EQ_I64(fegetround(), FE_TONEAREST);
    uint16_t h;
    rni_store(RN_F16, &h, 1.0 / 3);
    CHECK_EQ_I64(fegetround(), FE_TONEAREST);
}
