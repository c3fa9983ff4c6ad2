/* rensa ops: the table of functions prints itself. */
#include "cli/cli.h"

#include "base/str.h"
#include "engine/cost.h"
#include "engine/op_table.h"
#include "project/palette.h"

#include <stdlib.h>
#include <string.h>

static void list_all(void)
{
    const char *topic, *last = "";
    int n = 0;
    for (const rn_op *op; (op = rn_op_at(n, &topic)) != NULL; n++) {
        if (op->flags & RN_OP_INTERNAL) continue;
        if (strcmp(topic, last) != 0) printf("%s%s\n", n ? "\n" : "", topic);
        last = topic;
        printf("  %-28s %s\n", op->name, op->doc.brief ? op->doc.brief : "");
    }
}

static void line(const char *label, const char *text)
{
    if (text && *text) printf("  %-9s %s\n", label, text);
}

/* "f32[2,3]", of inputs without values. */
static rn_tensor *input_of(const char *text)
{
    char type[8] = "";
    int used = 0;
    rn_shape shape = { 0 };
    if (sscanf(text, "%7[a-z0-9][%n", type, &used) != 1) return NULL;
    for (const char *s = text + used; *s && *s != ']' && shape.rank < RN_MAX_RANK; s += *s == ',') {
        char *end;
        shape.dim[shape.rank++] = strtoll(s, &end, 10);
        s = end;
    }
    return rn_array(rn_dtype_by_name(type), shape, NULL);
}

static bool call_case(const rn_op *op, const rn_case *row, rn_tensor **out)
{
    rn_tensor *in[RN_INPUTS_MAX];
    char opts[RNI_RANDOM_OPTS_MAX], text[512], *rest = NULL;
    int64_t n = 0;
    if (op->opts_size > sizeof opts) return false;
    rn_opts_default(op, opts);
    snprintf(text, sizeof text, "%s", row->with ? row->with : "");
    for (char *s = strtok_r(text, " ", &rest); s; s = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(s, '=');
        if (!value) return false;
        *value = '\0';
        if (!rn_opts_set(op, opts, s, value + 1, NULL)) return false;
    }
    snprintf(text, sizeof text, "%s", row->in ? row->in : "");
    for (char *s = strtok_r(text, " ", &rest); s; s = strtok_r(NULL, " ", &rest)) {
        const char *colon = strchr(s, ':');
        if (!colon || n == RN_INPUTS_MAX || !(in[n++] = input_of(colon + 1))) return false;
    }
    return rn_op_call(op, NULL, in, n, opts, out);
}

static void add_count(rni_str *s, double count, const char *what)
{
    if (count > 0) rni_str_addf(s, "%s%.15g %s", s->length ? ", " : "", count, what);
}

/* What the first test case costs. */
static void cost_line(const rn_op *op)
{
    const rn_case *row = op->cases;
    while (row && row->in && row->fails) row++;
    if (!row || !row->in || op->kind == RN_FUNCTION || op->kind == RN_VIEW) return;
    rn_tensor *out[RN_INPUTS_MAX] = { NULL };
    rn_cost c = { 0 };
    rni_str s = { 0 };
    RN_SCOPE
    if (call_case(op, row, out) && rni_cost_of_result(out[0], &c)) {
        add_count(&s, c.multiply_add, "multiply-add");
        add_count(&s, c.add, "add");
        add_count(&s, c.multiply, "multiply");
        add_count(&s, c.divide, "divide");
        add_count(&s, c.exponential, "exponential");
        add_count(&s, c.compare, "compare");
        add_count(&s, c.bytes, "bytes");
        printf("  %-9s %s; for %s%s%s\n", "cost", s.at ? s.at : "nothing", row->in, *row->in && row->with ? " " : "",
               row->with ? row->with : "");
    }
    rn_error_clear();
    rni_str_free(&s);
}

static void describe(const rn_op *op)
{
    static const char *const kinds[] = {
        "", "elementwise", "reduction", "view", "kernel", "composite", "made of other functions"
    };
    printf("%s(%s)  %s\n", op->name, op->inputs ? op->inputs : "", op->doc.brief ? op->doc.brief : "");
    line("formula", op->doc.formula ? op->doc.formula : op->kind == RN_MAP ? op->expr : NULL);
    line("kind", kinds[op->kind]);
    line("shapes", op->doc.shapes);
    line("types", op->doc.types);
    line("errors", op->doc.errors);
    cost_line(op);
    line("source", op->doc.source);
    line("ONNX", op->onnx);
    line("NNP", op->nnp);
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        printf("  %s%-16s %s", o->flags & RN_OPT_REQUIRED ? " " : ".", o->name, o->help ? o->help : "");
        if (o->type == RN_OPT_TYPE_ENUM)
            printf(" (%s)", o->choices);
        else if (!(o->flags & RN_OPT_REQUIRED) &&
                 (o->type == RN_OPT_TYPE_F64 || o->type == RN_OPT_TYPE_I64 || o->type == RN_OPT_TYPE_I64S))
            printf(" (default %g)", o->value);
        puts("");
    }
}

static int print_palette(const char *name)
{
    rni_str s = { 0 };
    if (name ? rni_palette_write_one(name, &s) : rni_palette_write(&s)) fputs(s.at, stdout);
    rni_str_free(&s);
    return cli_end();
}

static int run(int argc, char **argv)
{
    bool json = false;
    const cli_option options[] = {
        { "json", NULL, "as JSON, for editors: also links, losses, metrics, optimizers, schedules, hooks", CLI_SWITCH,
          &json, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_ops, options, argc, argv, &n)) return EXIT_USAGE;
    if (n == 0 && json) return print_palette(NULL);
    if (n == 0) list_all();
    for (int i = 1; i <= n; i++) {
        const rn_op *op = rn_op_find(argv[i]);
        if (json && (op || rn_link_type_find(argv[i]))) {
            if (print_palette(argv[i])) return 1;
            continue;
        }
        if (!op) {
            const char *near = rni_nearest(argv[i], cli_op_name, NULL);
            fprintf(stderr, "rensa ops: there is no function \"%s\"\n", argv[i]);
            if (near) fprintf(stderr, "  hint    did you mean \"%s\"?\n", near);
            return 1;
        }
        describe(op);
    }
    return 0;
}

const cli_command cli_ops = {
    .name = "ops",
    .arguments = "[NAME...] [--json]",
    .brief = "list the functions on tensors, or explain some",
    .help = "Without a name, lists all functions by topic.",
    .run = run,
};
