/* The recorded graph as a picture: Graphviz's dot language. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/shape.h"
#include "base/str.h"

typedef struct {
    rni_node **at;
    int64_t count, capacity;
} list;

static bool add(list *l, rni_node *node, uint64_t mark)
{
    if (node->mark == mark) return true;
    rni_node **p = rni_grow(l->at, l->count, &l->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    l->at = p;
    node->mark = mark;
    node->order = (int32_t)l->count;
    l->at[l->count++] = node;
    return true;
}

static void tensor_text(rni_str *s, const rn_tensor *x)
{
    char shape[RNI_SHAPE_TEXT];
    const char *name = rn_tensor_name(x);
    rni_str_addf(s, "%s%s%s%s", name ? name : "", name ? ": " : "", rn_dtype_name((rn_dtype)x->dtype),
                 rni_shape_text(&x->shape, shape));
}

static void draw(rni_str *s, const rni_node *node)
{
    if (node->op)
        rni_str_addf(s, "  n%d [shape=box, style=filled, fillcolor=\"#e8f0fe\", label=\"%s\\n", node->order,
                     node->op->name);
    else
        rni_str_addf(s, "  n%d [shape=ellipse, style=filled, fillcolor=\"%s\", label=\"", node->order,
                     node->out->version_of ? "#fef3e0" : "#eeeeee");
    tensor_text(s, &node->out[0]);
    rni_str_add(s, "\"];\n");
    for (int i = 0; i < node->n_in; i++)
        if (node->in[i]) rni_str_addf(s, "  n%d -> n%d;\n", node->in[i]->node->order, node->order);
}

bool rn_graph_save_at(const rn_site *site, const char *path, rn_list outputs)
{
    if (!rn_ok()) {
        rni_error_trail(site, "graph_save");
        return false;
    }
    if (!path) return rni_fail(RN_ERR_ARG, site, "graph_save", "the path is NULL");
    if (outputs.n > 0 && !rni_given(outputs.at, site, "graph_save", "outputs")) return false;
    rni_thread *t = rni_thread_self();
    const uint64_t mark = ++t->walk;
    list l = { 0 };
    bool ok = true;
    for (int64_t i = 0; ok && i < outputs.n; i++)
        ok = rni_is_tensor(outputs.at[i], site, "graph_save") && add(&l, rni_value_of(outputs.at[i])->node, mark);
    for (int64_t k = 0; ok && k < l.count; k++)
        for (int i = 0; ok && i < l.at[k]->n_in; i++)
            if (l.at[k]->in[i]) ok = add(&l, l.at[k]->in[i]->node, mark);
    rni_str s = { 0 };
    rni_str_add(&s, "digraph rensa {\n  rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=10];\n");
    for (int64_t k = 0; ok && k < l.count; k++) draw(&s, l.at[k]);
    rni_str_add(&s, "}\n");
    ok = ok && !s.failed && rni_file_write(path, s.at, s.length);
    rni_str_free(&s);
    rni_free(l.at);
    return ok;
}
