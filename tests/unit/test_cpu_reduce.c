/* The reductions of the CPU back end beside plain C. */
#include "cpu_call.h"

static const rn_instr no_instr[1];
static const uint16_t out_0[] = { 0 }, out_2[] = { 2 };
static const rn_instr square_minus_one[] = { { RN_CODE_MUL, 2, 0, 0, 0 }, { RN_CODE_SUB, 2, 2, 1, 0 } };
static const rn_instr square[] = { { RN_CODE_MUL, 2, 0, 0, 0 } };
static const rn_instr minus_one_squared[] = { { RN_CODE_SUB, 2, 0, 1, 0 }, { RN_CODE_MUL, 2, 2, 2, 0 } };
static const rn_instr times_itself_minus_one[] = { { RN_CODE_SUB, 2, 0, 1, 0 }, { RN_CODE_MUL, 2, 0, 2, 0 } };
static const struct {
    const rn_instr *instr;
    int n;
} programs[] = { { square_minus_one, 2 }, { square, 1 }, { minus_one_squared, 2 }, { times_itself_minus_one, 2 } };
static const rn_instr divide[] = { { RN_CODE_DIV, 2, 0, 1, 0 } };
static const double one[] = { 1 };

/* One of the programs, or none: the element itself. */
static rn_program element_program(bool plain, int which, rn_dtype compute)
{
    rn_program p = {
        .name = "e", .n_in = 1, .n_reg = 1, .n_out = 1, .instr = no_instr, .out = out_0, .compute = compute
    };
    if (plain) return p;
    p.n_const = 1;
    p.constant = one;
    p.n_reg = 3;
    p.n_instr = programs[which].n;
    p.instr = programs[which].instr;
    p.out = out_2;
    return p;
}

static rn_program mean_program(rn_dtype compute)
{
    return (rn_program){ .name = "mean",
                         .n_in = 1,
                         .n_scalar = 1,
                         .n_reg = 3,
                         .n_instr = 1,
                         .n_out = 1,
                         .instr = divide,
                         .out = out_2,
                         .compute = compute };
}

static rn_view result_view(rn_dtype dtype, const rn_view *x, uint32_t mask)
{
    int64_t dim[RN_MAX_RANK];
    int rank = 0;
    for (int i = 0; i < x->rank; i++)
        if (!(mask >> i & 1)) dim[rank++] = x->dim[i];
    return view_new(dtype, rank, dim);
}

static const rn_join joins[] = { RN_JOIN_ADD, RN_JOIN_MUL, RN_JOIN_MAX, RN_JOIN_MIN, RN_JOIN_ARGMAX, RN_JOIN_ARGMIN };

static void compare(const rni_device *d, const char *what, rn_kernel_call *c)
{
    rn_view own = c->out[0], ref = view_new(own.dtype, own.rank, own.dim);
    cpu_run(d, "reduce", c);
    c->out = &ref;
    rni_ref_reduce(c);
    check_same(d, what, &own, &ref);
    free(ref.data);
}

static void check_random(const rni_device *d)
{
    static const int64_t sizes[] = { 1, 2, 3, 5, 10, 17, 40, 64, 130, 300, 1100, 3000 };
    rni_rng r = { .seed = 21 };
    for (int turn = test_turns(1500); turn > 0; turn--) {
        const int rank = random_below(&r, 5);
        const rn_dtype type = random_below(&r, 2) ? RN_F32 : all_types[random_below(&r, 10)];
        const rn_join join = joins[random_below(&r, 6)];
        const bool positions = join >= RN_JOIN_ARGMAX, plain = random_below(&r, 2),
                   post = join == RN_JOIN_ADD && random_below(&r, 2);
        int64_t dim[RN_MAX_RANK], count = 1;
        for (int i = 0; i < rank; i++) {
            dim[i] = sizes[random_below(&r, 12)];
            if (count * dim[i] > 100000) dim[i] = 1 + random_below(&r, 3);
            if (random_below(&r, 150) == 0) dim[i] = 0;
            count *= dim[i];
        }
        char *memory;
        rn_view x = random_view(&r, type, rank, dim, &memory);
        const bool real = type == RN_F16 || type == RN_BF16 || type == RN_F32 || type == RN_F64;
        /* whole numbers whose sums are exact; products of signs; a NaN here and there */
        if (join == RN_JOIN_MUL && count > 0) {
            const int bytes = rn_dtype_bytes(type);
            int64_t low = 0, high = 0;
            for (int i = 0; i < rank; i++) *(x.stride[i] < 0 ? &low : &high) += (x.dim[i] - 1) * x.stride[i];
            for (int64_t k = low; k <= high; k++)
                rni_store(type, (char *)x.data + k * bytes, random_below(&r, 300) ? 1 : 2);
        }
        if (real && join >= RN_JOIN_MAX && count > 0 && random_below(&r, 3) == 0) {
            int64_t at[RN_MAX_RANK] = { 0 };
            for (int i = 0; i < rank; i++) at[i] = random_below(&r, (int)dim[i]);
            rni_store(type, rni_view_at(&x, at), NAN);
        }
        const rn_dtype out_type = positions                                ? RN_I64
                                  : post                                   ? RN_F64
                                  : type == RN_BOOL || join != RN_JOIN_ADD ? type
                                  : random_below(&r, 2)                    ? RN_F64
                                                                           : RN_I64;
        const rn_dtype compute = positions ? compute_type(type, type) : compute_type(type, out_type);
        const uint32_t mask = (uint32_t)random_below(&r, 1 << rank);
        const rn_program p = element_program(plain || join == RN_JOIN_MUL || type == RN_BOOL, random_below(&r, 4),
                                             compute),
                         q = mean_program(compute);
        rn_view y = result_view(out_type, &x, mask);
        rn_kernel_call c = reduce_call(&p, &x, &y, join, mask);
        c.post = post ? &q : NULL;
        char what[128];
        snprintf(what, sizeof what, "turn %d: join %d of %s rank %d mask %x%s", turn, join, rn_dtype_name(type), rank,
                 mask, post ? " mean" : "");
        compare(d, what, &c);
        free(memory);
        free(y.data);
    }
}

