/* Devices of the CUDA back end on a driver that the host stands in for: memory, streams, copies, and what fails. */
#include "fake_cuda.h"

#include <pthread.h>

enum { MIB = 1 << 20, NO_MEMORY = 2, MADE_TO_FAIL = 719 };

static const rn_backend *row(void)
{
    const rn_backend *b = rni_backend_find("cuda", NULL);
    CHECK(b != NULL);
    return b;
}

static void *open_device(const char *detail)
{
    char why[400] = "";
    void *d = row()->open(0, detail, why, sizeof why);
    if (!d) test_failed(__FILE__, __LINE__, "cuda:%s: %s", detail, why);
    return d;
}

static void check_refused(const char *detail, const char *text)
{
    char why[400] = "";
    CHECK(!row()->open(0, detail, why, sizeof why));
    if (!strstr(why, text)) test_failed(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", why, text);
}

RN_TEST(a_device_says_what_it_is)
{
    char text[256] = "";
    CHECK_EQ_I64(row()->count(), 1);
    row()->describe(0, text, sizeof text);
    CHECK_EQ_STR(text, "Fake 0, 4 processors, 4 GiB, compute capability 9.0");
}

RN_TEST(what_cannot_be_opened_says_why)
{
    check_refused("1", "there is no GPU 1, the last is cuda:0");
    check_refused("0,memory=x", "\"memory=x\" is neither the number of a device nor memory=MiB");
}

RN_TEST(closing_leaves_nothing_on_the_device)
{
    const fake_report before = fake_now();
    void *d = open_device("0");
    void *p = row()->alloc(d, 3 * MIB);
    CHECK(p != NULL);
    row()->free(d, p, 3 * MIB);
    row()->close(d);
    const fake_report after = fake_now();
    CHECK_EQ_I64(after.allocations, before.allocations);
    CHECK_EQ_I64(after.streams, before.streams);
    CHECK_EQ_I64(after.events, before.events);
    CHECK_NO_MISTAKES();
}

RN_TEST(opening_fails_cleanly_wherever_the_driver_does)
{
    const fake_report before = fake_now();
    for (long long n = 1; n <= 40; n++) {
        char why[400] = "";
        fake_fail_at(n, MADE_TO_FAIL);
        void *d = row()->open(0, "", why, sizeof why);
        fake_fail_at(0, 0);
        if (d) row()->close(d);
        if (!d && !*why) test_failed(__FILE__, __LINE__, "no reason is given where call %lld fails", n);
        const fake_report now = fake_now();
        CHECK_EQ_I64(now.allocations, before.allocations);
        CHECK_EQ_I64(now.streams, before.streams);
        CHECK_EQ_I64(now.events, before.events);
    }
    CHECK_NO_MISTAKES();
}

/* ---- copies ---- */

static unsigned char byte_at(int64_t i, int salt)
{
    return (unsigned char)((uint64_t)(i * 7 + salt) * 0x9e3779b97f4a7c15u >> 56);
}

static void fill(unsigned char *p, int64_t bytes, int salt)
{
    for (int64_t i = 0; i < bytes; i++) p[i] = byte_at(i, salt);
}

static void check_bytes(const unsigned char *p, int64_t bytes, int salt)
{
    for (int64_t i = 0; i < bytes; i++)
        if (p[i] != byte_at(i, salt))
            test_failed(__FILE__, __LINE__, "byte %lld of %lld is %d", (long long)i, (long long)bytes, p[i]);
}

/* Host memory is used again at once, and so is the device's: nothing else may be read or written by then. */
RN_TEST(copies_arrive_in_the_order_in_which_they_were_asked_for)
{
    static const int64_t sizes[] = { 1, 4096, 64 << 10, (64 << 10) + 1, 4 * MIB, 4 * MIB + 3, 37 * MIB };
    void *d = open_device("0");
    unsigned char *host = malloc(37 * MIB), *back = malloc(37 * MIB);
    void *p = row()->alloc(d, 37 * MIB), *q = row()->alloc(d, 37 * MIB);
    CHECK(host && back && p && q);
    for (int k = 0; k < (int)RN_COUNTOF(sizes); k++) {
        fill(host, sizes[k], k);
        CHECK(row()->copy_in(d, p, host, sizes[k]));
        fill(host, sizes[k], k + 100);
        CHECK(row()->copy_in(d, q, host, sizes[k]));
        CHECK(row()->copy_out(d, back, p, sizes[k]));
        check_bytes(back, sizes[k], k);
        fill(host, sizes[k], k + 200);
        CHECK(row()->copy_in(d, p, host, sizes[k]));
        CHECK(row()->copy_out(d, back, q, sizes[k]));
        check_bytes(back, sizes[k], k + 100);
        CHECK(row()->copy_out(d, back, p, sizes[k]));
        check_bytes(back, sizes[k], k + 200);
    }
    row()->free(d, p, 37 * MIB);
    row()->free(d, q, 37 * MIB);
    free(host);
    free(back);
    row()->close(d);
    CHECK_NO_MISTAKES();
}

RN_TEST(small_copies_do_not_wait)
{
    void *d = open_device("0");
    char host[64] = "x";
    void *p = row()->alloc(d, 64);
    const fake_report before = fake_now();
    for (int i = 0; i < 4; i++) CHECK(row()->copy_in(d, p, host, sizeof host));
    CHECK_EQ_I64(fake_now().syncs, before.syncs);
    row()->free(d, p, 64);
    row()->close(d);
}

RN_TEST(a_copy_that_fails_says_so)
{
    for (long long n = 1; n <= 8; n++) {
        void *d = open_device("0");
        char *host = calloc(1, 9 * MIB);
        void *p = row()->alloc(d, 9 * MIB);
        fake_fail_at(n, MADE_TO_FAIL);
        const bool in = row()->copy_in(d, p, host, 9 * MIB), out = row()->copy_out(d, host, p, 9 * MIB);
        fake_fail_at(0, 0);
        CHECK(!in || !out);
        CHECK(row()->copy_in(d, p, host, 9 * MIB) && row()->copy_out(d, host, p, 9 * MIB));
        row()->free(d, p, 9 * MIB);
        free(host);
        row()->close(d);
    }
    CHECK_NO_MISTAKES();
}

/* ---- memory ---- */

RN_TEST(memory_is_used_again_without_the_driver)
{
    void *d = open_device("0");
    void *first = row()->alloc(d, 10 * MIB);
    row()->free(d, first, 10 * MIB);
    const fake_report before = fake_now();
    for (int i = 0; i < 100; i++) {
        void *p = row()->alloc(d, 10 * MIB - i);
        CHECK(p == first);
        row()->free(d, p, 10 * MIB - i);
    }
    CHECK_EQ_I64(fake_now().calls, before.calls);
    row()->close(d);
}

RN_TEST(neighbours_that_are_free_become_one)
{
    enum { PIECES = 8 };
    void *d = open_device("0,memory=56"); /* 16 of them for transfers */
    void *p[PIECES];
    for (int i = 0; i < PIECES; i++) CHECK((p[i] = row()->alloc(d, 4 * MIB)) != NULL);
    CHECK(!row()->alloc(d, 24 * MIB));
    for (int i = 0; i < PIECES; i += 2) row()->free(d, p[i], 4 * MIB);
    for (int i = 1; i < PIECES; i += 2) row()->free(d, p[i], 4 * MIB);
    void *all = row()->alloc(d, 24 * MIB);
    CHECK(all != NULL);
    row()->free(d, all, 24 * MIB);
    row()->close(d);
}

RN_TEST(pieces_do_not_overlap_and_are_aligned)
{
    enum { PIECES = 300 };
    void *d = open_device("0");
    uintptr_t at[PIECES] = { 0 };
    int64_t bytes[PIECES] = { 0 };
    uint64_t r = 5;
    for (int turn = 0; turn < 20000; turn++) {
        r = r * 6364136223846793005u + 1442695040888963407u;
        const int k = (int)(r >> 40) % PIECES;
        if (at[k]) {
            row()->free(d, (void *)at[k], bytes[k]);
            at[k] = 0;
            continue;
        }
        bytes[k] = 1 + (int64_t)(r >> 20) % (turn % 10 ? 100000 : 3 * MIB);
        at[k] = (uintptr_t)row()->alloc(d, bytes[k]);
        CHECK(at[k] && at[k] % 512 == 0);
        for (int i = 0; i < PIECES; i++)
            if (i != k && at[i] && at[i] < at[k] + (uintptr_t)bytes[k] && at[k] < at[i] + (uintptr_t)bytes[i])
                test_failed(__FILE__, __LINE__, "pieces %d and %d share memory", i, k);
    }
    for (int k = 0; k < PIECES; k++)
        if (at[k]) row()->free(d, (void *)at[k], bytes[k]);
    row()->close(d);
    CHECK_NO_MISTAKES();
}

RN_TEST(memory_that_nobody_uses_goes_back_before_there_is_none)
{
    void *d = open_device("0,memory=100");
    void *p[3];
    for (int i = 0; i < 3; i++) CHECK((p[i] = row()->alloc(d, 20 * MIB)) != NULL);
    for (int i = 0; i < 3; i++) row()->free(d, p[i], 20 * MIB);
    void *large = row()->alloc(d, 62 * MIB);
    CHECK(large != NULL);
    row()->free(d, large, 62 * MIB);
    row()->close(d);
    CHECK_NO_MISTAKES();
}

RN_TEST(the_driver_is_asked_again_after_it_had_no_memory)
{
    void *d = open_device("0");
    void *unused = row()->alloc(d, 50 * MIB);
    row()->free(d, unused, 50 * MIB);
    const fake_report before = fake_now();
    fake_fail_at(1, NO_MEMORY);
    void *p = row()->alloc(d, 60 * MIB);
    CHECK(p != NULL);
    CHECK_EQ_I64(fake_now().bytes - before.bytes, 10 * MIB);
    row()->free(d, p, 60 * MIB);
    row()->close(d);
}

/* ---- through the library ---- */

RN_TEST(out_of_memory_names_the_device_and_what_is_in_use)
{
    RN_SCOPE
    {
        CHECK(rn_device_use("cuda:0,memory=64"));
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(8 * MIB), NULL);
        CHECK_OK();
        CHECK(x && !rn_array(RN_F32, RN_SHAPE(8 * MIB), NULL));
        CHECK_ERROR(RN_ERR_NOMEM, "bytes are not to be had on cuda:0,memory=64");
    }
    CHECK(rn_device_use("cpu"));
}

