/* Parameters and other state: cells whose value is replaced, never written.
 *
 * A function takes the value that a cell has at the time of the call, so an update that is recorded later cannot change
 * what an earlier call means. The old value's memory is reused for the new one as soon as nobody needs it: usually at
 * once. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/record.h"

#include <pthread.h>

/* Guards every cell's value pointer, which other threads may read while one replaces it. */
static struct {
    pthread_mutex_t lock;
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

rn_tensor *rni_value_of(rn_tensor *x)
{
    return x->cell ? x->cell->value : x;
}

rn_tensor *rni_value_take(rn_tensor *x)
{
    if (!x->cell) return x;
    pthread_mutex_lock(&g.lock);
    rn_tensor *value = x->cell->value;
    rni_tensor_keep(value);
    pthread_mutex_unlock(&g.lock);
    return value;
}

void rni_value_give(const rn_tensor *x, rn_tensor *value)
{
    if (x->cell) rni_tensor_drop(value);
}

static rn_tensor *cell_new(const rn_site *site, const char *name, rn_tensor *value, bool is_param)
{
    if (!rn_ok()) return NULL;
    if (!rni_is_tensor(value, site, is_param ? "param" : "state")) return NULL;
    rni_thread *t = rni_thread_self();
    value = rni_value_of(value);
    /* The cell owns a version of its own, so that the first update can reuse the memory. */
    rn_tensor *x = rni_leaf_new(t, value->node->device, (rn_dtype)value->dtype, &value->shape, site);
    if (!x) return NULL;
    x->cell = rni_alloc((int64_t)sizeof *x->cell);
    if (!x->cell || !rn_tensor_set_name(x, name)) {
        rni_free(x->cell);
        x->cell = NULL;
        rni_tensor_drop(x);
        return NULL;
    }
    x->cell->refs = 1;
    x->cell->self = x;
    x->cell->trains = is_param && rn_dtype_is_float((rn_dtype)value->dtype);
    if (!rn_assign_at(site, x, value)) {
        rni_tensor_drop(x);
        return NULL;
    }
    return x;
}

rn_tensor *rn_param_at(const rn_site *site, const char *name, rn_tensor *value)
{
    return cell_new(site, name, value, true);
}

rn_tensor *rn_state_at(const rn_site *site, const char *name, rn_tensor *value)
{
    return cell_new(site, name, value, false);
}

static void mark_grad(rn_tensor *version, bool yes)
{
    if (yes)
        version->flags |= RNI_T_GRAD;
    else
        version->flags &= (uint8_t)~RNI_T_GRAD;
}

bool rn_assign_at(const rn_site *site, rn_tensor *cell, rn_tensor *value)
{
    if (!rn_ok()) {
        rni_error_trail(site, "assign");
        return false;
    }
    if (!rni_is_tensor(cell, site, "assign") || !rni_is_tensor(value, site, "assign")) return false;
    rni_thread *t = rni_thread_self();
    if (!cell->cell || cell->cell->is_data)
        return rni_fail(RN_ERR_STATE, site, "assign", "the tensor is neither a parameter nor a state");
    value = rni_value_of(value);
    if (!rni_shape_equal(&cell->shape, &value->shape) || cell->dtype != value->dtype) {
        char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
        rni_fail(cell->dtype != value->dtype ? RN_ERR_DTYPE : RN_ERR_SHAPE, site, "assign", "the value does not fit %s",
                 cell->name ? cell->name : "the cell");
        rni_error_add("expect", "%s%s", rn_dtype_name((rn_dtype)cell->dtype), rni_shape_text(&cell->shape, a));
        rni_error_add("actual", "%s%s", rn_dtype_name((rn_dtype)value->dtype), rni_shape_text(&value->shape, b));
        return false;
    }
    if (t->recomputing) return true;
    rn_tensor *version = value;
    /* A version is a value of its own without history. Results that nothing else can see serve as they are. */
    if (value->version_of || value->node->op == NULL || value->flags & RNI_T_GRAD) {
        const bool present = value->version_of && value->version_of->value == value;
        if (value->buffer && !present) {
            version = rni_leaf_new(t, value->node->device, (rn_dtype)value->dtype, &value->shape, site);
            if (!version) return false;
            rni_buffer_keep(value->buffer);
            version->buffer = value->buffer;
            version->offset = value->offset;
        } else {
            version = rn_detach_at(site, value);
            if (!version) return false;
            rni_tensor_keep(version);
        }
    } else
        rni_tensor_keep(version);
    version->users++; /* the cell reads it: not an unused result */
    rni_sink_remove(t, version);
    version->version_of = cell->cell;
    __atomic_fetch_add(&cell->cell->refs, 1, __ATOMIC_RELAXED);
    version->flags |= RNI_T_LEAF;
    mark_grad(version, cell->cell->trains);
    pthread_mutex_lock(&g.lock);
    rn_tensor *old = cell->cell->value;
    cell->cell->value = version;
    pthread_mutex_unlock(&g.lock);
    if (version->buffer)
        rni_dirty_remove(cell);
    else
        rni_dirty_add(t, cell);
    if (old) rni_tensor_drop(old);
    return true;
}

rn_tensor *rn_value(rn_tensor *cell)
{
    if (!rn_ok() || !rni_is_tensor(cell, NULL, "value")) return NULL;
    rn_tensor *v = rni_value_of(cell);
    rni_thread *t = rni_thread_self();
    if (!v->buffer) return rn_detach_at(NULL, v);
    rn_tensor *x = rni_leaf_new(t, v->node->device, (rn_dtype)v->dtype, &v->shape, NULL);
    if (!x) return NULL;
    rni_buffer_keep(v->buffer);
    x->buffer = v->buffer;
    x->offset = v->offset;
    return rni_scoped(t, x);
}

/* A tensor with a value becomes the handle of a cell: its gradient hangs on the handle, while calls take the value. So
 * the gradient, which was computed from the value, does not hold what it hangs on. */
static bool make_data_cell(rn_tensor *x)
{
    rni_cell *c = rni_alloc((int64_t)sizeof *c);
    rn_tensor *version = NULL;
    if (c) version = rni_leaf_new(x->node->thread, x->node->device, (rn_dtype)x->dtype, &x->shape, &x->node->site);
    if (!version) {
        rni_free(c);
        return false;
    }
    rni_buffer_keep(x->buffer);
    version->buffer = x->buffer;
    version->offset = x->offset;
    version->version_of = c;
    version->flags |= RNI_T_LEAF;
    c->refs = 2;
    c->self = x;
    c->value = version;
    c->is_data = true;
    x->cell = c;
    return true;
}

rn_tensor *rn_require_grad(rn_tensor *x, bool yes)
{
    if (!x || !rni_is_tensor(x, NULL, "require_grad")) return NULL;
    if (yes && !rn_dtype_is_float((rn_dtype)x->dtype)) {
        rni_fail(RN_ERR_DTYPE, NULL, "require_grad", "a tensor of type %s has no gradient",
                 rn_dtype_name((rn_dtype)x->dtype));
        return NULL;
    }
    if (!x->cell && x->node->op) { /* a result: data from here on, unless gradients already pass */
        if (x->flags & RNI_T_GRAD) {
            if (yes) return x;
            rni_fail(RN_ERR_STATE, NULL, "require_grad",
                     "the tensor was computed from something that wants a gradient");
            rni_error_add("hint", "rn_detach gives the value without its history");
            return NULL;
        }
        if (yes && !rni_evaluate(rni_thread_self(), &x, 1, rni_site_current())) return NULL;
    }
    if (!x->cell && (!yes || !make_data_cell(x))) return yes ? NULL : x;
    x->cell->trains = yes;
    mark_grad(x->cell->value, yes);
    return x;
}

bool rn_requires_grad(const rn_tensor *x)
{
    if (!x) return false;
    return x->cell ? x->cell->trains : x->flags & RNI_T_GRAD;
}

rn_tensor *rn_grad_of(const rn_tensor *x)
{
    return x ? x->grad : NULL;
}

bool rn_set_grad(rn_tensor *x, rn_tensor *grad)
{
    if (!rni_is_tensor(x, NULL, "set_grad")) return false;
    if (grad) {
        if (!rni_is_tensor(grad, NULL, "set_grad")) return false;
        /* only a handle can hold a gradient: what is computed from it holds its value, so the two never hold each other
         */
        if (!x->cell) return rni_fail(RN_ERR_STATE, NULL, "set_grad", "the tensor does not want a gradient");
        grad = rni_value_of(grad);
        if (!rni_shape_equal(&x->shape, &grad->shape))
            return rni_fail(RN_ERR_SHAPE, NULL, "set_grad", "the gradient has another shape than the tensor");
        rni_tensor_keep(grad);
        grad->users++;
        rni_sink_remove(grad->node->thread, grad);
    }
    rn_tensor *old = x->grad;
    x->grad = grad;
    if (old) rni_tensor_drop(old);
    return true;
}

void rn_clear_grad(rn_tensor *x)
{
    if (x) rn_set_grad(x, NULL);
}