RN_TEST(random_reductions_equal_plain_c)
{
    each_isa(check_random);
}

/* Shapes that are cut into chunks and shared among threads. */
static const struct {
    int rank;
    int64_t dim[3];
    uint32_t mask;
} large[] = {
    { 1, { 3000000 }, 1 },      { 2, { 3, 700000 }, 2 },  { 2, { 700000, 3 }, 1 },
    { 2, { 2000, 1000 }, 1 },   { 2, { 1000, 2000 }, 2 }, { 3, { 40, 30, 2000 }, 5 },
    { 3, { 2000, 30, 40 }, 2 }, { 2, { 500000, 4 }, 2 },  { 3, { 7, 50000, 5 }, 2 },
};

RN_TEST(threads_do_not_change_results)
{
    for (int s = 0; s < (int)RN_COUNTOF(large); s++)
        for (int k = 0; k < 6; k++) {
            rn_view x = view_new(RN_F32, large[s].rank, large[s].dim), y[2];
            rni_rng r = { .seed = 3 };
            const int64_t n = rni_view_count(&x);
            for (int64_t i = 0; i < n; i++) ((float *)x.data)[i] = (float)rni_rng_uniform(&r) - 0.5f;
            if (joins[k] == RN_JOIN_MUL)
                for (int64_t i = 0; i < n; i++) ((float *)x.data)[i] = 1 + 1e-4f * ((float *)x.data)[i];
            const rn_program p = element_program(true, 0, RN_F32);
            for (int t = 0; t < 2; t++) {
                y[t] = result_view(joins[k] >= RN_JOIN_ARGMAX ? RN_I64 : RN_F32, &x, large[s].mask);
                rn_kernel_call c = reduce_call(&p, &x, &y[t], joins[k], large[s].mask);
                cpu_run(cpu_device(t ? "threads=3" : "threads=1"), "reduce", &c);
            }
            if (memcmp(y[0].data, y[1].data, (size_t)view_bytes(&y[0])) != 0)
                test_failed(__FILE__, __LINE__, "shape %d join %d: one and three threads differ", s, joins[k]);
            for (int t = 0; t < 2; t++) free(y[t].data);
            free(x.data);
        }
}

RN_TEST(long_reductions_are_accurate)
{
    for (int s = 0; s < (int)RN_COUNTOF(large); s++) {
        rn_view x = view_new(RN_F32, large[s].rank, large[s].dim);
        rni_rng r = { .seed = 4 };
        const int64_t n = rni_view_count(&x);
        for (int64_t i = 0; i < n; i++) ((float *)x.data)[i] = (float)rni_rng_uniform(&r);
        const rn_program p = element_program(true, 0, RN_F32);
        rn_view y = result_view(RN_F32, &x, large[s].mask), z = result_view(RN_F32, &x, large[s].mask);
        rn_kernel_call c = reduce_call(&p, &x, &y, RN_JOIN_ADD, large[s].mask);
        cpu_run(cpu_device("0"), "reduce", &c);
        c.out = &z;
        rni_ref_reduce(&c);
        for (int64_t i = 0; i < rni_view_count(&y); i++)
            CHECK_NEAR(((float *)y.data)[i], ((float *)z.data)[i], 4e-7 * fabs((double)((float *)z.data)[i]));
        c.join = RN_JOIN_ARGMAX;
        rn_view a = result_view(RN_I64, &x, large[s].mask), b = result_view(RN_I64, &x, large[s].mask);
        c.out = &a;
        cpu_run(cpu_device("0"), "reduce", &c);
        c.out = &b;
        rni_ref_reduce(&c);
        CHECK(memcmp(a.data, b.data, (size_t)view_bytes(&a)) == 0);
        free(x.data);
        free(y.data);
        free(z.data);
        free(a.data);
        free(b.data);
    }
}

RN_TEST(reductions_whose_elements_know_their_place_are_refused)
{
    const int64_t dim[] = { 10 };
    rn_program p = element_program(true, 0, RN_F32);
    p.uses_index = true;
    rn_view v[2] = { view_new(RN_F32, 1, dim), view_new(RN_F32, 0, dim) };
    rn_kernel_call c = reduce_call(&p, v, v + 1, RN_JOIN_ADD, 1);
    const char *why;
    CHECK(!cpu_kernel(cpu_device("0"), "reduce", &c, &why));
    CHECK(strstr(why, "position"));
    free(v[0].data);
    free(v[1].data);
}
