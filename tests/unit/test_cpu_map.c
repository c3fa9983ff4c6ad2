/* The elementwise kernel of the CPU back end: layouts, types, aliasing, positions, groups, threads, beside plain C. */
#include "cpu_call.h"

static const rn_instr no_instr[1];
static const uint16_t out_0[] = { 0 };

static rn_program identity(rn_dtype compute)
{
    return (rn_program){
        .name = "copy", .n_in = 1, .n_reg = 1, .n_out = 1, .instr = no_instr, .out = out_0, .compute = compute
    };
}

/* Runs the call on device and in plain C and compares all outputs bit for bit. */
static void check_call(const rni_device *d, const char *what, rn_kernel_call *c)
{
    rn_view *const own = c->out;
    rn_view ref[8];
    cpu_run(d, "map", c);
    for (int o = 0; o < c->n_out; o++) ref[o] = view_new(own[o].dtype, own[o].rank, own[o].dim);
    c->out = ref;
    rni_ref_map(c);
    c->out = own;
    for (int o = 0; o < c->n_out; o++) {
        check_same(d, what, &own[o], &ref[o]);
        free(ref[o].data);
    }
}

/* ---- types ---- */

static const double numbers[] = { 0,
                                  1,
                                  -1,
                                  2.5,
                                  -2.5,
                                  127.5,
                                  -128.5,
                                  255.5,
                                  256,
                                  65504,
                                  65520,
                                  1e5,
                                  -1e5,
                                  3e9,
                                  -3e9,
                                  1e19,
                                  -1e19,
                                  INFINITY,
                                  -INFINITY,
                                  NAN,
                                  1e-7,
                                  6e-8,
                                  5.9e-8,
                                  2e-8,
                                  0.333333333,
                                  1e30,
                                  3.3e38,
                                  1.00048828125,
                                  1.0004882812500002,
                                  1.00390625,
                                  1.0039062500000002,
                                  -0.3,
                                  2147483647.6 };

static void check_types(const rni_device *d)
{
    const int64_t dim[] = { 1000 };
    for (int a = 0; a < (int)RN_COUNTOF(all_types); a++)
        for (int b = 0; b < (int)RN_COUNTOF(all_types); b++) {
            rn_view v[2] = { view_new(all_types[a], 1, dim), view_new(all_types[b], 1, dim) };
            for (int i = 0; i < 1000; i++)
                rni_store(v[0].dtype, (char *)v[0].data + i * rn_dtype_bytes(v[0].dtype),
                          numbers[i % (int)RN_COUNTOF(numbers)] * (i < 500 ? 1 : 1.37));
            /* bf16 and f32 values below the normal ones are kept or flushed: not part of this */
            const rn_program p = identity(compute_type(v[0].dtype, v[1].dtype));
            rn_kernel_call c = map_call(&p, v, v + 1, NULL);
            char what[64];
            snprintf(what, sizeof what, "%s to %s", rn_dtype_name(v[0].dtype), rn_dtype_name(v[1].dtype));
            check_call(d, what, &c);
            free(v[0].data);
            free(v[1].data);
        }
}

RN_TEST(all_types_convert_as_plain_c_does)
{
    each_isa(check_types);
}

RN_TEST(every_16_bit_float_survives_a_round_trip)
{
    const int64_t dim[] = { 65536 };
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        const rni_device *d = cpu_device(cpu_isas[k]);
        for (int t = 0; d && t < 2; t++) {
            rn_view v[3] = { view_new(t ? RN_F16 : RN_BF16, 1, dim), view_new(RN_F32, 1, dim),
                             view_new(t ? RN_F16 : RN_BF16, 1, dim) };
            for (int i = 0; i < 65536; i++) ((uint16_t *)v[0].data)[i] = (uint16_t)i;
            const rn_program p = identity(RN_F32);
            rn_kernel_call c = map_call(&p, v, v + 1, NULL);
            cpu_run(d, "map", &c);
            c.in = v + 1;
            c.out = v + 2;
            cpu_run(d, "map", &c);
            check_same(d, "round trip", &v[2], &v[0]);
            for (int i = 0; i < 3; i++) free(v[i].data);
        }
    }
}

/* ---- layouts ---- */

/* Whole numbers, so that all types and orders of rounding give the same. */
static const rn_code exact[] = { RN_CODE_ADD, RN_CODE_SUB,   RN_CODE_MIN,   RN_CODE_MAX, RN_CODE_LT,   RN_CODE_SELECT,
                                 RN_CODE_NEG, RN_CODE_ABS,   RN_CODE_NOT,   RN_CODE_EQ,  RN_CODE_SIGN, RN_CODE_COPY,
                                 RN_CODE_AND, RN_CODE_INDEX, RN_CODE_COUNT, RN_CODE_FMA, RN_CODE_MUL };

