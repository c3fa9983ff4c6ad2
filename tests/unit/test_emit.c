/* Kernels that are compiled at run time beside the interpreter's: the same bits, whatever the program. */
#include "cpu_call.h"

#include <unistd.h>

/* A device that compiles every program at once, and the same without; false where the processor lacks it. */
static bool two_devices(const char *isa, const rni_device **a, const rni_device **b)
{
    char name[32];
    snprintf(name, sizeof name, "%s,compiled", isa);
    *a = cpu_device(isa);
    *b = cpu_device(name);
    return *a && *b;
}

/* Objects go to a folder of their own; what the log says of compiling is kept. */
static struct {
    char folder[64], said[512];
} g;

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", g.folder);
    if (system(command) != 0) fprintf(stderr, "%s is left\n", g.folder);
}

static void listen(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level, (void)topic;
    if (strstr(text, "not compiled")) snprintf(g.said, sizeof g.said, "%s", text);
}

static void begin(void)
{
    if (g.folder[0]) return;
    snprintf(g.folder, sizeof g.folder, "/tmp/rensa-emit-XXXXXX");
    CHECK(mkdtemp(g.folder) != NULL);
    atexit(remove_folder);
    setenv("XDG_CACHE_HOME", g.folder, 1);
    CHECK(rn_log_levels("dispatch:info"));
    rn_log_set(listen, NULL);
}

/* Skips where there is no compiler; what is compared would be the interpreter twice. */
static void end(void)
{
    if (strstr(g.said, "there is no C compiler")) SKIP(g.said);
    CHECK_EQ_STR(g.said, "");
}

static bool same_bits(const rn_view *a, const rn_view *b, int64_t *where)
{
    const int64_t n = rni_view_count(a);
    const int bytes = rn_dtype_bytes(a->dtype);
    for (int64_t i = 0; i < n; i++) {
        const char *x = (const char *)a->data + i * bytes, *y = (const char *)b->data + i * bytes;
        *where = i;
        if (memcmp(x, y, (size_t)bytes) != 0 && !(isnan(rni_load(a->dtype, x)) && isnan(rni_load(b->dtype, y))))
            return false;
    }
    return true;
}

/* Runs the call on both devices and compares all results. */
static void check_both(const rni_device *a, const rni_device *b, const char *kernel, const char *what,
                       rn_kernel_call *c)
{
    enum { MANY = 80 };
    rn_view *const out = c->out, other[MANY];
    CHECK(c->n_out <= MANY);
    cpu_run(a, kernel, c);
    for (int o = 0; o < c->n_out; o++) other[o] = view_new(out[o].dtype, out[o].rank, out[o].dim);
    c->out = other;
    cpu_run_times(b, kernel, c, 2);
    c->out = out;
    for (int o = 0; o < c->n_out; o++) {
        int64_t i = 0;
        if (!same_bits(&out[o], &other[o], &i)) {
            const int64_t at = i * rn_dtype_bytes(out[o].dtype);
            test_failed(__FILE__, __LINE__, "%s: %s: result %d, element %lld: %.17g interpreted, %.17g compiled",
                        b->name, what, o, (long long)i, rni_load(out[o].dtype, (char *)out[o].data + at),
                        rni_load(out[o].dtype, (char *)other[o].data + at));
        }
        free(other[o].data);
    }
}

/* ---- every code ---- */

static const double specials[] = { 0.0,  -0.0,    1,    -1,     INFINITY, -INFINITY, NAN,  0.5,  -0.5,
                                   2,    3,       1e30, -1e30,  1e-30,    0x1p-126,  88.7, 88.8, -87.3,
                                   -104, 709.7,   -745, 0.9375, 1e6,      1.23e7,    -3e7, 4,    -2,
                                   -3.5, 0x1p-24, 1e-5, 1e17,   -1e19,    63,        65,   7,    -7 };

static double any_number(rni_rng *r, rn_dtype type)
{
    const int n = (int)RN_COUNTOF(specials);
    const double v = random_below(r, 3) == 0 ? specials[random_below(r, n)]
                     : random_below(r, 2)    ? (double)rni_bits_f32(rni_rng_u32(r))
                                             : 20 * rni_rng_uniform(r) - 10;
    return type == RN_I64 && !isfinite(v) ? 3 : v;
}

enum { N = 1500 };

static bool is_taken(const rni_device *d, rn_dtype type, rn_instr in)
{
    rn_view v[4] = { { .dtype = type }, { .dtype = type }, { .dtype = type }, { .dtype = type } };
    const uint16_t reg = in.dst;
    const rn_program p = { .n_in = 3,
                           .n_scalar = 2,
                           .n_const = 5,
                           .n_reg = reg + 1,
                           .n_instr = 1,
                           .n_out = 1,
                           .instr = &in,
                           .out = &reg,
                           .compute = type };
    rn_kernel_call c = map_call(&p, v, v + 3, NULL);
    const char *why;
    return cpu_kernel(d, "map", &c, &why) != NULL;
}

