/* Schedules: factors on the learning rate as functions of steps or epochs. Each is a row; no state but its numbers. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "base/str.h"
#include "nn/args.h"
#include "optim/optim.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *name, *needs; /* options of which one must be given */
    double gamma, power;      /* defaults */
    double (*factor)(const rn_schedule_args *a, double t);
} row;

struct rn_schedule {
    const row *row; /* NULL for a function of the program's */
    rn_schedule_args args;
    bool by_epoch;
    rn_schedule *then;
    double (*fn)(void *user, double t);
    void *user;
};

static double constant_factor(const rn_schedule_args *a, double t)
{
    (void)a;
    (void)t;
    return 1;
}

static double step_factor(const rn_schedule_args *a, double t)
{
    return pow(a->gamma, floor(t / a->every));
}

static double multistep_factor(const rn_schedule_args *a, double t)
{
    int n = 0;
    for (int i = 0; i < (int)RN_COUNTOF(a->at) && a->at[i] > 0; i++) n += a->at[i] <= t;
    return pow(a->gamma, n);
}

static double exponential_factor(const rn_schedule_args *a, double t)
{
    return pow(a->gamma, t);
}

static double polynomial_factor(const rn_schedule_args *a, double t)
{
    return a->end + (1 - a->end) * pow(1 - fmin(t, a->until) / a->until, a->power);
}

static double inverse_factor(const rn_schedule_args *a, double t)
{
    return pow(1 + a->gamma * t, -a->power);
}

/* Position within the present period, in 0 … 1. */
static double restarted(const rn_schedule_args *a, double t)
{
    const double period = a->every;
    if (a->grow == 1) return fmod(t, period) / period;
    /* periods every, every * grow, …: the number of whole ones before t from the sum of a geometric series */
    double n = floor(log1p(t / period * (a->grow - 1)) / log(a->grow));
    double begin = period * (pow(a->grow, n) - 1) / (a->grow - 1);
    if (begin > t) begin = period * (pow(a->grow, --n) - 1) / (a->grow - 1);
    return fmin((t - begin) / (period * pow(a->grow, n)), 1);
}

static double cosine_factor(const rn_schedule_args *a, double t)
{
    const double x = a->every > 0 ? restarted(a, t) : fmin(t, a->until) / a->until;
    return a->end + (1 - a->end) * (1 + cos(3.14159265358979323846 * x)) / 2;
}

static double warmup_factor(const rn_schedule_args *a, double t)
{
    return t < a->until ? a->start + (1 - a->start) * t / a->until : 1;
}

static const row rows[] = {
    { "constant", "", 0, 0, constant_factor },           { "step", "every", 0.1, 0, step_factor },
    { "multistep", "at", 0.1, 0, multistep_factor },     { "exponential", "gamma", 0, 0, exponential_factor },
    { "polynomial", "until", 0, 1, polynomial_factor },  { "inverse", "gamma", 0, 0.75, inverse_factor },
    { "cosine", "until or every", 0, 0, cosine_factor }, { "warmup", "until", 0, 0, warmup_factor },
};

static const rn_opt opts[] = {
    RN_OPT_ENUM(rn_schedule_args, unit, "step,epoch", "what t counts"),
    RN_OPT_F64(rn_schedule_args, every, 0, 0, 1e15, "length of a stair, or of the first period"),
    RN_OPT_F64(rn_schedule_args, gamma, 0, 0, 1e15, "factor of a stair or per unit; slope"),
    RN_OPT_F64(rn_schedule_args, power, 0, 0, 1e3, "exponent"),
    RN_OPT_F64(rn_schedule_args, until, 0, 0, 1e15, "t where it ends"),
    RN_OPT_F64(rn_schedule_args, start, 0, 0, 1e6, "first factor"),
    RN_OPT_F64(rn_schedule_args, end, 0, 0, 1e6, "last factor"),
    RN_OPT_F64(rn_schedule_args, grow, 1, 1, 1e3, "each period is so many times as long as the one before"),
    { 0 },
};

static const row *find(const char *name)
{
    for (int i = 0; i < (int)RN_COUNTOF(rows); i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}

static bool check(const rn_schedule *s, const rn_site *site)
{
    const rn_schedule_args *a = &s->args;
    const char *needs = s->row->needs;
    const bool given = !*needs || (strstr(needs, "until") && a->until > 0) ||
                       (strstr(needs, "every") && a->every > 0) || (strcmp(needs, "gamma") == 0 && a->gamma > 0) ||
                       (strcmp(needs, "at") == 0 && a->at[0] > 0);
    if (!given) return rni_fail(RN_ERR_ARG, site, s->row->name, "the schedule needs %s", needs);
    for (int i = 1; i < (int)RN_COUNTOF(a->at) && a->at[i] > 0; i++)
        if (a->at[i] <= a->at[i - 1]) return rni_fail(RN_ERR_ARG, site, s->row->name, "at must grow");
    return true;
}

/* Takes over `args` (made by rni_args_…) and `then`; `ok` says whether they could be made. */
static rn_schedule *make(const row *r, const rn_site *site, rn_schedule_args args, rn_schedule *then, bool ok)
{
    const rni_args_of of = { r->name, opts, (int64_t)sizeof args };
    rn_schedule *s = ok ? rni_alloc((int64_t)sizeof *s) : NULL;
    if (s) {
        *s = (rn_schedule){ .row = r, .args = args, .then = then, .by_epoch = strcmp(args.unit, "epoch") == 0 };
        s->args.unit = NULL;
        if (s->args.gamma == 0) s->args.gamma = r->gamma;
        if (s->args.power == 0) s->args.power = r->power;
        then = NULL;
        if (!check(s, site)) {
            rn_schedule_free(s);
            s = NULL;
        }
    }
    rni_args_free(&of, &args);
    rn_schedule_free(then);
    return s;
}

static rn_schedule *from_args(const char *name, const rn_schedule_args *a)
{
    const rni_args_of of = { name, opts, (int64_t)sizeof *a };
    rn_schedule_args args = { 0 };
    const bool ok = rn_ok() && rni_args_take(&of, &a->site, a, &args);
    memcpy(args.at, a->at, sizeof args.at);
    return make(find(name), &a->site, args, a->then, ok);
}

rn_schedule *rn_schedule_constant_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("constant", args);
}

