/* print and progress: what a person sees in the terminal. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/str.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Characters that fit in a line: of a terminal its width, else any number. */
static int64_t room_in(FILE *to)
{
    struct winsize w;
    return isatty(fileno(to)) && ioctl(fileno(to), TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col - 1 : INT_MAX;
}

/* ---- print: a table, a line per row of the log ---- */

enum { TIMES = 19, COLUMN = 15 }; /* widths of a line: epoch and seconds; each mean */

typedef struct {
    FILE *to;
    int64_t shown; /* means in the heading */
} printer;

void *rni_ext_print_make(const rn_trainer_use_args *a)
{
    printer *p = rni_alloc((int64_t)sizeof *p);
    if (p) p->to = a->to ? a->to : stdout;
    return p;
}

static bool print_row(rn_trainer *t, void *self)
{
    printer *p = self;
    if (!rni_trainer_record(t)) return false;
    const rni_log_row *r = &t->history[t->n_history - 1];
    const bool terminal = isatty(fileno(p->to));
    const int64_t fit = (room_in(p->to) - TIMES) / COLUMN, n = fit < r->count ? fit : r->count;
    if (terminal) fputs("\r\033[K", p->to);
    if (p->shown != n) {
        fprintf(p->to, "%8s %10s", "epoch", "seconds");
        for (int64_t i = 0; i < n; i++) fprintf(p->to, " %14.32s", r->name[i]);
        fputc('\n', p->to);
        p->shown = n;
    }
    fprintf(p->to, "%8.4g %10.1f", r->epoch, r->seconds);
    for (int64_t i = 0; i < n; i++) fprintf(p->to, " %14.6g", r->value[i]);
    fputc('\n', p->to);
    fflush(p->to);
    return true;
}

static bool print_end(rn_trainer *t, void *self)
{
    const printer *p = self;
    if (t->why && !t->failed) fprintf(p->to, "ended after epoch %.4g: %s\n", t->epoch, t->why);
    return true;
}

const rn_extension rni_ext_print = {
    .name = "print",
    .brief = "a table of the means, a line per epoch; on a narrow terminal as many as fit",
    .priority = 150,
    .every = { 1, RN_UNIT_EPOCH },
    .run = print_row,
    .finish = print_end,
    .free = rni_free,
};

/* ---- progress: one line that is written over and over ---- */

typedef struct {
    FILE *to;
    bool terminal;
    double started, last;
    int64_t first_iteration, first_examples;
    double first_fraction;
} bar;

void *rni_ext_progress_make(const rn_trainer_use_args *a)
{
    bar *b = rni_alloc((int64_t)sizeof *b);
    if (!b) return NULL;
    b->to = a->to ? a->to : stderr;
    b->terminal = isatty(fileno(b->to));
    return b;
}

/* How much of the whole is done, by the limit that is nearest. */
static double fraction(const rn_trainer *t)
{
    double f = 0;
    if (t->epochs > 0) f = fmax(f, t->epoch / (double)t->epochs);
    if (t->iterations > 0) f = fmax(f, (double)t->iteration / (double)t->iterations);
    if (t->limit_seconds > 0) f = fmax(f, rn_trainer_seconds(t) / t->limit_seconds);
    return fmin(f, 1);
}

static void duration(double seconds, char *buf, size_t size)
{
    const long s = (long)(seconds + 0.5);
    if (!(seconds < 1e7))
        snprintf(buf, size, "-");
    else if (s < 3600)
        snprintf(buf, size, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(buf, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/* As many as fit. */
static void means(const rn_trainer *t, int64_t room, rni_str *s)
{
    for (int64_t i = 0; i < t->now.count; i++) {
        const rni_mean *p = &t->now.mean[i];
        char text[160];
        if (p->weight <= 0) continue;
        rni_format(text, sizeof text, "  %s %.4f", p->name, p->sum / p->weight);
        if (s->length + (int64_t)strlen(text) <= room) rni_str_add(s, text);
    }
}

/* As much of a bar as there is room for, with the blank behind it. */
static void add_bar(double f, int64_t room, rni_str *s)
{
    enum { WIDTH = 24, LEAST = 4 };
    const int64_t width = room - 3 < WIDTH ? room - 3 : WIDTH;
    if (width < LEAST) return;
    rni_str_add(s, "[");
    for (int64_t i = 0; i < width; i++) rni_str_add(s, (double)i < f * (double)width ? "#" : ".");
    rni_str_add(s, "] ");
}

/* Takes the text's room, if a small bar still has some then. */
static bool fits(const char *text, int64_t *room)
{
    enum { SMALL_BAR = 11 };
    const int64_t left = *room - (int64_t)strlen(text);
    if (left < SMALL_BAR) return false;
    *room = left;
    return true;
}

static void draw(const rn_trainer *t, const bar *b)
{
    const double f = fraction(t), elapsed = rni_now() - b->started, done = f - b->first_fraction;
    char left[32];
    duration(done > 0 ? elapsed * (1 - f) / done : INFINITY, left, sizeof left);
    const double rate = elapsed > 0 ? (double)(t->examples - b->first_examples) / elapsed : 0;
    char share[16], epoch[32], speed[48];
    rni_format(share, sizeof share, "%5.1f%%", f * 100);
    rni_format(epoch, sizeof epoch, "  epoch %.2f", t->epoch);
    rni_format(speed, sizeof speed, "  %5.0f examples/s", rate);
    rni_str s = { 0 }, m = { 0 };
    int64_t room = room_in(b->to) - (int64_t)(strlen(share) + strlen("  ETA ") + strlen(left));
    means(t, room, &m);
    room -= m.length;
    const bool has_speed = fits(speed, &room), has_epoch = fits(epoch, &room);
    add_bar(f, room, &s);
    rni_str_addf(&s, "%s%s%s  ETA %s%s", share, has_epoch ? epoch : "", has_speed ? speed : "", left, m.at ? m.at : "");
    if (s.at) fprintf(b->to, b->terminal ? "\r\033[K%s" : "%s\n", s.at);
    fflush(b->to);
    rni_str_free(&s);
    rni_str_free(&m);
}

static bool bar_start(rn_trainer *t, void *self)
{
    bar *b = self;
    b->started = b->last = rni_now();
    b->first_iteration = t->iteration;
    b->first_examples = t->examples;
    b->first_fraction = fraction(t);
    return true;
}

static bool bar_step(rn_trainer *t, void *self)
{
    bar *b = self;
    const double now = rni_now();
    if (now - b->last < (b->terminal ? 0.1 : 10)) return true;
    b->last = now;
    draw(t, b);
    return true;
}

static bool bar_finish(rn_trainer *t, void *self)
{
    const bar *b = self;
    (void)t;
    if (b->terminal) fputs("\r\033[K", b->to);
    return true;
}

const rn_extension rni_ext_progress = {
    .name = "progress",
    .brief = "a line with a bar, rate, time left, loss; without a terminal, a line every ten seconds",
    .priority = 400,
    .every = { 1, RN_UNIT_EPOCH },
    .start = bar_start,
    .step = bar_step,
    .finish = bar_finish,
    .free = rni_free,
};