enum { INSTR = 12 };

/* A few registers are written again and again. */
static void make_program(rni_rng *r, random_program *q, int n_in, int n_out, rn_dtype compute, bool index)
{
    const int base = n_in + 5, temps = 4 + n_out, n = 1 + random_below(r, INSTR - n_out);
    int written = 0;
    for (int i = 0; i < 3; i++) q->constant[i] = random_below(r, 5) - 2;
    for (int i = 0; i < 2; i++) q->scalar[i] = random_below(r, 5) - 2;
    for (int k = 0; k < n; k++) {
        const int know = base + written;
        rn_code code = exact[random_below(r, (int)RN_COUNTOF(exact))];
        if (!index && code == RN_CODE_INDEX) code = RN_CODE_ADD;
        if (compute == RN_I64 && code == RN_CODE_FMA) code = RN_CODE_MUL; /* made for real numbers only */
        q->instr[k] = (rn_instr){ (uint8_t)code, 0, (uint16_t)random_below(r, know), (uint16_t)random_below(r, know),
                                  (uint16_t)random_below(r, know) };
        /* keeps products small: one factor is an input or a number */
        if (code == RN_CODE_MUL || code == RN_CODE_FMA) q->instr[k].a = (uint16_t)(n_in + random_below(r, 5));
        const int to = written < temps && (written == 0 || random_below(r, 2)) ? written : random_below(r, written);
        written += to == written;
        q->instr[k].dst = (uint16_t)(base + to);
    }
    for (int o = 0; o < n_out; o++) q->out[o] = (uint16_t)random_below(r, base + written);
    random_program_begin(q, n_in, n_out, temps, compute);
    q->p.n_instr = n;
    q->p.uses_index = index;
}

static void check_random_programs(const rni_device *d)
{
    static const int64_t sizes[] = { 1, 2, 3, 7, 10, 33, 64, 65, 128, 300 };
    rni_rng r = { .seed = 11 };
    for (int turn = test_turns(1500); turn > 0; turn--) {
        const int n_in = random_below(&r, 4), n_out = 1 + random_below(&r, 3), rank = random_below(&r, 5);
        const rn_dtype in_type = random_below(&r, 2) ? RN_F32 : all_types[1 + random_below(&r, 9)];
        const rn_dtype out_type = random_below(&r, 2) ? RN_F32 : all_types[3 + random_below(&r, 7)];
        int64_t dim[RN_MAX_RANK], count = 1;
        for (int i = 0; i < rank; i++) {
            dim[i] = sizes[random_below(&r, (int)RN_COUNTOF(sizes))];
            if (count * dim[i] > 50000) dim[i] = 1 + random_below(&r, 3);
            if (random_below(&r, 100) == 0) dim[i] = 0;
            count *= dim[i];
        }
        random_program q;
        make_program(&r, &q, n_in, n_out, compute_type(in_type, out_type), count < 2000);
        rn_view v[8];
        char *memory[8];
        for (int i = 0; i < n_in; i++) v[i] = random_view(&r, in_type, rank, dim, &memory[i]);
        for (int o = 0; o < n_out; o++) v[n_in + o] = view_new(out_type, rank, dim);
        rn_kernel_call c = map_call(&q.p, v, v + n_in, q.scalar);
        char what[64];
        snprintf(what, sizeof what, "random program %d", turn);
        check_call(d, what, &c);
        for (int i = 0; i < n_in; i++) free(memory[i]);
        for (int o = 0; o < n_out; o++) free(v[n_in + o].data);
    }
}

RN_TEST(random_programs_over_random_layouts_equal_plain_c)
{
    each_isa(check_random_programs);
}