rn_schedule *rn_schedule_step_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("step", args);
}

rn_schedule *rn_schedule_multistep_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("multistep", args);
}

rn_schedule *rn_schedule_exponential_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("exponential", args);
}

rn_schedule *rn_schedule_polynomial_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("polynomial", args);
}

rn_schedule *rn_schedule_inverse_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("inverse", args);
}

rn_schedule *rn_schedule_cosine_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("cosine", args);
}

rn_schedule *rn_schedule_warmup_at(const rn_schedule_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return from_args("warmup", args);
}

rn_schedule *rn_schedule_function(double (*fn)(void *user, double t), void *user, const char *unit)
{
    if (!rn_ok()) return NULL;
    const bool epoch = unit && strcmp(unit, "epoch") == 0;
    if (!fn || (unit && !epoch && strcmp(unit, "step") != 0)) {
        rni_fail(RN_ERR_ARG, NULL, "schedule_function", "there is no function, or the unit is not step or epoch");
        return NULL;
    }
    rn_schedule *s = rni_alloc((int64_t)sizeof *s);
    if (s) *s = (rn_schedule){ .fn = fn, .user = user, .by_epoch = epoch };
    return s;
}

/* ---- by name ---- */

static const char *row_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(rows) ? rows[i].name : NULL;
}

static bool read_stairs(double *at, const char *text)
{
    int n = 0;
    for (const char *s = text; *s; n++) {
        const int64_t length = (int64_t)strcspn(s, ",");
        if (n == (int)RN_COUNTOF(((rn_schedule_args *)0)->at)) return false;
        if (!rni_parse_f64(s, length, &at[n]) || !(at[n] > 0)) return false;
        s += length + (s[length] == ',');
    }
    return n > 0;
}

/* Takes "at" and "then" out of the settings; the rest are rows. */
static bool read_settings(const char *name, const rn_setting *settings, int64_t n, rn_schedule_args *args,
                          rn_schedule **then)
{
    rn_setting rest[32];
    double at[RN_COUNTOF(args->at)] = { 0 };
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++) {
        if (strcmp(settings[i].name, "at") == 0) {
            if (!read_stairs(at, settings[i].text))
                return rni_fail(RN_ERR_ARG, NULL, name, "at cannot be \"%s\"", settings[i].text);
        } else if (strcmp(settings[i].name, "then") == 0) {
            rn_schedule_free(*then);
            *then = rn_schedule_make(settings[i].text, NULL, 0);
            if (!*then) return false;
        } else if (k == (int64_t)RN_COUNTOF(rest))
            return rni_fail(RN_ERR_ARG, NULL, name, "too many settings");
        else
            rest[k++] = settings[i];
    }
    const rni_args_of of = { name, opts, (int64_t)sizeof *args };
    const bool ok = rni_args_from_settings(&of, NULL, rest, k, args);
    memcpy(args->at, at, sizeof at);
    return ok;
}

rn_schedule *rn_schedule_make(const char *name, const rn_setting *settings, int64_t n)
{
    if (!rn_ok()) return NULL;
    const row *r = name ? find(name) : NULL;
    if (!r) {
        rni_fail(RN_ERR_ARG, NULL, "schedule", "there is no schedule \"%s\"", name ? name : "");
        const char *near = name ? rni_nearest(name, row_name, NULL) : NULL;
        if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
        return NULL;
    }
    rn_schedule_args args = { 0 };
    rn_schedule *then = NULL;
    const bool ok = read_settings(r->name, settings, n, &args, &then);
    return make(r, NULL, args, then, ok);
}

void rn_schedule_free(rn_schedule *schedule)
{
    while (schedule) {
        rn_schedule *then = schedule->then;
        rni_free(schedule);
        schedule = then;
    }
}

double rn_schedule_factor(const rn_schedule *s, double step, double epoch)
{
    if (!s) return 1;
    const double t = s->by_epoch ? epoch : step;
    if (s->fn) return s->fn(s->user, t);
    const double f = s->row->factor(&s->args, t);
    if (!s->then || t < s->args.until) return f;
    /* what follows begins at its own zero */
    return rn_schedule_factor(s->then, s->by_epoch ? step : step - s->args.until,
                              s->by_epoch ? epoch - s->args.until : epoch);
}
