/* Under libFuzzer the seeds are a folder of files: this writes them to $RENSA_FUZZ_SEEDS and leaves the rest to it. */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Written by fuzz_add, before the first input. */
static struct {
    const char *folder;
    int count;
} g;

void fuzz_add(const void *bytes, int64_t n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/seed-%02d", g.folder, g.count++);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, (size_t)n, f) != (size_t)n || fclose(f) != 0) abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    g.folder = getenv("RENSA_FUZZ_SEEDS");
    if (g.folder) fuzz_seeds();
    return 0;
}