/* All codes of the type, each a result: with operands per element, or the second one for all (1), or a constant in its
 * place (2). */
static void check_codes(const rni_device *a, const rni_device *b, rn_dtype type, int way)
{
    static const double constants[] = { 2, 3, -1, 1, 0.5 };
    static const double scalars[] = { 12345, 77 };
    const int64_t dim[] = { N };
    rn_view in[3], out[RN_CODE_NUMBER];
    rn_instr instr[RN_CODE_NUMBER];
    uint16_t reg[RN_CODE_NUMBER];
    rni_rng r = { .seed = 3, .stream = (uint64_t)((int)type * 4 + way) };
    rn_program p = { .name = "codes",
                     .n_in = 3,
                     .n_scalar = 2,
                     .n_const = 5,
                     .n_reg = 10,
                     .compute = type,
                     .instr = instr,
                     .constant = constants,
                     .out = reg,
                     .uses_index = true };
    for (int i = 0; i < 3; i++) {
        in[i] = view_new(type, 1, dim);
        for (int k = 0; k < N; k++)
            rni_store(type, (char *)in[i].data + k * rn_dtype_bytes(type), any_number(&r, type));
    }
    if (way == 1) {
        rni_store(type, in[1].data, 2); /* an exponent for which there is a shortcut */
        in[1].stride[0] = 0;
    }
    for (int code = 0; code < RN_CODE_NUMBER; code++) {
        const uint16_t second = (uint16_t)(way == 2 ? 5 + code % 5 : 1), dst = (uint16_t)p.n_reg;
        const bool random = code == RN_CODE_RANDOM;
        const rn_instr one = { (uint8_t)code, dst, random ? 3 : 0, random ? 4 : second, 2 };
        if (!is_taken(a, type, one)) continue;
        out[p.n_out] = view_new(type, 1, dim);
        reg[p.n_out++] = dst;
        instr[p.n_instr++] = one;
        p.n_reg++;
    }
    rn_kernel_call c = map_call(&p, in, out, scalars);
    char what[64];
    snprintf(what, sizeof what, "all codes of %s, way %d", rn_dtype_name(type), way);
    check_both(a, b, "map", what, &c);
    for (int i = 0; i < 3; i++) free(in[i].data);
    for (int o = 0; o < p.n_out; o++) free(out[o].data);
}

RN_TEST(every_code_gives_the_same_bits_compiled)
{
    static const rn_dtype types[] = { RN_F32, RN_F64, RN_I64 };
    begin();
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        const rni_device *a, *b;
        if (!two_devices(cpu_isas[k], &a, &b)) continue;
        for (int t = 0; t < 3; t++)
            for (int way = 0; way < (k == 0 ? 3 : 1); way++) check_codes(a, b, types[t], way);
    }
    end();
}

/* ---- layouts, types, aliasing ---- */

/* Some results are written over. */
static void make_program(rni_rng *r, random_program *q, const rni_device *d, int n_in, int n_out, rn_dtype compute)
{
    const int base = n_in + 5;
    int written = 0;
    *q = (random_program){ .constant = { 2, -0.5, 1.25 }, .scalar = { 3, 0.75 } };
    random_program_begin(q, n_in, n_out, RANDOM_INSTR, compute);
    while (q->p.n_instr < RANDOM_INSTR) {
        const int know = base + written,
                  to = written > 3 && random_below(r, 3) == 0 ? random_below(r, written) : written;
        const rn_instr one = { (uint8_t)random_below(r, RN_CODE_RANDOM), (uint16_t)(base + to),
                               (uint16_t)random_below(r, know), (uint16_t)random_below(r, know),
                               (uint16_t)random_below(r, know) };
        if (!is_taken(d, compute, (rn_instr){ one.code, 10, 0, 1, 2 })) continue;
        q->instr[q->p.n_instr++] = one;
        written += to == written;
    }
    for (int o = 0; o < n_out; o++) q->out[o] = (uint16_t)random_below(r, base + written);
}

static void check_layouts(const rni_device *a, const rni_device *b, int turns)
{
    static const int64_t sizes[] = { 1, 3, 10, 64, 65, 300, 1000 };
    static const rn_dtype types[] = { RN_F32, RN_F32, RN_F64, RN_I64, RN_F16, RN_BF16, RN_I32, RN_U8 };
    rni_rng r = { .seed = 17 };
    for (; turns > 0; turns--) {
        const int n_in = 1 + random_below(&r, 3), n_out = 1 + random_below(&r, 3), rank = 1 + random_below(&r, 3);
        const rn_dtype type = types[random_below(&r, (int)RN_COUNTOF(types))];
        int64_t dim[RN_MAX_RANK], count = 1;
        for (int i = 0; i < rank; i++) {
            dim[i] = sizes[random_below(&r, (int)RN_COUNTOF(sizes))];
            if (count * dim[i] > 50000) dim[i] = 2;
            count *= dim[i];
        }
        random_program q;
        make_program(&r, &q, a, n_in, n_out, compute_type(type, type));
        rn_view v[8];
        char *memory[8];
        for (int i = 0; i < n_in; i++) v[i] = random_view(&r, type, rank, dim, &memory[i]);
        for (int o = 0; o < n_out; o++) v[n_in + o] = view_new(type, rank, dim);
        rn_kernel_call c = map_call(&q.p, v, v + n_in, q.scalar);
        char what[64];
        snprintf(what, sizeof what, "random program %d of %s", turns, rn_dtype_name(type));
        check_both(a, b, "map", what, &c);
        for (int i = 0; i < n_in; i++) free(memory[i]);
        for (int o = 0; o < n_out; o++) free(v[n_in + o].data);
    }
}

