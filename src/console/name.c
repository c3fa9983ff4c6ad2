/* Letters are judged by blocks of Unicode: what is no letter there, and could make two names look alike or turn the
 * direction of a line, is left out. */
#include "console/name.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "console/console_p.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <time.h>

static bool is_letter(uint32_t c)
{
    static const uint32_t other[][2] = {
        { 0x80, 0xa9 },        { 0xab, 0xb4 },     { 0xb6, 0xb9 },     { 0xbb, 0xbf },     { 0xd7, 0xd7 },
        { 0xf7, 0xf7 },        { 0x2c2, 0x385 },   { 0x600, 0x61f },   { 0x115f, 0x1160 }, { 0x1680, 0x1680 },
        { 0x180b, 0x180f },    { 0x2000, 0x2bff }, { 0x2e00, 0x3004 }, { 0x3008, 0x3030 }, { 0x3164, 0x3164 },
        { 0xd800, 0xf8ff },    { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe6f }, { 0xfeff, 0xff0f }, { 0xffa0, 0xffff },
        { 0xe0000, 0x10ffff },
    };
    for (size_t i = 0; i < RN_COUNTOF(other); i++)
        if (c >= other[i][0] && c <= other[i][1]) return false;
    return c >= 0x80;
}

static bool is_plain(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-' || c == ' ';
}

bool rni_name_check(const char *name, const char *what)
{
    const int64_t n = (int64_t)strlen(name);
    int64_t letters = 0;
    bool ok = n > 0 && n <= RNI_NAME_BYTES && name[0] != '.' && name[0] != ' ' && name[0] != '-' && name[n - 1] != ' ';
    for (int64_t i = 0; ok && i < n; letters++) {
        uint32_t point = 0;
        const int bytes = rni_utf8_decode(name + i, n - i, &point);
        ok = bytes > 0 && (is_plain(point) || is_letter(point));
        i += bytes;
    }
    if (ok && letters <= 64) return true;
    rni_fail(RN_ERR_ARG, NULL, NULL, "\"%.80s\" cannot be the name of a %s", name, what);
    rni_error_add("expect", "1 to 64 letters, digits, '.', '_', '-' and inner blanks; neither '.' nor '-' first");
    return false;
}

char *rni_work_path(const rni_console *c, const char *fmt, ...)
{
    rni_str s = { 0 };
    rni_str_addf(&s, "%s/", c->folder);
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&s, fmt, args);
    va_end(args);
    if (s.failed) rni_str_free(&s);
    return s.at;
}

bool rni_work_list(const rni_console *c, const char *folder, bool (*see)(void *user, const char *name), void *user)
{
    char *path = rni_work_path(c, "%s", folder);
    DIR *d = path ? opendir(path) : NULL;
    if (path && !d && errno != ENOENT)
        rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be read: %s", path, strerror(errno));
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;)
        if (f->d_name[0] != '.' && !see(user, f->d_name)) break;
    if (d) closedir(d);
    rni_free(path);
    return rn_ok();
}

double rni_wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
