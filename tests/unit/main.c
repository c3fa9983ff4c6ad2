/* Runs the tests that RN_TEST registered and reports their number. */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>
#include <ftw.h>

enum { TESTS_MAX = 512 };

static struct {
    struct CMUnitTest test[TESTS_MAX];
    size_t count;
    char folder[64], path[1024];
} g;

void test_register(const char *name, CMUnitTestFunction fn)
{
    if (g.count < TESTS_MAX) g.test[g.count++] = (struct CMUnitTest){ .name = name, .test_func = fn };
}

void test_failed(const char *file, int line, const char *fmt, ...)
{
    char text[10240];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    rn_error_clear();
    print_error("%s\n", text);
    _fail(file, line);
}

const char *test_data(const char *name)
{
    const char *root = getenv("RENSA_DATA");
    if (!root) return NULL;
    snprintf(g.path, sizeof g.path, "%s/%s", root, name);
    return access(g.path, R_OK) == 0 ? g.path : NULL;
}

int test_turns(int turns)
{
    const char *divide = getenv("RENSA_TEST_DIVIDE");
    const int by = divide ? (int)strtol(divide, NULL, 10) : 1;
    return by > 1 ? (turns + by - 1) / by : turns;
}

const char *test_folder(void)
{
    if (!g.folder[0]) {
        snprintf(g.folder, sizeof g.folder, "/tmp/rensa-test-XXXXXX");
        if (!mkdtemp(g.folder)) abort();
    }
    return g.folder;
}

const char *test_path(const char *name)
{
    static _Thread_local char path[4][512];
    static _Thread_local int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", test_folder(), name);
    return path[turn];
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *f)
{
    (void)s, (void)type, (void)f;
    return remove(path);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        size_t kept = 0;
        for (size_t i = 0; i < g.count; i++)
            if (strstr(g.test[i].name, argv[1])) g.test[kept++] = g.test[i];
        g.count = kept;
    }
    const char *slash = strrchr(argv[0], '/');
    const int failed = _cmocka_run_group_tests(slash ? slash + 1 : argv[0], g.test, g.count, NULL, NULL);
    if (g.folder[0]) nftw(g.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    rn_shutdown();
    return failed != 0;
}