RN_TEST(random_programs_give_the_same_bits_compiled)
{
    begin();
    const rni_device *a, *b;
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++)
        if (two_devices(cpu_isas[k], &a, &b)) check_layouts(a, b, test_turns(k == 0 ? 40 : 10));
    end();
}

/* Results over inputs that later instructions read. */
RN_TEST(compiled_results_may_lie_over_inputs)
{
    const rni_device *a, *b;
    const int64_t dim[] = { 5000 };
    rni_rng r = { .seed = 23 };
    begin();
    if (!two_devices("0", &a, &b)) SKIP("no device");
    for (int turn = test_turns(12); turn > 0; turn--) {
        random_program q;
        make_program(&r, &q, a, 3, 3, RN_F32);
        rn_view in[2][3], out[2][3];
        for (int i = 0; i < 3; i++)
            for (int w = 0; w < 2; w++) {
                in[w][i] = view_new(RN_F32, 1, dim);
                for (int k = 0; k < 5000; k++) ((float *)in[w][i].data)[k] = (float)((k * 7 + i * 3) % 97) * 0.05f;
            }
        for (int w = 0; w < 2; w++) {
            for (int o = 0; o < 3; o++) out[w][o] = in[w][(o + turn) % 3];
            rn_kernel_call c = map_call(&q.p, in[w], out[w], q.scalar);
            cpu_run(w ? b : a, "map", &c);
        }
        int64_t where;
        for (int o = 0; o < 3; o++) CHECK(same_bits(&out[0][o], &out[1][o], &where));
        for (int i = 0; i < 6; i++) free(in[i / 3][i % 3].data);
    }
    end();
}

/* ---- reductions ---- */

RN_TEST(reductions_give_the_same_bits_compiled)
{
    static const rn_instr instr[] = { { RN_CODE_SUB, 2, 0, 1, 0 },
                                      { RN_CODE_EXP, 3, 2, 0, 0 },
                                      { RN_CODE_MUL, 3, 3, 2, 0 } };
    static const uint16_t reg[] = { 3 };
    static const double constant[] = { 0.25 };
    static const struct {
        int rank;
        int64_t dim[3];
        uint32_t mask;
    } shapes[] = { { 1, { 100003 }, 1 }, { 2, { 70, 500 }, 2 },     { 2, { 500, 70 }, 1 },    { 2, { 900, 7 }, 2 },
                   { 2, { 3, 40 }, 2 },  { 3, { 5, 300, 130 }, 4 }, { 3, { 20, 30, 40 }, 5 }, { 2, { 33, 128 }, 2 } };
    static const rn_join joins[] = { RN_JOIN_ADD, RN_JOIN_MAX, RN_JOIN_MUL, RN_JOIN_ARGMIN };
    const rni_device *a, *b;
    rni_rng r = { .seed = 5 };
    begin();
    if (!two_devices("0", &a, &b)) SKIP("no device");
    for (int s = 0; s < (int)RN_COUNTOF(shapes); s++)
        for (int t = 0; t < 2; t++)
            for (int k = 0; k < (int)RN_COUNTOF(joins); k++) {
                const rn_dtype type = t ? RN_F64 : RN_F32;
                const rn_program p = { .name = "values",
                                       .n_in = 1,
                                       .n_const = 1,
                                       .n_reg = 4,
                                       .n_instr = 3,
                                       .n_out = 1,
                                       .instr = instr,
                                       .constant = constant,
                                       .out = reg,
                                       .compute = type };
                rn_view x = view_new(type, shapes[s].rank, shapes[s].dim), y = { .rank = 0 };
                for (int64_t i = 0; i < rni_view_count(&x); i++)
                    rni_store(type, (char *)x.data + i * rn_dtype_bytes(type), 2 * rni_rng_uniform(&r) - 1);
                int64_t dim[3];
                for (int i = 0; i < shapes[s].rank; i++)
                    if (!(shapes[s].mask >> i & 1)) dim[y.rank++] = shapes[s].dim[i];
                y = view_new(joins[k] == RN_JOIN_ARGMIN ? RN_I64 : type, y.rank, dim);
                rn_kernel_call c = reduce_call(&p, &x, &y, joins[k], shapes[s].mask);
                char what[64];
                snprintf(what, sizeof what, "shape %d, join %d of %s", s, joins[k], rn_dtype_name(type));
                check_both(a, b, "reduce", what, &c);
                free(x.data);
                free(y.data);
            }
    end();
}
