/* rensa explain as text, at most 100 columns wide. */
#include "cli/explain.h"

#include "base/alloc.h"

#include <string.h>

enum { ROWS = 30, REASONS = 12, NAME = 256 };

static void print_row(FILE *to, const char *title, const char *recorded, const char *compiled, const char *more)
{
    fprintf(to, "  %-16s %14s %14s%s%s\n", title, recorded, compiled, *more ? "   " : "", more);
}

static void print_amounts(FILE *to, const char *title, double recorded, double compiled, const char *unit,
                          const char *more)
{
    char a[32], b[32];
    cli_amount(recorded, unit, a, sizeof a);
    cli_amount(compiled, unit, b, sizeof b);
    print_row(to, title, a, b, more);
}

static void print_totals(FILE *to, const cli_plan *p)
{
    const rni_report_plan *r = p->plan;
    char more[160], slab[32], results[32], given[32];
    fprintf(to, "  %-16s %14s %14s\n", "", "recorded", "compiled");
    snprintf(more, sizeof more, "%lld of several calls, %lld in place", (long long)p->fused, (long long)p->in_place);
    print_amounts(to, "calls", (double)r->recorded.calls, (double)r->n_steps, "", more);
    snprintf(more, sizeof more, "%lld kernels, %lld steps in plain C", (long long)p->kernels, (long long)p->plain_c);
    print_amounts(to, "views, copies", (double)r->recorded.views, (double)p->added, "", more);
    print_amounts(to, "operations", r->recorded.flop, r->flop, "flop", "");
    print_amounts(to, "bytes moved", r->recorded.bytes, r->bytes, "B", "");
    cli_amount((double)r->slab_bytes, "B", slab, sizeof slab);
    cli_amount((double)r->result_bytes, "B", results, sizeof results);
    cli_amount((double)r->given_bytes, "B", given, sizeof given);
    snprintf(more, sizeof more, "%s shared, %s results, beside %s given", slab, results, given);
    print_amounts(to, "peak of values", (double)r->recorded.peak, (double)r->peak, "B", more);
}

static void print_times(FILE *to, const cli_explained *e, const cli_part *part, const cli_plan *p)
{
    char least[32], measured[32], step[32];
    cli_time(p->predicted, least, sizeof least);
    cli_time(p->measured, measured, sizeof measured);
    cli_time(part->step, step, sizeof step);
    if (e->machine.known)
        fprintf(to, "  %-16s %14s %14s   within the limits of the machine\n", "least time", "", least);
    if (e->measured)
        fprintf(to, "  %-16s %14s %14s   of %s for a whole step, with recording\n", "time", "", measured, step);
}

static void print_step(FILE *to, const cli_explained *e, const cli_plan *p, int32_t k, double all)
{
    const rni_report_step *s = &p->plan->step[k];
    const double seconds = cli_step_seconds(e, p, k);
    char name[NAME], place[NAME], time[32], least[32] = "", limit[32] = "";
    cli_step_name(s, name, sizeof name);
    cli_step_place(s, place, sizeof place);
    const size_t n = strlen(place);
    cli_time(seconds, time, sizeof time);
    if (e->machine.known) cli_time(p->least[k], least, sizeof least);
    if (e->machine.known && e->measured && seconds > 0)
        snprintf(limit, sizeof limit, "%.0f%%", 100 * p->least[k] / seconds);
    fprintf(to, "%6d  %-28.28s %-20.20s %9s %5.1f%% %9s %5s  %s\n", k, name, n > 20 ? place + n - 20 : place,
            e->measured || e->machine.known ? time : "", all > 0 ? 100 * seconds / all : 0, least, limit,
            cli_step_bound(e, p, k));
}

static void print_steps(FILE *to, const cli_explained *e, const cli_plan *p)
{
    int32_t *order = cli_steps_by_time(e, p);
    const int64_t n = p->plan->n_steps, shown = n > ROWS ? ROWS : n;
    const double all = e->measured ? p->measured : p->predicted;
    double rest = all;
    fprintf(to, "\n%6s  %-28s %-20s %9s %6s %9s %5s  %s\n", "step", "function", "line", "time", "share", "least",
            e->measured ? "is" : "", "bound by");
    for (int64_t i = 0; order && i < shown; i++) {
        print_step(to, e, p, order[i], all);
        rest -= cli_step_seconds(e, p, order[i]);
    }
    char time[32];
    cli_time(rest > 0 ? rest : 0, time, sizeof time);
    if (n > shown)
        fprintf(to, "%6s  %lld other steps%*s%9s %5.1f%%\n", "", (long long)(n - shown), 36, "", time,
                all > 0 ? 100 * rest / all : 0);
    rni_free(order);
}

/* What a pass left undone, what goes through memory most first. */
static void print_reasons(FILE *to, const rni_why *w, const char *pass, const char *title)
{
    bool *done = rni_alloc(w->n + 1);
    int64_t shown = 0, more = 0;
    for (int64_t turn = 0; done && turn < w->n; turn++) {
        int64_t best = -1;
        for (int64_t i = 0; i < w->n; i++)
            if (!done[i] && strcmp(w->at[i].pass, pass) == 0 && (best < 0 || w->at[i].bytes > w->at[best].bytes))
                best = i;
        if (best < 0) break;
        done[best] = true;
        if (shown == REASONS) {
            more++;
            continue;
        }
        if (shown++ == 0) fprintf(to, "\n  %s\n", title);
        const rni_reason *r = &w->at[best];
        char names[NAME], bytes[32];
        snprintf(names, sizeof names, "%s%s%s", r->from, r->to ? " -> " : "", r->to ? r->to : "");
        cli_amount(r->bytes, "B", bytes, sizeof bytes);
        fprintf(to, "  %6lld x %-30.30s %10s  %s\n", (long long)r->count, names, r->bytes > 0 ? bytes : "", r->why);
    }
    if (more) fprintf(to, "  and %lld more\n", (long long)more);
    rni_free(done);
}

static void print_plan(FILE *to, const cli_explained *e, const cli_part *part, const cli_plan *p)
{
    print_totals(to, p);
    print_times(to, e, part, p);
    print_steps(to, e, p);
    print_reasons(to, &p->plan->why, "fuse", "neighbours that did not become one call, and the bytes between them");
    print_reasons(to, &p->plan->why, "layout", "copies that were put in");
    print_reasons(to, &p->plan->why, "lower", "functions that were taken apart");
}

void cli_explain_text(const cli_explained *e, FILE *to)
{
    if (e->machine.known) fprintf(to, "%s\n", e->machine.name);
    for (int i = 0; i < 2; i++) {
        const cli_part *part = &e->part[i];
        char parameters[32];
        cli_amount((double)e->parameters, "", parameters, sizeof parameters);
        fprintf(to, "%s%s, %s, batch %lld, %s parameters, %d thread%s\n", i ? "\n\n" : "", e->name, part->title,
                (long long)e->batch, parameters, e->threads, e->threads == 1 ? "" : "s");
        for (int64_t k = 0; k < part->n; k++) {
            if (part->n > 1) fprintf(to, "\nplan %lld of %lld\n", (long long)k + 1, (long long)part->n);
            print_plan(to, e, part, &part->plan[k]);
        }
    }
}
