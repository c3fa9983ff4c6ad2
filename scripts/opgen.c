/* Writes what is derived from the table of functions: include/rensa/ops.h (argument structs and prototypes),
 * src/ops/ops.c (the wrappers), docs/ops/ (a page per topic, and one of contents), docs/links.md and
 * docs/optimizers.md. All are committed; a test compares. Usage: opgen ROOT [check] */
#include "base/str.h"
#include "engine/op_table.h"
#include "nngen.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const rn_op *ops[2048];
static const char *topics[2048];
static int n_ops;

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const rn_op *const *)a)->name, (*(const rn_op *const *)b)->name);
}

static const char *c_type(const rn_opt *o)
{
    static const char *const names[RN_OPT_TYPE_COUNT] = {
        [RN_OPT_TYPE_F64] = "double ",       [RN_OPT_TYPE_I64] = "int64_t ",      [RN_OPT_TYPE_BOOL] = "bool ",
        [RN_OPT_TYPE_ENUM] = "const char *", [RN_OPT_TYPE_DTYPE] = "rn_dtype ",   [RN_OPT_TYPE_AXES] = "rn_axes ",
        [RN_OPT_TYPE_SHAPE] = "rn_shape ",   [RN_OPT_TYPE_RANGES] = "rn_ranges ", [RN_OPT_TYPE_I64S] = "int64_t ",
        [RN_OPT_TYPE_TEXT] = "const char *",
    };
    return names[o->type];
}

/* Number of inputs before the list, -1 for a function without one. */
static int before_list(const rn_op *op)
{
    bool list;
    const int names = rni_op_inputs(op, NULL, &list);
    return list ? names - 1 : -1;
}

/* ---- ops.h ---- */

static void default_text(const rn_opt *o, char *buf, size_t size)
{
    buf[0] = '\0';
    if (o->flags & RN_OPT_REQUIRED) return;
    if (o->type == RN_OPT_TYPE_ENUM)
        snprintf(buf, size, "one of %s (the first is the default)", o->choices);
    else if (o->type == RN_OPT_TYPE_BOOL)
        snprintf(buf, size, "default false");
    else if (o->type == RN_OPT_TYPE_DTYPE && o->value > 0)
        snprintf(buf, size, "default %s", rn_dtype_name((rn_dtype)o->value));
    else if (o->type == RN_OPT_TYPE_F64 || o->type == RN_OPT_TYPE_I64 || o->type == RN_OPT_TYPE_I64S)
        snprintf(buf, size, "default %g", o->value);
}

static void doc_line(rni_str *s, const char *label, const char *text)
{
    if (text && *text) rni_str_addf(s, " *  %-9s%s\n", label, text);
}

static void doc_comment(rni_str *s, const rn_op *op)
{
    rni_str_addf(s, "/** %s\n", op->doc.brief ? op->doc.brief : "");
    if (op->doc.formula)
        rni_str_addf(s, " *\n *  %s\n *\n", op->doc.formula);
    else if (op->kind == RN_MAP)
        rni_str_addf(s, " *\n *  %s\n *\n", op->expr);
    doc_line(s, "Shapes",
             op->doc.shapes       ? op->doc.shapes
             : op->kind == RN_MAP ? "inputs broadcast; y as they do"
                                  : NULL);
    doc_line(s, "Types", op->doc.types);
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        char text[256];
        default_text(o, text, sizeof text);
        rni_str_addf(s, " *  %s%s%s: %s%s%s%s\n", o->flags & RN_OPT_REQUIRED ? "Argument " : "Option   .", o->name, "",
                     o->help ? o->help : "", *text ? " (" : "", text, *text ? ")" : "");
    }
    doc_line(s, "Errors", op->doc.errors);
    doc_line(s, "Source", op->doc.source);
    doc_line(s, "Since", op->doc.since);
    rni_str_add(s, " */\n");
}

static void field(rni_str *s, const rn_opt *o)
{
    const bool many = o->type == RN_OPT_TYPE_I64S;
    rni_str_addf(s, "    %s%s", c_type(o), o->name);
    if (many) rni_str_addf(s, "[%d]", o->count);
    rni_str_add(s, ";\n");
}

