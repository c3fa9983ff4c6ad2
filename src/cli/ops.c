/* rensa ops: the table of functions prints itself. */
#include "cli/cli.h"

#include "base/str.h"
#include "engine/op_table.h"

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

static int run(int argc, char **argv)
{
    const cli_option options[] = { { 0 } };
    int n;
    if (!cli_options(&cli_ops, options, argc, argv, &n)) return EXIT_USAGE;
    if (n == 0) list_all();
    for (int i = 1; i <= n; i++) {
        const rn_op *op = rn_op_find(argv[i]);
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
    .arguments = "[NAME...]",
    .brief = "list the functions on tensors, or explain some",
    .help = "Without a name, lists all functions by topic.",
    .run = run,
};
