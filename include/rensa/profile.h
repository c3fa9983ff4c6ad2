/* Looking at what runs: functions that are called around each step of an evaluation, and what is made of them: a table
 * of times and memory, and a trace for chrome://tracing or Perfetto.
 *
 *     rn_profile *p = rn_profile_new();
 *     RN_SCOPE {
 *         rn_profile_push(p);                      // until the scope ends
 *         rn_item(loss_of(model, batch));
 *     }
 *     rn_profile_print(p, stdout);
 *     rn_profile_free(p);
 *
 * A step is a call of one kernel: a function, or several that the compiler has made one. Where there is no hook, none
 * of this costs anything. */
#ifndef RENSA_PROFILE_H
#define RENSA_PROFILE_H

#include <rensa/backend.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One step that is run, as hooks see it. All pointers are borrowed, until the hook returns. */
typedef struct rn_function_run {
    size_t size;
    const char *function; /* "conv", or "mul+add+relu" of calls that are one */
    const char *grad_of;  /* the function whose gradient this is a part of; NULL in the forward pass */
    const char *kernel;   /* of the back end: "conv", "map", "reduce", ... */
    const char *device;
    rn_site site; /* of the forward call; of the last one, where several are one */
    int n_in, n_out;
    const rn_view *in, *out; /* inputs that were left out have dtype RN_DTYPE_NONE; results are there at the end */
    int64_t step, steps;     /* which one of the plan's steps */
    uint64_t plan;           /* the plan's number, unlike that of any other plan of the process */
    int64_t bytes_live;      /* intermediate values and results that this run holds at this step */
    int64_t bytes_used;      /* of the device, by all tensors and this run */
    double flop, bytes;      /* operations (below 0: not known) and bytes that the function says it takes */
    double begin, seconds;   /* when it began, by a clock that is never set; how long it took, 0 before the end */
} rn_function_run;

/* What is called before and after each step. A callback that returns false, or raises an error (rn_fail), ends the
 * evaluation with that error. It must neither look at values of tensors nor add or remove hooks; the contents of `in`
 * and `out` may be read where the device's memory is the host's. */
typedef struct rn_function_hook {
    const char *name; /* in errors */
    bool (*begin)(void *user, const rn_function_run *run);
    bool (*end)(void *user, const rn_function_run *run); /* after each begin that returned true, in the reverse order */
    void (*removed)(void *user);                         /* the hook is called no more. Any of the three may be NULL */
} rn_function_hook;

/** Calls `hook` around every step that this thread runs from now on, until rn_function_hook_pop or the end of the
 *  innermost open scope. `hook` and `user` must stay as long. Errors: ARG for NULL, STATE inside of a hook.
 *  Thread-safe: each thread has its own. */
RN_API bool rn_function_hook_push(const rn_function_hook *hook, void *user);
/** Takes the hook away that was added last. Errors: STATE where there is none in this scope, or inside of a hook. */
RN_API bool rn_function_hook_pop(void);
/** How many hooks this thread has. */
RN_API int64_t rn_function_hook_count(void);

/* ---- times and memory, added up ---- */

typedef struct rn_profile rn_profile;

/* What is told apart: functions, or the lines that they were called on. */
typedef enum rn_profile_by { RN_PROFILE_FUNCTION, RN_PROFILE_LINE } rn_profile_by;

/* Texts are borrowed, valid until the profile ends or sees another step. */
typedef struct rn_profile_row {
    const char *function, *grad_of; /* by line: the function of the call that took longest */
    const char *kernel, *file;      /* of that call, too */
    int line;
    int64_t calls;
    double seconds, shortest, longest; /* all calls; one call */
    double flop, bytes;                /* of all calls */
    int64_t bytes_live, bytes_used;    /* the most at any of them, see rn_function_run */
} rn_profile_row;

/** An empty profile. Owned: rn_profile_free. */
RN_API rn_profile *rn_profile_new(void);
RN_API void rn_profile_free(rn_profile *profile); /**< NULL is fine; not while it is pushed */
/** Adds up what this thread runs, as rn_function_hook_push. */
RN_API bool rn_profile_push(rn_profile *profile);
/** Number of rows: the first has taken the most time. */
RN_API int64_t rn_profile_count(rn_profile *profile, rn_profile_by by);
/** A row, 0 <= i < rn_profile_count; zeros outside. */
RN_API rn_profile_row rn_profile_row_at(rn_profile *profile, rn_profile_by by, int64_t i);
/** Seconds in steps, all together. */
RN_API double rn_profile_seconds(const rn_profile *profile);
/** Both tables as text, at most 100 columns wide; of each the `rows` longest rows (0: 20). Errors: IO. */
RN_API bool rn_profile_print_at(rn_profile *profile, FILE *to, int rows);
#define rn_profile_print(profile, to) rn_profile_print_at(profile, to, 0)
/** Both tables as a JSON file, times in seconds. Errors: IO. */
RN_API bool rn_profile_save(rn_profile *profile, const char *path);

/* ---- a trace ---- */

typedef struct rn_trace rn_trace;

/** Begins a file in the trace-event format of Chrome, which Perfetto reads as well: a bar for each step and for each
 *  evaluation, and the memory in use. It takes 200,000 steps; how many came after them stands in the file. Owned:
 *  rn_trace_close. Errors: IO. */
RN_API rn_trace *rn_trace_open(const char *path);
/** Writes down what this thread runs, as rn_function_hook_push; several threads may do so. */
RN_API bool rn_trace_push(rn_trace *trace);
/** Ends the file, which appears under its name only now. False with an error pending. Errors: IO. NULL is fine. */
RN_API bool rn_trace_close(rn_trace *trace);

#ifdef __cplusplus
}
#endif
#endif