static void args_struct(rni_str *s, const rn_op *op)
{
    rni_str_addf(s, "typedef struct rn_%s_args {\n", op->name);
    char name[48], mark;
    const int list = before_list(op);
    for (int i = 0; i != list && rni_op_name(op->inputs, i, name, sizeof name, &mark); i++)
        rni_str_addf(s, "    rn_tensor *%s;%s\n", name, mark == '?' ? " /* may be left out */" : "");
    if (list >= 0 && rni_op_name(op->inputs, list, name, sizeof name, &mark))
        rni_str_addf(s, "    rn_list %s;\n", name);
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (o->flags & RN_OPT_REQUIRED && !(o->flags & RN_OPT_HIDDEN)) field(s, o);
    rni_str_add(s, "    rn_site site;\n");
    for (int i = 1; rni_op_name(op->outputs, i, name, sizeof name, &mark); i++)
        rni_str_addf(s, "    rn_tensor **%s; /* to be set to the result of that name */\n", name);
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (!(o->flags & (RN_OPT_REQUIRED | RN_OPT_HIDDEN))) field(s, o);
    rni_str_addf(s, "} rn_%s_args;\n", op->name);
}

static void declaration(rni_str *s, const rn_op *op)
{
    args_struct(s, op);
    doc_comment(s, op);
    rni_str_addf(s, "RN_API rn_tensor *rn_%s_at(const rn_%s_args *args);\n", op->name, op->name);
    const bool nothing = !op->inputs || !*op->inputs;
    bool required = !nothing;
    for (const rn_opt *o = op->opts; o && o->name; o++) required |= (o->flags & RN_OPT_REQUIRED) != 0;
    /* without a required argument the macro may be empty: the site goes first then */
    rni_str_addf(s,
                 required
                     ? "#define rn_%s(...) rn_%s_at(&(rn_%s_args){ __VA_ARGS__, .site = RN_SITE(rn_%s_args) })\n\n"
                     : "#define rn_%s(...) rn_%s_at(&(rn_%s_args){ .site = RN_SITE(rn_%s_args), __VA_ARGS__ })\n\n",
                 op->name, op->name, op->name, op->name);
}

