/* Writes drawn digits as pictures: make_pictures FOLDER N puts N PNGs into sub-folders, one per class, of FOLDER. */
#include <rensa.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST || rn_fail(RN_ERR_IO, RN_HERE, "%s: %s", path, strerror(errno));
}

int main(int argc, char **argv)
{
    const int64_t n = argc == 3 ? strtoll(argv[2], NULL, 10) : 0;
    if (n < 1) return 2;
    rn_dataset *digits = rn_dataset_drawn(RN_TRAIN, .count = n, .seed = 1);
    bool ok = make_folder(argv[1]);
    for (int64_t i = 0; ok && i < n; i++) RN_SCOPE
        {
            char path[4096];
            const int digit = (int)rn_item(rn_dataset_rows(digits, "t", i, 1));
            snprintf(path, sizeof path, "%s/digit%d", argv[1], digit);
            ok = make_folder(path);
            snprintf(path, sizeof path, "%s/digit%d/%04lld.png", argv[1], digit, (long long)i);
            ok = ok && rn_image_save(path, rn_dataset_rows(digits, "x", i, 1));
        }
    rn_dataset_free(digits);
    return rn_report_error(stderr);
}