static void check_in_place(const rni_device *d)
{
    rni_rng r = { .seed = 5 };
    const int64_t dim[] = { 5000 };
    for (int turn = test_turns(300); turn > 0; turn--) {
        random_program q;
        make_program(&r, &q, 3, 3, RN_F32, turn % 2 == 0);
        rn_view v[6], ref[3], saved[3];
        for (int i = 0; i < 3; i++) {
            v[i] = view_new(i == 2 ? RN_I16 : RN_F32, 1, dim);
            for (int k = 0; k < 5000; k++)
                rni_store(v[i].dtype, (char *)v[i].data + k * rn_dtype_bytes(v[i].dtype), random_below(&r, 20));
            saved[i] = view_new(v[i].dtype, 1, dim);
            memcpy(saved[i].data, v[i].data, (size_t)view_bytes(&v[i]));
            ref[i] = view_new(v[i].dtype, 1, dim);
        }
        rn_kernel_call c = map_call(&q.p, saved, ref, q.scalar);
        rni_ref_map(&c);
        /* results over inputs, in any order that fits */
        const int shift = random_below(&r, 2);
        v[3] = v[shift];
        v[4] = v[1 - shift];
        v[5] = v[2];
        c.in = v;
        c.out = v + 3;
        cpu_run(d, "map", &c);
        rn_view want[3] = { ref[0], ref[1], ref[2] };
        for (int o = 0; o < 3; o++) check_same(d, "in place", &v[3 + o], &want[o]);
        for (int i = 0; i < 3; i++) {
            free(v[i].data);
            free(ref[i].data);
            free(saved[i].data);
        }
    }
}

RN_TEST(results_may_lie_over_inputs)
{
    each_isa(check_in_place);
}

RN_TEST(an_input_left_out_is_zero)
{
    const int64_t dim[] = { 100 };
    const rn_instr in[] = { { RN_CODE_ADD, 2, 0, 1, 0 } };
    const uint16_t out[] = { 2 };
    const rn_program p = {
        .n_in = 2, .n_reg = 3, .n_instr = 1, .n_out = 1, .instr = in, .out = out, .compute = RN_F32
    };
    rn_view v[3] = { view_new(RN_F32, 1, dim), { 0 }, view_new(RN_F32, 1, dim) };
    for (int i = 0; i < 100; i++) ((float *)v[0].data)[i] = (float)i;
    rn_kernel_call c = map_call(&p, v, v + 2, NULL);
    cpu_run(cpu_device("0"), "map", &c);
    check_same(cpu_device("0"), "left out", &v[2], &v[0]);
    free(v[0].data);
    free(v[2].data);
}

/* ---- positions, random numbers ---- */

static void check_random_numbers(const rni_device *d)
{
    const rn_instr in[] = { { RN_CODE_RANDOM, 2, 0, 1, 0 } };
    const uint16_t out[] = { 2 };
    const double scalars[] = { 123456789, 4242 };
    rn_program p = { .n_scalar = 2, .n_reg = 3, .n_instr = 1, .n_out = 1, .instr = in, .out = out, .uses_index = true };
    for (int t = 0; t < 2; t++)
        for (int64_t n = 1; n < 5000; n = n * 3 + 1) {
            rn_view y = view_new(t ? RN_F64 : RN_F32, 1, &n);
            p.compute = y.dtype;
            rn_kernel_call c = map_call(&p, NULL, &y, scalars);
            check_call(d, "random numbers", &c);
            free(y.data);
        }
}

RN_TEST(random_numbers_are_those_of_plain_c)
{
    each_isa(check_random_numbers);
}

RN_TEST(threads_do_not_change_random_numbers_nor_results)
{
    const int64_t dim[] = { 300001 };
    const rn_instr in[] = { { RN_CODE_RANDOM, 3, 1, 2, 0 }, { RN_CODE_FMA, 3, 0, 3, 3 }, { RN_CODE_TANH, 4, 3, 0, 0 } };
    const uint16_t out[] = { 4 };
    const double scalars[] = { 7, 8 };
    const rn_program p = {
        .n_in = 1, .n_scalar = 2, .n_reg = 5, .n_instr = 3, .n_out = 1, .instr = in, .out = out, .compute = RN_F32
    };
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        rn_view v[3] = { view_new(RN_F32, 1, dim), view_new(RN_F32, 1, dim), view_new(RN_F32, 1, dim) };
        rni_rng r = { .seed = 1 };
        for (int i = 0; i < dim[0]; i++) ((float *)v[0].data)[i] = (float)rni_rng_uniform(&r);
        rn_kernel_call c = { .op = "f", .n_in = 1, .n_out = 1, .in = v, .map = &p, .scalars = scalars, .groups = 1 };
        bool have = true;
        for (int t = 0; t < 2; t++) {
            char detail[32];
            snprintf(detail, sizeof detail, "%s,threads=%d", cpu_isas[k], t ? 3 : 1);
            const rni_device *d = cpu_device(detail);
            have = have && d;
            c.out = v + 1 + t;
            if (d) cpu_run(d, "map", &c);
        }
        if (have && memcmp(v[1].data, v[2].data, (size_t)view_bytes(&v[1])) != 0)
            test_failed(__FILE__, __LINE__, "%s: one and three threads differ", cpu_isas[k]);
        for (int i = 0; i < 3; i++) free(v[i].data);
    }
}

/* ---- groups ---- */

