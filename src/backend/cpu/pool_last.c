/* Pooling of images with channels innermost: a window is a list of pixels, and all channels go through it at once. */
#include "backend/cpu/pool.h"

#include "backend/cpu/cpu.h"

#include <rensa/kernels.h>

#include <string.h>

enum { AXES = 3, WINDOW_MOST = 4096 };

static bool is_grad(const rn_kernel_call *c)
{
    return strstr(c->op, "_grad") != NULL;
}

static bool is_average(const rn_kernel_call *c)
{
    return strncmp(c->op, "average", 7) == 0;
}

/* The image that windows go over, and what has one value per window. */
static const rn_view *image_of(const rn_kernel_call *c)
{
    return is_average(c) && is_grad(c) ? &c->out[0] : &c->in[0];
}

static const rn_view *windows_of(const rn_kernel_call *c)
{
    return !is_grad(c) ? &c->out[0] : is_average(c) ? &c->in[0] : &c->in[1];
}

static void last(rn_view *v)
{
    v->stride[1] = 1;
    int64_t step = v->dim[1];
    for (int i = v->rank - 1; i > 1; i--) {
        v->stride[i] = step;
        step *= v->dim[i];
    }
    v->stride[0] = step;
}

static bool lies_last(const rn_view *v)
{
    rn_view like = *v;
    last(&like);
    for (int i = 0; i < v->rank; i++)
        if (v->dim[i] > 1 && v->stride[i] != like.stride[i]) return false;
    return true;
}

const char *rni_cpu_pool_last_refuse(const rn_kernel_call *c)
{
    const rn_pool_opts *o = c->opts;
    int64_t window = 1;
    for (int a = 0; a < c->in[0].rank - 2; a++) window *= o->kernel[a] < WINDOW_MOST ? o->kernel[a] : WINDOW_MOST;
    if (c->in[0].dtype != RN_F32 && c->in[0].dtype != RN_F64) return "channels innermost only in f32 and f64";
    if (window > WINDOW_MOST) return "very large windows";
    if (c->in[0].dim[1] < 2 || !lies_last(&c->in[0])) return "channels are not innermost";
    return NULL;
}

void rni_cpu_pool_last_arrange(rn_kernel_call *c)
{
    for (int i = 0; i < c->n_in + c->n_out; i++) last(&c->in[i]);
}

/* Sizes along three axes, of which a line or a plane has the last ones. */
typedef struct {
    const rn_kernel_call *call;
    const rni_pixels *kernels;
    int bytes; /* of a pixel */
    int64_t images, channels, size[AXES], out[AXES], window[AXES], step[AXES], pad[AXES], pad_end[AXES], dilation[AXES];
    int64_t count; /* pixels of a window */
    bool exclude_pad;
    bool tiles; /* each pixel is in one window */
} job;

static job job_of(const rn_kernel_call *c)
{
    const rn_pool_opts *o = c->opts;
    const rn_view *x = image_of(c), *y = windows_of(c);
    const bool wide = x->dtype == RN_F64;
    job j = { .call = c,
              .kernels = &((const rni_cpu *)c->device)->isa->pixels[wide],
              .bytes = (wide ? 8 : 4) * (int)x->dim[1],
              .images = x->dim[0],
              .channels = x->dim[1],
              .count = 1,
              .exclude_pad = o->exclude_pad,
              .tiles = true };
    for (int a = 0; a < AXES; a++) j.size[a] = j.out[a] = j.window[a] = j.step[a] = j.dilation[a] = 1;
    const int skip = AXES - (x->rank - 2);
    for (int a = skip; a < AXES; a++) {
        const int from = a - skip;
        j.size[a] = x->dim[2 + from];
        j.out[a] = y->dim[2 + from];
        j.window[a] = o->kernel[from];
        j.step[a] = o->stride[from];
        j.pad[a] = o->pad[from];
        j.pad_end[a] = o->pad_end[from];
        j.dilation[a] = o->dilation[from];
        j.count *= j.window[a];
        j.tiles = j.tiles && j.window[a] == j.step[a] && j.dilation[a] == 1 && j.pad[a] == 0 &&
                  j.out[a] * j.step[a] == j.size[a];
    }
    return j;
}

/* Elements first … last of window i that lie in the axis; how many of it count for the divisor. */
static int64_t meet(const job *j, int a, int64_t i, int64_t *first, int64_t *end)
{
    const int64_t start = i * j->step[a] - j->pad[a], d = j->dilation[a];
    *first = start < 0 ? (-start + d - 1) / d : 0;
    *end = j->size[a] > start ? (j->size[a] - start + d - 1) / d : 0;
    if (*end > j->window[a]) *end = j->window[a];
    if (*end < *first) *end = *first;
    if (j->exclude_pad) return *end - *first;
    const int64_t room = j->size[a] + j->pad[a] + j->pad_end[a] - i * j->step[a], most = (room + d - 1) / d;
    return most < j->window[a] ? most : j->window[a];
}

