/* Printing: the texts that NumPy gives (tests/golden/print.txt), and the calls that give them. */
#include "test.h"

#include "base/convert.h"
#include "base/str.h"

/* A file whose records are read one after the other. */
typedef struct {
    FILE *f;
    char *line;
    size_t size;
} reader;

static bool next_line(reader *r)
{
    return getline(&r->line, &r->size, r->f) >= 0;
}

static const char *read_shape(const char *s, rn_shape *shape)
{
    *shape = RN_SCALAR;
    while (*s != ']') {
        char *end;
        shape->dim[shape->rank++] = strtoll(s + 1, &end, 10);
        s = end;
    }
    return s + 1;
}

/* The tensor of a record's first line. */
static rn_tensor *read_tensor(const char *line)
{
    char name[8];
    const size_t n = strcspn(line, " ");
    snprintf(name, sizeof name, "%.*s", (int)n, line);
    const rn_dtype type = rn_dtype_by_name(name);
    rn_shape shape;
    const char *s = line + n + 1;
    s = s[1] == ']' ? (shape = RN_SCALAR, s + 2) : read_shape(s, &shape);
    int64_t count = 1;
    for (int i = 0; i < shape.rank; i++) count *= shape.dim[i];
    char *data = malloc((size_t)count * 8 + 1);
    double start = 0, step = 0;
    const bool linear = sscanf(s, " linear %lf %lf", &start, &step) == 2;
    for (int64_t i = 0; i < count; i++) {
        void *to = data + i * rn_dtype_bytes(type);
        char *end = NULL;
        if (linear)
            rni_store(type, to, start + (double)i * step);
        else if (type == RN_I64)
            *(int64_t *)to = strtoll(s, &end, 10);
        else
            rni_store(type, to, strtod(s, &end));
        if (end) s = end;
    }
    rn_tensor *x = rn_array(type, shape, data);
    free(data);
    return x;
}

RN_TEST(tensors_print_as_numpy_prints_arrays)
{
    reader r = { .f = fopen(RENSA_TESTS "/golden/print.txt", "r") };
    CHECK(r.f != NULL);
    int records = 0, wrong = 0;
    bool more = next_line(&r) && next_line(&r);
    while (more) RN_SCOPE
        {
            char have[65536], head[64];
            snprintf(head, sizeof head, "%.60s", r.line);
            rn_tensor *x = read_tensor(r.line);
            CHECK(rn_tensor_text(x, have, sizeof have) >= 0);
            CHECK_OK();
            rni_str want = { 0 };
            while ((more = next_line(&r)) && r.line[0] == '|') {
                r.line[strcspn(r.line, "\n")] = '\0';
                rni_str_addf(&want, "%s%s", want.length ? "\n" : "", r.line + 1);
            }
            records++;
            if (strcmp(have, want.at) != 0 && wrong++ < 5) printf("%s\nhave %s\nwant %s\n", head, have, want.at);
            rni_str_free(&want);
        }
    fclose(r.f);
    free(r.line);
    CHECK(records > 300);
    CHECK_EQ_I64(wrong, 0);
}

RN_TEST(bf16_prints_as_few_digits_as_it_has)
{
    RN_SCOPE
    {
        char text[64];
        rn_tensor_text(rn_cast(rn_array_f32(RN_SHAPE(3), 0.1f, 1, -3.140625f), RN_BF16), text, sizeof text);
        CHECK_EQ_STR(text, "[ 0.1   1.   -3.14]");
        rn_tensor_text(rn_cast(rn_scalar(1e-5), RN_BF16), text, sizeof text);
        CHECK_EQ_STR(text, "1e-05");
    }
    CHECK_OK();
}

RN_TEST(print_writes_the_text_and_a_newline)
{
    char text[16] = "", small[4];
    RN_SCOPE
    {
        rn_tensor *x = rn_array_i32(RN_SHAPE(2), 7, -8);
        CHECK_EQ_I64(rn_tensor_text(x, small, sizeof small), 7);
        CHECK_EQ_STR(small, "[ 7");
        FILE *f = tmpfile();
        CHECK(f && rn_print_at(RN_HERE, f, x));
        rewind(f);
        CHECK(fread(text, 1, sizeof text - 1, f) == 8);
        fclose(f);
        CHECK_EQ_STR(text, "[ 7 -8]\n");
    }
    CHECK_OK();
}
