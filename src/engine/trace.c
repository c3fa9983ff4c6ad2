/* A trace of steps in Chrome's trace-event format: complete events in a thread each, memory as a counter. */
#include <rensa/profile.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/shape.h"

#include <pthread.h>

enum { STEPS_MAX = 200000, THREADS_MAX = 256, FLUSH = 1 << 16 /* bytes */, SHAPES = 4 };

/* A thread that has pushed the trace. */
typedef struct {
    rn_trace *trace;
    pthread_t thread;
    int number;
    double run_begin; /* of the evaluation under way */
} source;

struct rn_trace {
    pthread_mutex_t lock; /* of all that follows */
    rni_out out;
    rni_str text; /* not yet written */
    bool failed;
    bool any;
    double start;
    int64_t steps, left_out;
    int n_sources;
    source source[THREADS_MAX];
};

static void flush(rn_trace *t)
{
    if (t->text.length > 0 && !t->failed)
        t->failed = t->text.failed || !rni_out_write(&t->out, t->text.at, t->text.length);
    t->text.length = 0;
}

rn_trace *rn_trace_open(const char *path)
{
    if (!rn_ok() || !rni_given(path, NULL, "trace_open", "path")) return NULL;
    rn_trace *t = rni_alloc((int64_t)sizeof *t);
    if (t && rni_out_begin(&t->out, path)) {
        pthread_mutex_init(&t->lock, NULL);
        rni_str_add(&t->text, "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [");
        return t;
    }
    rni_free(t);
    return NULL;
}

/* ---- events ---- */

/* Begins an event; the caller adds "args" and ends it. Microseconds with a nanosecond's digits. */
static rni_json_writer event(rn_trace *t, const char *phase, const char *name, int thread, double at)
{
    rni_str_add(&t->text, t->any ? ",\n" : "\n");
    t->any = true;
    rni_json_writer w = { .to = &t->text };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "ph", phase);
    rni_json_put_string(&w, "name", name);
    rni_json_put_number(&w, "pid", 1);
    rni_json_put_number(&w, "tid", thread);
    rni_json_put_number(&w, "ts", (double)(int64_t)((at - t->start) * 1e9) * 1e-3);
    return w;
}

static void duration(rni_json_writer *w, double seconds)
{
    rni_json_put_number(w, "dur", (double)(int64_t)(seconds * 1e9) * 1e-3);
}

static void add_views(rni_str *s, const rn_view *v, int n)
{
    for (int i = 0; i < n && i < SHAPES; i++) {
        if (!v[i].dtype) continue;
        char buf[RNI_SHAPE_TEXT];
        rn_shape shape = { .rank = v[i].rank };
        for (int a = 0; a < v[i].rank; a++) shape.dim[a] = v[i].dim[a];
        rni_str_addf(s, " %s%s", rn_dtype_name(v[i].dtype), rni_shape_text(&shape, buf));
    }
    if (n > SHAPES) rni_str_add(s, " ...");
}

static void add_step(rn_trace *t, const source *from, const rn_function_run *r)
{
    rni_str s = { 0 };
    rni_json_writer w = event(t, "X", r->function, from->number, r->begin);
    rni_json_put_string(&w, "cat", r->grad_of ? "gradient" : "forward");
    duration(&w, r->seconds);
    rni_json_write_key(&w, "args");
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "kernel", r->kernel);
    if (r->grad_of) rni_json_put_string(&w, "gradient of", r->grad_of);
    if (r->site.file) {
        rni_str_addf(&s, "%s:%d", r->site.file, r->site.line);
        rni_json_put_string(&w, "line", s.at);
        rni_str_free(&s);
        s = (rni_str){ 0 };
    }
    add_views(&s, r->in, r->n_in);
    rni_str_add(&s, " ->");
    add_views(&s, r->out, r->n_out);
    rni_json_put_string(&w, "shapes", s.at ? s.at + 1 : NULL);
    if (r->flop > 0) rni_json_put_number(&w, "flop", r->flop);
    rni_json_put_number(&w, "bytes", r->bytes);
    rni_json_object_end(&w);
    rni_json_object_end(&w);
    rni_str_free(&s);
}

static void add_memory(rn_trace *t, const source *from, const rn_function_run *r)
{
    rni_json_writer w = event(t, "C", "memory", from->number, r->begin);
    rni_json_write_key(&w, "args");
    rni_json_object_begin(&w);
    rni_json_put_number(&w, "bytes in use", (double)r->bytes_used);
    rni_json_put_number(&w, "of this evaluation", (double)r->bytes_live);
    rni_json_object_end(&w);
    rni_json_object_end(&w);
}

static void add_run(rn_trace *t, const source *from, const rn_function_run *r)
{
    rni_json_writer w = event(t, "X", "evaluation", from->number, from->run_begin);
    rni_json_put_string(&w, "cat", "plan");
    duration(&w, r->begin + r->seconds - from->run_begin);
    rni_json_write_key(&w, "args");
    rni_json_object_begin(&w);
    rni_json_put_number(&w, "plan", (double)r->plan);
    rni_json_put_number(&w, "steps", (double)r->steps);
    rni_json_object_end(&w);
    rni_json_object_end(&w);
}

static bool see(void *user, const rn_function_run *r)
{
    source *from = user;
    rn_trace *t = from->trace;
    if (!rn_ok()) return false; /* the step has failed */
    pthread_mutex_lock(&t->lock);
    if (t->start == 0) t->start = r->begin;
    if (r->step == 0) from->run_begin = r->begin;
    if (t->steps++ < STEPS_MAX) {
        add_step(t, from, r);
        add_memory(t, from, r);
        if (r->step + 1 == r->steps) add_run(t, from, r);
        if (t->text.length > FLUSH) flush(t);
    } else
        t->left_out++;
    const bool ok = !t->failed && rn_ok();
    pthread_mutex_unlock(&t->lock);
    return ok;
}

static void name_thread(rn_trace *t, const source *from)
{
    char name[32];
    snprintf(name, sizeof name, "thread %d", from->number);
    rni_json_writer w = event(t, "M", "thread_name", from->number, t->start);
    rni_json_write_key(&w, "args");
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "name", name);
    rni_json_object_end(&w);
    rni_json_object_end(&w);
}

bool rn_trace_push(rn_trace *t)
{
    static const rn_function_hook hook = { .name = "trace", .end = see };
    if (!rn_ok() || !rni_given(t, NULL, "trace_push", "trace")) return false;
    pthread_mutex_lock(&t->lock);
    source *s = t->source;
    while (s < t->source + t->n_sources && !pthread_equal(s->thread, pthread_self())) s++;
    const bool room = s < t->source + THREADS_MAX;
    if (room && s == t->source + t->n_sources) {
        *s = (source){ .trace = t, .thread = pthread_self(), .number = ++t->n_sources };
        name_thread(t, s);
    }
    pthread_mutex_unlock(&t->lock);
    return room ? rn_function_hook_push(&hook, s)
                : rni_fail(RN_ERR_ARG, NULL, "trace_push", "more than %d threads", THREADS_MAX);
}

bool rn_trace_close(rn_trace *t)
{
    if (!t) return true;
    rni_str_addf(&t->text, "\n], \"otherData\": {\"steps\": %lld, \"steps left out\": %lld}}\n", (long long)t->steps,
                 (long long)t->left_out);
    flush(t);
    bool ok = !t->failed;
    if (ok)
        ok = rni_out_commit(&t->out);
    else
        rni_out_abort(&t->out);
    rni_str_free(&t->text);
    pthread_mutex_destroy(&t->lock);
    rni_free(t);
    return ok;
}
