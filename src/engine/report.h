/* What the compiler made of what was recorded, in figures and words: collected only while somebody asks. The passes say
 * what they left undone and why (rni_why), the plan says what its steps are. */
#ifndef RNI_ENGINE_REPORT_H
#define RNI_ENGINE_REPORT_H

#include <rensa/op.h>
#include <rensa/profile.h>

/* Something that a pass could not do between two calls. */
typedef struct {
    const char *pass, *why; /* literals */
    char *from, *to;        /* names of functions; owned. `to` may be NULL */
    int64_t count;
    double bytes; /* of the values between them, which therefore go through memory */
} rni_reason;

typedef struct rni_why {
    rni_reason *at;
    int64_t n, capacity;
} rni_why;

/* Notes it, or counts it where the same was noted before. Does nothing for NULL. */
void rni_why_add(rni_why *w, const char *pass, const char *from, const char *to, const char *why, double bytes);

/* One call of a kernel. */
typedef struct {
    char *function, *grad_of, *file; /* owned; grad_of and file may be NULL */
    char *shapes;                    /* "f32[64, 20] f32[20] -> f32[64, 20]"; owned */
    char *layout;                    /* order of axes of the result in memory where it is not row-major; owned */
    const char *kernel;
    const char *added; /* why the compiler has put it in; NULL for what was recorded. A literal */
    int line;
    int calls;                      /* how many of those recorded it stands for, at least 1 */
    bool in_place, within, plain_c; /* within: the step before, piece by piece */
    rn_cost cost;                   /* without views and options */
    bool counted;                   /* the operations are known */
    int64_t live;                   /* bytes held for this run while it runs */
    int32_t *input;
    int n_inputs;   /* steps whose results it reads, in their order, each once; below 0: what is given */
    double seconds; /* the shortest run, 0: not timed */
} rni_report_step;

/* One plan. */
typedef struct {
    uint64_t number;
    char device[48];
    struct {
        int64_t calls, views, values;
        double flop, bytes; /* as if each call ran alone */
        int64_t peak;       /* bytes, as if each value lived from its call to its last use */
    } recorded;
    int64_t calls_lowered; /* after composites have been taken apart */
    rni_report_step *step;
    int64_t n_steps;
    int64_t given_bytes, donated_bytes, result_bytes, slab_bytes, peak; /* peak: without what is given */
    double flop, bytes;
    rni_why why;
    int64_t runs; /* since the times were forgotten */
} rni_report_plan;

typedef struct rni_report {
    rni_report_plan **plan;
    int64_t n, capacity;
} rni_report;

rni_report *rni_report_new(void);
void rni_report_free(rni_report *r); /* NULL is fine */
/* From here to the end of the innermost scope, what this thread compiles is described and what it runs is timed. */
bool rni_report_push(rni_report *r);
/* Runs count anew, as after warming up. */
void rni_report_forget_times(rni_report *r);

/* Operations of a step, a multiplication with an addition being two; below 0 where they are not known. */
double rni_report_flop(const rni_report_step *s);

/* ---- for the compiler ---- */

struct rni_graph;
struct rni_plan;

/* A new plan's description, with the figures of what was recorded. NULL where nobody asks (or with an error pending).
 */
rni_report_plan *rni_report_plan_begin(const struct rni_graph *g);
/* Adds what came out. writer[i] is the step that has made the value of view i, -1 - k for a given value k. Logs it
 * where RENSA_LOG=plan asks for that; a description that is only for the log ends here. */
bool rni_report_plan_end(rni_report_plan *r, const struct rni_plan *p, const int32_t *writer);
/* Of a plan that could not be compiled. NULL is fine. */
void rni_report_plan_drop(rni_report_plan *r);

#endif
