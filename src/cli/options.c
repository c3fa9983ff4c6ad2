/* Long options from a table. getopt_long knows no ranges, no nearest name and no help text, which are most of the work.
 */
#include "cli/cli.h"
#include "base/number.h"
#include "base/str.h"

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
    fprintf(stderr, "\nusage: rensa %s %s\n", c->name, c->arguments);
    return EXIT_USAGE;
}

int cli_end(void)
{
    return rn_report_error(stderr);
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
    printf("usage: rensa %s %s\n\n%s\n", c->name, c->arguments, c->help ? c->help : c->brief);
    if (options->name) puts("\noptions:");
    for (const cli_option *o = options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s %s", o->name, o->value ? o->value : "");
        printf("  %-26s %s\n", left, o->help);
    }
}

static const char *option_name(void *user, int i)
{
    return ((const cli_option *)user)[i].name;
}

static bool take(const cli_command *c, const cli_option *o, const char *value)
{
    char *end;
    errno = 0;
    if (o->kind == CLI_TEXT) {
        *(const char **)o->to = value;
        return true;
    }
    if (o->kind == CLI_TEXTS) {
        cli_texts *list = o->to;
        if (list->n < (int)RN_COUNTOF(list->at)) {
            list->at[list->n++] = value;
            return true;
        }
        cli_usage(c, "--%s is given more than %d times", o->name, (int)RN_COUNTOF(list->at));
        return false;
    }
    const double v = o->kind == CLI_INT ? (double)strtoll(value, &end, 10) : rni_scan_f64(value, &end);
    const bool ranged = o->max > o->min;
    if (end == value || *end || errno || (ranged && !(v >= o->min && v <= o->max))) {
        char range[96] = "";
        if (ranged) snprintf(range, sizeof range, ", %g to %g", o->min, o->max);
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

bool cli_options(const cli_command *c, const cli_option *options, int argc, char **argv, int *rest)
{
    *rest = 0;
    bool plain = false;
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (plain || a[0] != '-' || a[1] == '\0') {
            argv[1 + (*rest)++] = argv[i];
            continue;
        }
        if (strcmp(a, "--") == 0) {
            plain = true;
            continue;
        }
        if (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0) {
            print_help(c, options);
            exit(0);
        }
        const char *name = a + (a[1] == '-' ? 2 : 1), *equals = strchr(name, '=');
        const size_t n = equals ? (size_t)(equals - name) : strlen(name);
        const cli_option *o = options;
        while (o->name && (strlen(o->name) != n || strncmp(o->name, name, n) != 0)) o++;
        if (!o->name) {
            char asked[64];
            snprintf(asked, sizeof asked, "%.*s", (int)n, name);
            const char *near = rni_nearest(asked, option_name, (void *)(uintptr_t)options);
            if (near)
                cli_usage(c, "there is no option \"%s\"; did you mean --%s?", a, near);
            else
                cli_usage(c, "there is no option \"%s\"", a);
            return false;
        }
        given.row[o - options] = true;
        if (o->kind == CLI_SWITCH) {
            if (equals) {
                cli_usage(c, "--%s takes no value", o->name);
                return false;
            }
            *(bool *)o->to = true;
            continue;
        }
        if (!equals && i + 1 == argc) {
            cli_usage(c, "--%s needs a value (%s)", o->name, o->value);
            return false;
        }
        if (!take(c, o, equals ? equals + 1 : argv[++i])) return false;
    }
    return true;
}
