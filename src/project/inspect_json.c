/* An inspection as JSON. */
#include "base/error.h"
#include "project/inspect.h"

#include <string.h>

static void put_shape(rni_json_writer *w, const char *key, const rn_shape *s)
{
    rni_json_write_key(w, key);
    rni_json_array_begin(w);
    for (int i = 0; i < s->rank; i++) rni_json_write_int(w, s->dim[i]);
    rni_json_array_end(w);
}

static void put_costs(rni_json_writer *w, const char *key, const rni_costs *c)
{
    const struct {
        const char *name;
        double value;
    } rows[] = {
        { "output", c->output },
        { "parameter", c->parameter },
        { "add", c->add },
        { "multiply", c->multiply },
        { "multiply_add", c->multiply_add },
        { "division", c->division },
        { "exp", c->exponential },
        { "if", c->compare },
        { "bytes", c->bytes },
    };
    rni_json_write_key(w, key);
    rni_json_object_begin(w);
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) rni_json_put_int(w, rows[i].name, (int64_t)rows[i].value);
    if (c->seconds > 0) rni_json_put_number(w, "seconds", c->seconds);
    rni_json_object_end(w);
}

static void write_faults(rni_json_writer *w, const char *key, const rni_fault *f, int64_t n)
{
    rni_json_write_key(w, key);
    rni_json_array_begin(w);
    for (int64_t i = 0; i < n; i++, f++) {
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_string(w, "what", f->what);
        if (*f->detail) rni_json_put_string(w, "detail", f->detail);
        rni_json_put_string(w, "path", f->path);
        rni_json_put_string(w, "network", f->network);
        rni_json_put_string(w, "layer", f->layer);
        rni_json_put_string(w, "member", f->member);
        rni_json_put_int(w, "line", f->line);
        rni_json_put_int(w, "column", f->column);
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_column(rni_json_writer *w, const rn_column *c)
{
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", c->name);
    rni_json_put_string(w, "dtype", rn_dtype_name(c->dtype));
    put_shape(w, "shape", &c->shape);
    if (c->class_count) rni_json_put_int(w, "classes", c->class_count);
    rni_json_object_end(w);
}

static void write_data(rni_json_writer *w, const rni_session *s)
{
    rni_json_write_key(w, "data");
    rni_json_object_begin(w);
    for (int64_t i = 0; s && s->datas && i < s->datas->n; i++) {
        const rni_data *d = &s->datas->at[i];
        if (d->state != 2) continue;
        rni_json_write_key(w, d->name);
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_int(w, "examples", rn_dataset_count(d->set));
        rni_json_put_string(w, "source", rn_dataset_source(d->set));
        rni_json_write_key(w, "columns");
        rni_json_array_begin(w);
        for (int k = 0; k < rn_dataset_column_count(d->set); k++) write_column(w, rn_dataset_column(d->set, k));
        rni_json_array_end(w);
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_object_end(w);
}

static void write_params(rni_json_writer *w, const rni_layer_info *l)
{
    rni_json_write_key(w, "parameters");
    rni_json_array_begin(w);
    for (int i = 0; i < l->n_params; i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", l->param[i].name);
        put_shape(w, "shape", &l->param[i].shape);
        if (l->param[i].state) rni_json_put_bool(w, "state", true);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
}

static const char *network_of(const rni_project *p, const rni_layer *l)
{
    for (int64_t k = 0; k < p->n_all; k++)
        if (l >= p->network[k].layer && l < p->network[k].layer + p->network[k].n_layers) return p->network[k].name;
    return NULL;
}

static void write_layer(rni_json_writer *w, const rni_project *p, const rni_layer_info *l)
{
    rni_json_flat_begin(w);
    rni_json_object_begin(w);
    rni_json_put_string(w, "path", l->path);
    rni_json_put_string(w, "name", l->layer->name);
    rni_json_put_string(w, "network", network_of(p, l->layer));
    rni_json_put_string(w, "type", l->type);
    rni_json_put_bool(w, "known", l->known);
    if (l->whole) rni_json_put_bool(w, "unit", true);
    if (l->known) {
        put_shape(w, "shape", &l->shape);
        rni_json_put_string(w, "dtype", rn_dtype_name(l->dtype));
        write_params(w, l);
        if (l->again) rni_json_put_bool(w, "shared", true);
        put_costs(w, "costs", &l->costs);
    }
    rni_json_object_end(w);
    rni_json_flat_end(w);
}

static void write_inputs(rni_json_writer *w, const rni_inspection *in, const rni_network *n)
{
    const rn_dataset *set = in->session->data ? in->session->data->set : NULL;
    rni_json_write_key(w, "inputs");
    rni_json_array_begin(w);
    for (int64_t i = 0; i < n->n_inputs; i++) {
        const rn_column *c = set ? rn_dataset_column(set, rn_dataset_find_column(set, n->input[i])) : NULL;
        rni_json_flat_begin(w);
        if (c)
            write_column(w, c);
        else {
            rni_json_object_begin(w);
            rni_json_put_string(w, "name", n->input[i]);
            rni_json_object_end(w);
        }
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

bool rni_inspection_write(const rni_inspection *in, rni_str *to)
{
    rni_json_writer writer = { .to = to, .indent = 2 }, *w = &writer;
    rni_json_object_begin(w);
    write_faults(w, "errors", in->fault, in->n_faults);
    write_faults(w, "warnings", in->warning, in->n_warnings);
    if (in->machine.known) rni_json_put_string(w, "machine", in->machine.name);
    if (in->session) rni_json_put_int(w, "batch", in->session->training.batch);
    write_data(w, in->session);
    rni_json_write_key(w, "networks");
    rni_json_object_begin(w);
    for (int64_t k = 0; k < in->n_networks; k++) {
        const rni_network_info *net = &in->network[k];
        rni_json_write_key(w, net->network->name);
        rni_json_object_begin(w);
        write_inputs(w, in, net->network);
        rni_json_write_key(w, "layers");
        rni_json_array_begin(w);
        for (int64_t i = 0; i < net->n; i++) write_layer(w, in->session->project, &net->layer[i]);
        rni_json_array_end(w);
        rni_json_flat_begin(w);
        put_costs(w, "total", &net->total);
        rni_json_flat_end(w);
        rni_json_object_end(w);
    }
    rni_json_object_end(w);
    rni_json_object_end(w);
    rni_str_add(to, "\n");
    return !to->failed;
}