static void check_groups(const rni_device *d)
{
    /* w -= rate * g, with tensors of many sizes, rate one number for all, and a mask that some groups repeat */
    static const int64_t sizes[] = { 1, 64, 1000, 3, 20000, 0, 65, 4096 };
    enum { GROUPS = 8 };
    const rn_instr in[] = { { RN_CODE_MUL, 4, 1, 2, 0 },
                            { RN_CODE_MUL, 4, 4, 3, 0 },
                            { RN_CODE_SUB, 4, 0, 4, 0 },
                            { RN_CODE_INDEX, 5, 0, 0, 0 } };
    const uint16_t out[] = { 4, 5 };
    const rn_program p = {
        .n_in = 4, .n_reg = 6, .n_instr = 4, .n_out = 2, .instr = in, .out = out, .compute = RN_F32
    };
    rn_view v[6 * GROUPS], ref[2 * GROUPS];
    rni_rng r = { .seed = 3 };
    for (int k = 0; k < 6; k++)
        for (int g = 0; g < GROUPS; g++) {
            const int64_t dim[] = { sizes[g] };
            rn_view *x = &v[k * GROUPS + g];
            *x = view_new(RN_F32, 1, dim);
            for (int64_t i = 0; i < sizes[g]; i++) ((float *)x->data)[i] = (float)random_below(&r, 9);
            if (k == 2 || (k == 3 && g % 3 == 1)) x->stride[0] = 0;
            if (k >= 4) ref[(k - 4) * GROUPS + g] = view_new(RN_F32, 1, dim);
        }
    rn_kernel_call c = {
        .op = "update", .n_in = 4 * GROUPS, .n_out = 2 * GROUPS, .in = v, .out = ref, .map = &p, .groups = GROUPS
    };
    rni_ref_map(&c);
    c.out = v + 4 * GROUPS;
    for (int g = 0; g < GROUPS; g += 2) {
        free(c.out[g].data);
        c.out[g].data = v[g].data; /* in place */
    }
    cpu_run(d, "map", &c);
    for (int o = 0; o < 2 * GROUPS; o++) check_same(d, "groups", &c.out[o], &ref[o]);
    for (int k = 0; k < 6 * GROUPS; k++)
        if (k < GROUPS * 4 || k >= GROUPS * 5 || k % 2) free(v[k].data);
    for (int k = 0; k < 2 * GROUPS; k++) free(ref[k].data);
}

RN_TEST(groups_of_tensors_are_updated_in_one_call)
{
    each_isa(check_groups);
    const rni_device *d = cpu_device("threads=2");
    if (d) check_groups(d);
}

/* ---- through the engine ---- */

RN_TEST(large_results_are_written_past_the_caches)
{
    const int64_t dim[] = { 5000003 };
    const rn_program p = identity(RN_F32);
    rn_view v[2] = { view_new(RN_F32, 1, dim), view_new(RN_F32, 1, dim) };
    for (int i = 0; i < dim[0]; i++) ((float *)v[0].data)[i] = (float)i;
    rn_kernel_call c = map_call(&p, v, v + 1, NULL);
    cpu_run(cpu_device("0"), "map", &c);
    CHECK(memcmp(v[0].data, v[1].data, (size_t)view_bytes(&v[0])) == 0);
    free(v[0].data);
    free(v[1].data);
}

RN_TEST(a_wrong_detail_of_the_device_is_refused)
{
    CHECK(!rn_device_use("cpu:mmx"));
    CHECK_ERROR(RN_ERR_DEVICE, "\"mmx\" is no instruction set of this processor");
}

RN_TEST(a_cast_over_its_input_converts)
{
    const rn_dtype types[] = { RN_F64, RN_I64, RN_F32, RN_I32, RN_F16, RN_BF16, RN_I16, RN_U8, RN_I8, RN_BOOL };
    double v[100], have[100];
    for (int i = 0; i < 100; i++) v[i] = i % 8;
    for (int a = 0; a < 10; a++)
        for (int b = 0; b < 10; b++) RN_SCOPE
            {
                rn_tensor *x = rn_cast(rn_array(RN_F64, RN_SHAPE(100), v), types[a]);
                CHECK(rn_copy_to(rn_cast(rn_sort(x), types[b]), RN_F64, have, sizeof have));
                const bool bits = types[a] == RN_BOOL || types[b] == RN_BOOL;
                CHECK_NEAR(have[12], 0, 0); /* thirteen of 0, 1, 2 and 3, twelve of the others */
                CHECK_NEAR(have[40], bits ? 1 : 3, 0);
                CHECK_NEAR(have[99], bits ? 1 : 7, 0);
            }
}