static void write_header(rni_str *s)
{
    rni_str_add(
        s, "/* Functions on tensors. Written by scripts/opgen.c from the table in src/ops; do not edit.\n"
           " *\n"
           " * Required arguments come first and by position, the rest by name: rn_conv(x, w, b, .stride = { 2, 2 }).\n"
           " * An option left out, or zero, has its default. Results are scoped; NULL with an error pending on a "
           "failure.\n"
           " * Every function: inputs must be on one device; thread-safe per thread. */\n"
           "#ifndef RENSA_OPS_H\n#define RENSA_OPS_H\n\n#include <rensa/tensor.h>\n\n"
           "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    for (int i = 0; i < n_ops; i++) declaration(s, ops[i]);
    rni_str_add(s, "#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

/* ---- ops.c ---- */

/* Where the options are in the argument struct; returns the name of the array, "NULL" where there are none. */
static const char *write_offsets(rni_str *s, const rn_op *op)
{
    int n = 0;
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        if (n++ == 0) rni_str_add(s, "    static const int16_t offsets[] = {");
        rni_str_addf(s, " offsetof(rn_%s_args, %s),", op->name, o->name);
    }
    if (n) rni_str_add(s, " };\n");
    return n ? "offsets" : "NULL";
}

static void wrapper(rni_str *s, const rn_op *op, const char *symbol)
{
    const char *n = op->name;
    char name[48], mark;
    rni_str_addf(s, "rn_tensor *rn_%s_at(const rn_%s_args *a)\n{\n", n, n);
    const char *offsets = write_offsets(s, op);
    rni_str_add(s, "    if (!rni_args(a, __func__)) return NULL;\n");
    const int n_out = rni_op_outputs(op);
    rni_str_addf(s, "    rn_tensor *out[%d] = { 0 };\n", n_out);
    const int list = before_list(op), n_in = list >= 0 ? list : rni_op_inputs(op, NULL, NULL);
    if (n_in) {
        rni_str_add(s, "    rn_tensor *const in[] = {");
        for (int i = 0; i < n_in && rni_op_name(op->inputs, i, name, sizeof name, &mark); i++)
            rni_str_addf(s, " a->%s,", name);
        rni_str_add(s, " };\n");
    }
    if (list >= 0) rni_op_name(op->inputs, list, name, sizeof name, &mark);
    if (list > 0)
        rni_str_addf(s, "    if (!rni_apply_list(%s, &a->site, in, %d, &a->%s, a, %s, out)) return NULL;\n", symbol,
                     n_in, name, offsets);
    else if (list == 0)
        rni_str_addf(s, "    if (!rni_apply(%s, &a->site, a->%s.at, a->%s.n, a, %s, out)) return NULL;\n", symbol, name,
                     name, offsets);
    else
        rni_str_addf(s, "    if (!rni_apply(%s, &a->site, %s, %d, a, %s, out)) return NULL;\n", symbol,
                     n_in ? "in" : "NULL", n_in, offsets);
    for (int i = 1; rni_op_name(op->outputs, i, name, sizeof name, &mark); i++)
        rni_str_addf(s, "    if (a->%s) *a->%s = out[%d];\n", name, name, i);
    rni_str_add(s, "    return out[0];\n}\n\n");
}

/* The C name of the row: that of its file, with a number in a family. */
static void symbol_of(const rn_op *wanted, char *symbol, size_t size)
{
    for (const rni_op_row *r = rni_op_rows; r->op; r++) {
        const char *slash = strrchr(r->file, '/');
        const int stem = (int)(strchr(slash, '.') - slash - 1);
        if (!r->family && r->op == wanted) snprintf(symbol, size, "&rn_op_%.*s", stem, slash + 1);
        for (const rn_op *op = r->op; r->family && op->name; op++)
            if (op == wanted) snprintf(symbol, size, "&rn_ops_%.*s[%d]", stem, slash + 1, (int)(op - r->op));
    }
}

static void write_wrappers(rni_str *s)
{
    rni_str_add(
        s,
        "/* The public wrappers of the functions on tensors. Written by scripts/opgen.c; do not edit. */\n"
        "#include <rensa/op.h>\n#include <rensa/ops.h>\n\n#include \"base/error.h\"\n#include \"engine/record.h\"\n\n");
    rni_str body = { 0 };
    for (const rni_op_row *r = rni_op_rows; r->op; r++) {
        const char *slash = strrchr(r->file, '/');
        const int stem = (int)(strchr(slash, '.') - slash - 1);
        rni_str_addf(s, r->family ? "extern const rn_op rn_ops_%.*s[];\n" : "extern const rn_op rn_op_%.*s;\n", stem,
                     slash + 1);
    }
    rni_str_add(s, "\n");
    for (int i = 0; i < n_ops; i++) {
        char symbol[128];
        symbol_of(ops[i], symbol, sizeof symbol);
        wrapper(&body, ops[i], symbol);
    }
    rni_str_add(s, body.at ? body.at : "");
    rni_str_free(&body);
}

/* ---- docs ---- */

static void signature(rni_str *s, const rn_op *op)
{
    char name[48], mark;
    rni_str_addf(s, "rn_%s(", op->name);
    const char *comma = "";
    const int list = before_list(op);
    for (int i = 0; i <= (list >= 0 ? list : RN_INPUTS_MAX) && rni_op_name(op->inputs, i, name, sizeof name, &mark);
         i++, comma = ", ")
        rni_str_addf(s, "%s%s%s", comma, name, mark == '?' ? "?" : "");
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (o->flags & RN_OPT_REQUIRED && !(o->flags & RN_OPT_HIDDEN)) {
            rni_str_addf(s, "%s%s", comma, o->name);
            comma = ", ";
        }
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (!(o->flags & (RN_OPT_REQUIRED | RN_OPT_HIDDEN))) {
            rni_str_addf(s, "%s.%s", comma, o->name);
            comma = ", ";
        }
    rni_str_add(s, ")");
}

static void write_options(rni_str *s, const rn_op *op)
{
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        char text[256];
        default_text(o, text, sizeof text);
        rni_str_addf(s, "- `%s`: %s%s%s%s\n", o->name, o->help ? o->help : "", *text ? " (" : "", text,
                     *text ? ")" : "");
    }
}

static void write_entry(rni_str *s, const rn_op *op)
{
    rni_str_addf(s, "## %s\n\n`", op->name);
    signature(s, op);
    rni_str_addf(s, "`\n\n%s\n\n", op->doc.brief ? op->doc.brief : "");
    if (op->doc.formula || op->kind == RN_MAP)
        rni_str_addf(s, "    %s\n\n", op->doc.formula ? op->doc.formula : op->expr);
    if (op->doc.shapes) rni_str_addf(s, "- Shapes: %s\n", op->doc.shapes);
    if (op->doc.types) rni_str_addf(s, "- Types: %s\n", op->doc.types);
    write_options(s, op);
    if (op->doc.errors) rni_str_addf(s, "- Errors: %s\n", op->doc.errors);
    if (op->doc.source) rni_str_addf(s, "- Source: %s\n", op->doc.source);
    if (op->onnx) rni_str_addf(s, "- ONNX: %s\n", op->onnx);
    rni_str_add(s, "\n");
}

static void write_docs(rni_str *s, const char *topic)
{
    rni_str_addf(s, "<!-- Written by scripts/opgen.c; do not edit. -->\n# Functions: %s\n\n", topic);
    for (int i = 0; i < n_ops; i++)
        if (strcmp(topics[i], topic) == 0) write_entry(s, ops[i]);
}

/* The i-th topic, NULL past the last. */
static const char *topic_at(int i)
{
    const char *last = "";
    for (const rni_op_row *r = rni_op_rows; r->op; r++) {
        if (strcmp(r->topic, last) == 0) continue;
        last = r->topic;
        if (i-- == 0) return last;
    }
    return NULL;
}

static void write_contents(rni_str *s)
{
    rni_str_add(
        s, "<!-- Written by scripts/opgen.c; do not edit. -->\n# Functions\n\n"
           "All functions on tensors, a page per topic. `rensa ops NAME` shows the entry of one in the terminal.\n");
    for (int t = 0; topic_at(t); t++) {
        rni_str_addf(s, "\n## [%s](%s.md)\n\n", topic_at(t), topic_at(t));
        for (int i = 0; i < n_ops; i++)
            if (strcmp(topics[i], topic_at(t)) == 0 && !(ops[i]->flags & RN_OP_INTERNAL))
                rni_str_addf(s, "- [%s](%s.md#%s): %s\n", ops[i]->name, topics[i], ops[i]->name,
                             ops[i]->doc.brief ? ops[i]->doc.brief : "");
    }
}

/* ---- files ---- */

static int differing;

static void put(const char *root, const char *path, rni_str *s, bool check)
{
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", root, path);
    FILE *f = fopen(full, "rb");
    bool same = false;
    if (f) {
        char *old = malloc((size_t)s->length + 2);
        const size_t n = fread(old, 1, (size_t)s->length + 1, f);
        same = (int64_t)n == s->length && memcmp(old, s->at, n) == 0;
        free(old);
        fclose(f);
    }
    if (!same && check) {
        fprintf(stderr, "%s differs from what the table gives: build the target `ops`\n", path);
        differing++;
    } else if (!same) {
        f = fopen(full, "wb");
        if (!f || fwrite(s->at, 1, (size_t)s->length, f) != (size_t)s->length || fclose(f) != 0) {
            fprintf(stderr, "%s: %s\n", full, strerror(errno));
            exit(1);
        }
        printf("wrote %s\n", path);
    }
    rni_str_free(s);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: opgen ROOT [check]\n");
        return 2;
    }
    const bool check = argc > 2 && strcmp(argv[2], "check") == 0;
    for (const rn_op *op; (op = rn_op_at(n_ops, NULL)) != NULL; n_ops++) ops[n_ops] = op;
    qsort(ops, (size_t)n_ops, sizeof *ops, by_name);
    for (int i = 0; i < n_ops; i++)
        for (int k = 0; rn_op_at(k, NULL); k++)
            if (rn_op_at(k, NULL) == ops[i]) rn_op_at(k, &topics[i]);
    rni_str s = { 0 };
    write_header(&s);
    put(argv[1], "include/rensa/ops.h", &s, check);
    write_wrappers(&s);
    put(argv[1], "src/ops/ops.c", &s, check);
    char docs[1024];
    snprintf(docs, sizeof docs, "%s/docs/ops", argv[1]);
    mkdir(docs, 0777);
    write_contents(&s);
    put(argv[1], "docs/ops/README.md", &s, check);
    for (int i = 0; topic_at(i); i++) {
        char path[256];
        snprintf(path, sizeof path, "docs/ops/%s.md", topic_at(i));
        write_docs(&s, topic_at(i));
        put(argv[1], path, &s, check);
    }
    nngen_links(&s);
    put(argv[1], "docs/links.md", &s, check);
    nngen_optimizers(&s);
    put(argv[1], "docs/optimizers.md", &s, check);
    return differing ? 1 : 0;
}
