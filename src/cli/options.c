/* Long options from a table. getopt_long knows no ranges, no nearest name and no help text, which are most of the work.
 */
#include "cli/cli.h"
#include "backend/backend.h"
#include "base/number.h"
#include "base/str.h"
#include "engine/op_table.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int cli_usage(const cli_command *c, const char *fmt, ...)
{
    fprintf(stderr, "rensa %s: ", c->name);
    va_list args;
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nusage: rensa %s%s%s\n", c->name, *c->arguments ? " " : "", c->arguments);
    return EXIT_USAGE;
}

const char *cli_op_name(void *user, int i)
{
    (void)user;
    const rn_op *op = rn_op_at(i, NULL);
    return !op ? NULL : op->flags & RN_OP_INTERNAL ? "" : op->name;
}

int cli_no_such_name(const cli_command *c, const char *part)
{
    const char *near = rni_nearest(part, cli_op_name, NULL);
    return near ? cli_usage(c, "no function or test has \"%s\" in its name; did you mean \"%s\"?", part, near)
                : cli_usage(c, "no function or test has \"%s\" in its name", part);
}

int cli_end(void)
{
    return rn_report_error(stderr);
}

int cli_flushed(int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fprintf(stderr, "rensa: the output cannot be written%s%s\n", errno ? ": " : "", errno ? strerror(errno) : "");
    return status ? status : 1;
}

/* Which rows of the table were given, by number: written by cli_options. */
static struct {
    bool row[64];
} given;

void cli_unused(const cli_command *c, const cli_option *options, unsigned mode, const char *how)
{
    for (int i = 0; options[i].name; i++)
        if (given.row[i] && options[i].modes && !(options[i].modes & mode))
            fprintf(stderr, "rensa %s: --%s means nothing %s\n", c->name, options[i].name, how);
}

static void print_help(const cli_command *c, const cli_option *options)
{
    printf("usage: rensa %s%s%s\n\n", c->name, *c->arguments ? " " : "", c->arguments);
    printf("%c%s.\n\n%s\n", toupper((unsigned char)c->brief[0]), c->brief + 1, c->help);
    if (options->name) puts("\nOptions:");
    for (const cli_option *o = options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s %s", o->name, o->value ? o->value : "");
        printf("  %-20s %s\n", left, o->help);
    }
}

static const char *option_name(void *user, int i)
{
    return ((const cli_option *)user)[i].name;
}

static const char *device_name(void *user, int i)
{
    (void)user;
    return rni_backend_at(i);
}

/* "cpu", "cpu:0", "check:cpu": each part but a number is a back end that can be found. */
static bool check_device(const cli_command *c, const char *name)
{
    for (const char *p = name; p; p = strchr(p, ':') ? strchr(p, ':') + 1 : NULL) {
        char part[32];
        const int n = (int)strcspn(p, ":");
        if (p > name && strspn(p, "0123456789") >= (size_t)n) continue;
        snprintf(part, sizeof part, "%.*s", n, p);
        const char *near = rni_nearest(part, device_name, NULL);
        if (near && strcmp(near, part) == 0) continue;
        if (near)
            cli_usage(c, "there is no device \"%s\"; did you mean \"%s\"?", part, near);
        else
            cli_usage(c, "there is no device \"%s\"; `rensa devices` lists them", part);
        return false;
    }
    return true;
}

static bool take_text(const cli_command *c, const cli_option *o, const char *value)
{
    if (!*value && o->kind != CLI_LINE) {
        cli_usage(c, "--%s needs a value (%s), not an empty text", o->name, o->value);
        return false;
    }
    if (o->kind == CLI_DEVICE && !check_device(c, value)) return false;
    if (o->kind != CLI_TEXTS) {
        *(const char **)o->to = value;
        return true;
    }
    cli_texts *list = o->to;
    if (list->n == (int)RN_COUNTOF(list->at)) {
        cli_usage(c, "--%s is given more than %d times", o->name, (int)RN_COUNTOF(list->at));
        return false;
    }
    list->at[list->n++] = value;
    return true;
}

static bool take(const cli_command *c, const cli_option *o, const char *value)
{
    char *end;
    errno = 0;
    if (o->kind != CLI_INT && o->kind != CLI_NUMBER) return take_text(c, o, value);
    const double v = o->kind == CLI_INT ? (double)strtoll(value, &end, 10) : rni_scan_f64(value, &end);
    const bool ranged = o->max > o->min;
    if (end == value || *end || errno || (ranged && !(v >= o->min && v <= o->max))) {
        char range[96] = "";
        if (ranged) snprintf(range, sizeof range, ", %.10g to %.10g", o->min, o->max);
        cli_usage(c, "--%s needs %s%s, not \"%s\"", o->name, o->kind == CLI_INT ? "a whole number" : "a number", range,
                  value);
        return false;
    }
    if (o->kind == CLI_INT)
        *(int64_t *)o->to = strtoll(value, NULL, 10);
    else
        *(double *)o->to = v;
    return true;
}

/* The row of the option in argument `a`; NULL after saying that there is none. */
static const cli_option *find_option(const cli_command *c, const cli_option *options, const char *a)
{
    const char *name = a + (a[1] == '-' ? 2 : 1);
    const size_t n = strcspn(name, "=");
    for (const cli_option *o = options; o->name; o++)
        if (strlen(o->name) == n && strncmp(o->name, name, n) == 0) return o;
    char asked[64];
    snprintf(asked, sizeof asked, "%.*s", (int)n, name);
    const char *near = rni_nearest(asked, option_name, (void *)(uintptr_t)options);
    if (near)
        cli_usage(c, "there is no option \"%s\"; did you mean --%s?", a, near);
    else
        cli_usage(c, "there is no option \"%s\"", a);
    return NULL;
}

/* Takes argument *i, and the next one where that is its value. */
static bool take_option(const cli_command *c, const cli_option *options, int argc, char **argv, int *i)
{
    const cli_option *o = find_option(c, options, argv[*i]);
    const char *equals = strchr(argv[*i], '=');
    if (!o) return false;
    given.row[o - options] = true;
    if (o->kind == CLI_SWITCH) {
        if (!equals) return *(bool *)o->to = true;
        cli_usage(c, "--%s takes no value", o->name);
        return false;
    }
    if (equals) return take(c, o, equals + 1);
    if (*i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0) return take(c, o, argv[++*i]);
    cli_usage(c, "--%s needs a value (%s)", o->name, o->value);
    return false;
}

bool cli_options(const cli_command *c, const cli_option *options, int argc, char **argv, int *rest)
{
    *rest = 0;
    bool plain = false;
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (plain || a[0] != '-' || a[1] == '\0')
            argv[1 + (*rest)++] = argv[i];
        else if (strcmp(a, "--") == 0)
            plain = true;
        else if (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0) {
            print_help(c, options);
            exit(cli_flushed(0));
        } else if (!take_option(c, options, argc, argv, &i))
            return false;
    }
    return true;
}