static rn_tensor *numbers(int64_t n)
{
    float *host = malloc((size_t)n * sizeof *host);
    for (int64_t i = 0; i < n; i++) host[i] = (float)(i % 17) - 8;
    rn_tensor *x = rn_array(RN_F32, RN_SHAPE(n), host);
    free(host);
    return x;
}

/* No function that the back end lacks is lost: it is computed on the host, here those of which no GPU has a kernel. */
RN_TEST(a_function_without_a_kernel_is_computed_on_the_host)
{
    float have[6];
    RN_SCOPE
    {
        CHECK(rn_device_use("cuda:0"));
        const float a[] = { 4, 2, 2, 3 }, b[] = { 2, 1 };
        rn_tensor *m = rn_array(RN_F32, RN_SHAPE(2, 2), a), *v = rn_array(RN_F32, RN_SHAPE(2, 1), b);
        rn_tensor *x = rn_solve(m, v);
        CHECK(rn_copy_to(x, RN_F32, have, sizeof have));
        CHECK_NEAR(have[0], 0.5, 1e-6);
        CHECK_NEAR(have[1], 0, 1e-6);
        /* strided, reversed and broadcast operands */
        rn_tensor *y = rn_cumsum(rn_transpose(rn_reshape(numbers(6), RN_SHAPE(2, 3))), .axis = 0);
        CHECK(rn_copy_to(y, RN_F32, have, sizeof have));
        CHECK_NEAR(have[5], -5 - 4 - 3, 1e-6);
    }
    CHECK(rn_device_use("cpu"));
    CHECK_OK();
    CHECK_NO_MISTAKES();
}

/* Two threads share the device. */
static void *use_device(void *user)
{
    (void)user;
    RN_SCOPE
    {
        rn_device_use("cuda:0");
        for (int i = 0; i < 20 && rn_ok(); i++) {
            rn_tensor *x = numbers(1000 + i);
            float host[1020];
            if (!rn_copy_to(x, RN_F32, host, sizeof host) || host[18] != -7) return user;
        }
    }
    return rn_ok() ? NULL : user;
}

RN_TEST(several_threads_use_one_device)
{
    pthread_t thread[3];
    int mark;
    for (int i = 0; i < 3; i++) CHECK(pthread_create(&thread[i], NULL, use_device, &mark) == 0);
    for (int i = 0; i < 3; i++) {
        void *failed = &mark;
        pthread_join(thread[i], &failed);
        CHECK(failed == NULL);
    }
    CHECK_NO_MISTAKES();
}
