/* Runs a fuzz target where libFuzzer is not to be had: mutations of the target's own seeds, always the same ones, for a
 * bounded number of runs and a bounded time, so that it can be an ordinary test.
 *
 *     fuzz_json            the default number of runs
 *     fuzz_json 1000000    more of them, without a time limit
 *     fuzz_json FILE…      each file once, to look at a failure again; a crash leaves its input in crash-fuzz_json */
#include "fuzz.h"

#include "base/rng.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SEEDS_MAX = 64, INPUT_MAX = 1 << 20, DEFAULT_RUNS = 20000, DEFAULT_SECONDS = 2 };

typedef struct input {
    uint8_t *at;
    int64_t n;
} input;

static struct {
    input seed[SEEDS_MAX];
    int seeds;
    uint8_t bytes[INPUT_MAX]; /* of the present run */
    int64_t n;
    char crash_path[256];
    rni_rng rng;
} g;

void fuzz_add(const void *bytes, int64_t n)
{
    if (g.seeds == SEEDS_MAX || n > INPUT_MAX) abort();
    uint8_t *copy = malloc((size_t)n + 1);
    if (!copy) abort();
    if (n) memcpy(copy, bytes, (size_t)n);
    g.seed[g.seeds++] = (input){ copy, n };
}

/* ---- crashes ---- */

static void save_input(void)
{
    const int fd = open(g.crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0) return;
    if (write(fd, g.bytes, (size_t)g.n) == g.n) (void)!write(STDERR_FILENO, g.crash_path, strlen(g.crash_path));
    close(fd);
}

static void on_signal(int number)
{
    save_input();
    signal(number, SIG_DFL);
    raise(number);
}

/* Sanitizers end the program in a way of their own; this exists where one is linked. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch_for_crashes(const char *program)
{
    static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
    const char *slash = strrchr(program, '/');
    snprintf(g.crash_path, sizeof g.crash_path, "crash-%s", slash ? slash + 1 : program);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(save_input);
    for (size_t i = 0; i < RN_COUNTOF(signals); i++)
        if (signals[i] == SIGABRT || !__sanitizer_set_death_callback) signal(signals[i], on_signal);
}

/* ---- mutations ---- */

static int64_t below(int64_t n)
{
    return n > 0 ? (int64_t)rni_rng_below(&g.rng, (uint64_t)n) : 0;
}

static void change_bit(void)
{
    if (g.n) g.bytes[below(g.n)] ^= (uint8_t)(1 << below(8));
}

static void set_byte(void)
{
    static const char likely[] = "\0\1\x7f\x80\xff 0129-+.eE{}[]()\",:'\\/\n<>|LTuFx";
    if (g.n) g.bytes[below(g.n)] = below(2) ? (uint8_t)likely[below((int64_t)sizeof likely)] : (uint8_t)below(256);
}

static void set_number(void)
{
    static const uint64_t likely[] = { 0,          1,          0x7f,      0x80,
                                       0xff,       0x7fff,     0xffff,    0x7fffffff,
                                       0x80000000, 0xffffffff, INT64_MAX, (uint64_t)INT64_MAX + 1,
                                       UINT64_MAX };
    const int64_t size = (int64_t)1 << below(4);
    const bool big = below(2);
    if (g.n < size) return;
    const uint64_t v = likely[below((int64_t)RN_COUNTOF(likely))] + (uint64_t)below(3) - 1;
    uint8_t *p = g.bytes + below(g.n - size + 1);
    for (int64_t i = 0; i < size; i++) p[big ? size - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

static void insert_bytes(void)
{
    const int64_t n = 1 + below(16), at = below(g.n + 1);
    if (g.n + n > INPUT_MAX) return;
    memmove(g.bytes + at + n, g.bytes + at, (size_t)(g.n - at));
    const uint8_t fill = (uint8_t)below(256);
    for (int64_t i = 0; i < n; i++) g.bytes[at + i] = below(2) ? fill : (uint8_t)below(256);
    g.n += n;
}

static void remove_bytes(void)
{
    const int64_t at = below(g.n), most = g.n - at, n = below(3) ? 1 + below(most < 16 ? most : 16) : below(most);
    if (n > most) return;
    memmove(g.bytes + at, g.bytes + at + n, (size_t)(g.n - at - n));
    g.n -= n;
}

static void cut_off(void)
{
    g.n = below(g.n + 1);
}

static void repeat_bytes(void)
{
    const int64_t from = below(g.n), most = g.n - from, n = below(most < 64 ? most : 64), to = below(g.n + 1);
    uint8_t piece[64];
    if (n == 0 || g.n + n > INPUT_MAX) return;
    memcpy(piece, g.bytes + from, (size_t)n);
    memmove(g.bytes + to + n, g.bytes + to, (size_t)(g.n - to));
    memcpy(g.bytes + to, piece, (size_t)n);
    g.n += n;
}

static void overwrite_from_another(void)
{
    const input *s = &g.seed[below(g.seeds)];
    const int64_t from = below(s->n), to = below(g.n), most = s->n - from < g.n - to ? s->n - from : g.n - to;
    if (most > 0) memcpy(g.bytes + to, s->at + from, (size_t)below(most));
}

static void (*const mutations[])(void) = {
    change_bit,   change_bit, set_byte,     set_byte,     set_number,
    insert_bytes, cut_off,    remove_bytes, repeat_bytes, overwrite_from_another
};

static void mutate(void)
{
    const input *s = &g.seed[below(g.seeds)];
    g.n = s->n;
    if (s->n) memcpy(g.bytes, s->at, (size_t)s->n);
    for (int64_t left = 1 + below(below(4) ? 3 : 12); left > 0; left--)
        mutations[below((int64_t)RN_COUNTOF(mutations))]();
}

/* ---- running ---- */

/* In memory of its own size, so that reads beyond the end are seen. */
static void run_one(void)
{
    uint8_t *copy = malloc((size_t)g.n ? (size_t)g.n : 1);
    if (!copy) abort();
    memcpy(copy, g.bytes, (size_t)g.n);
    LLVMFuzzerTestOneInput(copy, (size_t)g.n);
    free(copy);
}

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "cannot open %s\n", path);
        return 1;
    }
    g.n = (int64_t)fread(g.bytes, 1, sizeof g.bytes, f);
    fclose(f);
    run_one();
    return 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run_mutations(long long runs, double seconds)
{
    const double end = now() + seconds;
    fuzz_seeds();
    g.rng = (rni_rng){ .seed = 1 };
    for (int i = 0; i < g.seeds; i++) {
        g.n = g.seed[i].n;
        if (g.n) memcpy(g.bytes, g.seed[i].at, (size_t)g.n);
        run_one();
    }
    long long done = 0;
    for (; done < runs && now() < end; done++) {
        mutate();
        run_one();
    }
    printf("%lld inputs from %d seeds\n", done + g.seeds, g.seeds);
    for (int i = 0; i < g.seeds; i++) free(g.seed[i].at);
}

int main(int argc, char **argv)
{
    struct stat s;
    int failed = 0;
    watch_for_crashes(argv[0]);
    if (argc > 1 && stat(argv[1], &s) == 0)
        for (int i = 1; i < argc; i++) failed |= run_file(argv[i]);
    else
        run_mutations(argc > 1 ? strtoll(argv[1], NULL, 10) : DEFAULT_RUNS, argc > 1 ? INFINITY : DEFAULT_SECONDS);
    rn_shutdown();
    return failed;
}