typedef struct {
    const char *x, *other;
    char *to;
    const void **from; /* pixels of the window in x, */
    void **into;       /* and in what is written or read besides */
} lists;

/* Pixels of window (i, k, m); the divisor of its mean. */
static int64_t collect(const job *j, const lists *l, const int64_t *at, const char *image, char *second,
                       double *divisor)
{
    int64_t first[AXES], end[AXES], n = 0;
    *divisor = 1;
    for (int a = 0; a < AXES; a++) *divisor *= (double)meet(j, a, at[a], &first[a], &end[a]);
    for (int64_t u = first[0]; u < end[0]; u++)
        for (int64_t v = first[1]; v < end[1]; v++) {
            const int64_t plane = at[0] * j->step[0] - j->pad[0] + u * j->dilation[0];
            const int64_t row = at[1] * j->step[1] - j->pad[1] + v * j->dilation[1];
            const int64_t start = (plane * j->size[1] + row) * j->size[2] + at[2] * j->step[2] - j->pad[2];
            for (int64_t w = first[2]; w < end[2]; w++, n++) {
                const int64_t pixel = (start + w * j->dilation[2]) * j->bytes;
                l->from[n] = image ? image + pixel : NULL;
                l->into[n] = second ? second + pixel : NULL;
            }
        }
    return n;
}

static void pool_window(const job *j, const lists *l, const int64_t *at, const char *image, char *second, char *value)
{
    const rni_pixels *k = j->kernels;
    double divisor;
    const int64_t n = collect(j, l, at, image, second, &divisor);
    if (is_average(j->call)) {
        if (!(divisor > 0)) divisor = 1;
        if (is_grad(j->call))
            k->mean_grad(l->into, n, value, j->channels, divisor, !j->tiles);
        else
            k->mean(value, l->from, n, j->channels, divisor);
    } else if (is_grad(j->call))
        k->largest_grad(l->into, l->from, n, value, j->channels, !j->tiles);
    else if (second)
        k->largest_take(value, l->from, (const void *const *)l->into, n, j->channels);
    else
        k->largest(value, l->from, n, j->channels);
}

/* Units are rows of windows; where windows write to the image, whole images. */
static int64_t units_of(const job *j)
{
    return is_grad(j->call) ? j->images : j->images * j->out[0] * j->out[1];
}

static int64_t list_bytes(const job *j)
{
    return rni_cpu_round_up(2 * j->count * (int64_t)sizeof(void *), 64);
}

static void pool_rows(const job *j, const lists *l, int64_t image, int64_t from, int64_t to)
{
    const rn_kernel_call *c = j->call;
    const int64_t pixels = j->size[0] * j->size[1] * j->size[2], windows = j->out[0] * j->out[1] * j->out[2];
    const bool grad = is_grad(c), average = is_average(c), take = !grad && !average && c->n_in > 1;
    char *whole = grad ? (char *)c->out[0].data + image * pixels * j->bytes : NULL;
    const char *x = average && grad ? NULL : (const char *)c->in[0].data + image * pixels * j->bytes;
    if (take) whole = (char *)c->in[1].data + image * pixels * j->bytes;
    if (grad && !j->tiles) memset(whole, 0, (size_t)(pixels * j->bytes));
    char *value = (char *)windows_of(c)->data + (image * windows + from * j->out[2]) * j->bytes;
    for (int64_t row = from; row < to; row++)
        for (int64_t w = 0; w < j->out[2]; w++, value += j->bytes)
            pool_window(j, l, (const int64_t[]){ row / j->out[1], row % j->out[1], w }, x, whole, value);
}

static void pool_part(void *user, int thread, int threads)
{
    const job *j = user;
    void **room = (void **)(void *)((char *)j->call->workspace + thread * list_bytes(j));
    const lists l = { .from = (const void **)room, .into = room + j->count };
    int64_t unit, end;
    rni_cpu_part(units_of(j), thread, threads, &unit, &end);
    const int64_t rows = j->out[0] * j->out[1];
    for (; unit < end; unit++) {
        if (is_grad(j->call))
            pool_rows(j, &l, unit, 0, rows);
        else
            pool_rows(j, &l, unit / rows, unit % rows, unit % rows + 1);
    }
}

bool rni_cpu_pool_last_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    (void)state;
    const job j = job_of(c);
    *workspace = list_bytes(&j) * rni_cpu_max_threads(c->device);
    return true;
}

bool rni_cpu_pool_last_run(rn_kernel_call *c)
{
    job j = job_of(c);
    const int64_t units = units_of(&j);
    const double windows = (double)rni_cpu_count(windows_of(c)), pixels = (double)j.count;
    const int threads = rni_cpu_threads(c->device, windows * (0.05 * pixels + 10 * pixels / (double)j.channels));
    if (units > 0) rni_cpu_parallel(threads < units ? threads : (int)units, pool_part, &j);
    return true;
}
