/* What projects are made of, what is wrong with one, and how its learning rate will go. All answers come from the
 * library's own tables and rules; nothing is computed. */
#include "base/alloc.h"
#include "base/error.h"
#include "console/console_p.h"
#include "console/machine.h"
#include "console/projects.h"
#include "console/route.h"
#include "project/inspect.h"
#include "project/optimize.h"
#include "project/palette.h"

static bool functions(rni_request *q)
{
    return rni_palette_write(&q->out);
}

static bool function(rni_request *q)
{
    if (rni_palette_write_one(q->parameter[0], &q->out)) return true;
    return rn_ok() ? rni_refuse(q, 404, "there is no link or function \"%.80s\"", q->parameter[0]) : false;
}

static bool check(rni_request *q)
{
    rni_machine machine;
    rni_inspection *i = rni_inspect(&(rni_inspect_args){ .text = q->body,
                                                         .n = q->body_bytes,
                                                         .source = "project",
                                                         .sketches = q->console->sketches,
                                                         .machine = rni_machine_known(q->console->machine, &machine) });
    const bool ok = i && rni_inspection_write(i, &q->out);
    rni_inspection_free(i);
    return ok;
}

static double number_member(const rni_request *q, const char *key, double fallback)
{
    const rni_json *v = rni_json_get(q->json, key);
    return v ? rni_json_number(v) : fallback;
}

/* The rate over a training, as often as points are asked for. */
static bool schedule(rni_request *q)
{
    const double epochs = number_member(q, "epochs", 10), steps = number_member(q, "steps", 1000);
    const double rate = number_member(q, "rate", 1);
    const int64_t points = (int64_t)number_member(q, "points", 200);
    rn_schedule *s = rni_schedule_read(rni_json_get(q->json, "schedule"), epochs);
    if (!s) return false;
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "points");
    rni_json_array_begin(&q->w);
    for (int64_t i = 0; i < points; i++) {
        const double part = (double)i / (double)(points - 1), step = part * steps;
        rni_json_array_begin(&q->w);
        rni_json_write_number(&q->w, step);
        rni_json_write_number(&q->w, rate * rn_schedule_factor(s, step, part * epochs));
        rni_json_array_end(&q->w);
    }
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    rn_schedule_free(s);
    return true;
}

static const rni_field schedule_fields[] = {
    { "schedule", "as in a project: a name or an object", RNI_FIELD_ANY, .required = true },
    { "rate", "that it multiplies; 1, if left out", RNI_FIELD_NUMBER, .min = 0, .max = 1e30 },
    { "epochs", "of the training; 10, if left out", RNI_FIELD_NUMBER, .min = 0, .max = 1e9 },
    { "steps", "of the training; 1000, if left out", RNI_FIELD_NUMBER, .min = 0, .max = 1e15 },
    { "points", "200, if left out", RNI_FIELD_INT, .min = 2, .max = 5000 },
    { 0 },
};

const rni_route rni_routes_network[] = {
    { "GET", "/functions",
      "What networks and trainings are made of: layers with their options and documentation, losses, "
      "optimizers, schedules, hooks",
      "{layers, losses, metrics, optimizers, schedules, hooks, initialisers, members}", "rensa ops", RNI_ROLE_VIEWER,
      functions },
    { "GET", "/functions/{function}", "A link or function", "as in layers of /functions", "rensa ops FUNCTION",
      RNI_ROLE_VIEWER, function },
    { "POST", "/check", "All errors of a project, which may be unfinished; shapes, parameters and costs of its layers",
      "{errors, warnings, data, networks: {NAME: {inputs, layers, total}}}", "rensa inspect project.json --json",
      RNI_ROLE_VIEWER, check, .raw = "the project", .limit = RNI_PROJECT_BYTES },
    { "POST", "/schedule", "The learning rate over a training", "{points: [[step, rate]]}", NULL, RNI_ROLE_VIEWER,
      schedule, .body = schedule_fields },
    { 0 },
};
