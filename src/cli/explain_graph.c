/* The steps of a plan as a drawing, in layers from the top to the bottom: a step stands below all that it reads. A
 * block of steps that follows itself is drawn once. */
#include "cli/explain_page.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NODES = 400, /* drawn at most */
    EDGES = 4000,
    FOLD_FROM = 80, /* steps of a plan whose repeated blocks are drawn once */
    BLOCK = 200,    /* steps of such a block at most */
    SAVED = 3,      /* steps that folding it must save */
    COLUMNS = 5,    /* nodes side by side */
    WIDTH = 190,    /* of a node */
    HEIGHT = 38,
    COLUMN = WIDTH + 16,
    ROW = HEIGHT + 26,
    BEND = 220, /* how far an edge past other rows goes aside */
    LETTERS = 26
};

typedef struct node {
    int32_t step, times; /* the first step that it stands for, and for how many */
    int32_t layer, row, column;
    int32_t below; /* layers of what hangs on it */
    int64_t drawn; /* the last node with an edge from here */
} node;

typedef struct graph {
    const rni_report_plan *plan;
    node *node;
    int64_t n, rows;
    int32_t *of_step; /* the node of a step, -1: not drawn */
} graph;

/* ---- which steps are drawn ---- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return (hash ^ 0xff) * 0x100000001b3u;
}

static uint64_t hash_step(const rni_report_step *s)
{
    const uint64_t start = 0xcbf29ce484222325u;
    return hash_text(hash_text(hash_text(start, s->function), s->grad_of), s->shapes);
}

/* How often the block of that length that begins at a step follows itself, at least 1. */
static int64_t repeats(const uint64_t *hash, int64_t n, int64_t at, int64_t length)
{
    int64_t times = 1;
    while (at + (times + 1) * length <= n &&
           memcmp(hash + at, hash + at + times * length, (size_t)length * sizeof *hash) == 0)
        times++;
    return times;
}

/* The length of the block at a step that is best drawn once, 1 with *times = 1 if there is none. */
static int64_t best_block(const uint64_t *hash, int64_t n, int64_t at, int64_t *times)
{
    int64_t best = 1, saved = SAVED - 1;
    *times = 1;
    for (int64_t length = 1; length <= BLOCK && at + 2 * length <= n; length++) {
        const int64_t r = repeats(hash, n, at, length);
        if ((r - 1) * length <= saved) continue;
        best = length;
        *times = r;
        saved = (r - 1) * length;
    }
    return best;
}

static void choose(graph *g, const uint64_t *hash)
{
    const int64_t n = g->plan->n_steps;
    for (int64_t k = 0; k < n;) {
        int64_t times = 1;
        const int64_t length = n < FOLD_FROM ? 1 : best_block(hash, n, k, &times);
        for (int64_t i = 0; i < length * times; i++)
            g->of_step[k + i] = g->n + i % length < NODES ? (int32_t)(g->n + i % length) : -1;
        for (int64_t i = 0; i < length && g->n < NODES; i++)
            g->node[g->n++] = (node){ .step = (int32_t)(k + i), .times = (int32_t)times };
        k += length * times;
    }
}

/* ---- where they stand ---- */

/* The i-th node that a node reads, -1: given. */
static int32_t read_by(const graph *g, const node *v, int i)
{
    const int32_t step = g->plan->step[v->step].input[i];
    return step < 0 ? -1 : g->of_step[step];
}

static int inputs(const graph *g, const node *v)
{
    return g->plan->step[v->step].n_inputs;
}

/* As far down as what reads it allows; returns how many layers there are. */
static int32_t find_layers(graph *g)
{
    int32_t layers = 0;
    for (int64_t i = 0; i < g->n; i++) {
        node *v = &g->node[i];
        for (int k = 0; k < inputs(g, v); k++) {
            const int32_t from = read_by(g, v, k);
            if (from >= 0 && g->node[from].layer >= v->layer) v->layer = g->node[from].layer + 1;
        }
        if (v->layer >= layers) layers = v->layer + 1;
    }
    int32_t *reader = rni_alloc((g->n + 1) * (int64_t)sizeof *reader); /* layer of the first one */
    for (int64_t i = 0; reader && i < g->n; i++) reader[i] = layers;
    for (int64_t i = g->n - 1; reader && i >= 0; i--) {
        node *v = &g->node[i];
        if (reader[i] < layers) v->layer = reader[i] - 1;
        for (int k = 0; k < inputs(g, v); k++) {
            const int32_t from = read_by(g, v, k);
            if (from < 0) continue;
            if (v->layer < reader[from]) reader[from] = v->layer;
            if (g->node[from].below <= v->below) g->node[from].below = v->below + 1;
        }
    }
    rni_free(reader);
    return layers;
}

static int longest_first(const void *a, const void *b)
{
    const node *x = *(node *const *)a, *y = *(node *const *)b;
    if (x->below != y->below) return x->below < y->below ? 1 : -1;
    return (x->step > y->step) - (x->step < y->step);
}

/* The column of what it reads that is nearest above; the middle where there is none. */
static int32_t wanted_column(const graph *g, const node *v)
{
    int32_t layer = -1, column = COLUMNS / 2;
    for (int k = 0; k < inputs(g, v); k++) {
        const int32_t from = read_by(g, v, k);
        if (from < 0 || g->node[from].layer <= layer) continue;
        layer = g->node[from].layer;
        column = g->node[from].column;
    }
    return column;
}

/* What most hangs on goes first, and so stays in its column; the others go beside it, or into further rows. */
static void place_layer(graph *g, node **v, int64_t n)
{
    qsort(v, (size_t)n, sizeof(node *), longest_first);
    bool taken[COLUMNS] = { false };
    for (int64_t i = 0; i < n; i++) {
        if (i % COLUMNS == 0) {
            memset(taken, 0, sizeof taken);
            g->rows++;
        }
        const int32_t want = wanted_column(g, v[i]);
        for (int32_t d = 0; d < 2 * COLUMNS; d++) {
            const int32_t column = want + (d % 2 ? (d + 1) / 2 : -d / 2); /* to the right, to the left, further */
            if (column < 0 || column >= COLUMNS || taken[column]) continue;
            taken[column] = true;
            v[i]->column = column;
            break;
        }
        v[i]->row = (int32_t)g->rows - 1;
    }
}

static bool place(graph *g)
{
    const int32_t layers = find_layers(g);
    node **v = rni_alloc((g->n + 1) * (int64_t)sizeof(node *));
    for (int32_t layer = 0; v && layer < layers; layer++) {
        int64_t n = 0;
        for (int64_t i = 0; i < g->n; i++)
            if (g->node[i].layer == layer) v[n++] = &g->node[i];
        if (n) place_layer(g, v, n);
    }
    const bool ok = v != NULL;
    rni_free(v);
    return ok;
}

/* ---- drawing ---- */

static double middle_of(const node *v)
{
    return (double)v->column * COLUMN + (double)WIDTH / 2;
}

static void draw_edge(rni_str *to, const node *a, const node *b)
{
    const double x = middle_of(a), y = (double)a->row * ROW, u = middle_of(b), w = (double)b->row * ROW;
    rni_str_addf(to, "<path class=\"%s\" data-a=\"%d\" data-b=\"%d\" d=\"", b->row - a->row > 1 ? "far" : "near",
                 a->step, b->step);
    if (b->row - a->row > 1) {
        const double aside = fmin(30 + 6.0 * (b->row - a->row), BEND) + (double)WIDTH / 2;
        rni_str_addf(to, "M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f\"/>", x + WIDTH / 2, y + HEIGHT / 2, x + aside,
                     y + HEIGHT / 2, u + aside, w + HEIGHT / 2, u + WIDTH / 2, w + HEIGHT / 2);
    } else
        rni_str_addf(to, "M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f\"/>", x, y + HEIGHT, x, y + HEIGHT + 16, u, w - 16,
                     u, w);
    rni_str_add(to, "\n");
}

static void draw_node(rni_str *to, const cli_explained *e, const cli_plan *p, const node *v, double most)
{
    const rni_report_step *s = &p->plan->step[v->step];
    const double seconds = cli_step_seconds(e, p, v->step), x = middle_of(v) - (double)WIDTH / 2,
                 y = (double)v->row * ROW;
    char name[256], time[32];
    cli_step_name(s, name, sizeof name);
    cli_time(seconds, time, sizeof time);
    rni_str_addf(to, "<a href=\"#%s-%d\" data-n=\"%d\"><g class=\"node %s\" transform=\"translate(%.0f %.0f)\"><title>",
                 p->id, v->step, v->step, cli_step_bound(e, p, v->step), x, y);
    cli_page_step(to, e, p, v->step);
    rni_str_addf(to, "</title><rect width=\"%d\" height=\"%d\" rx=\"5\"/>", WIDTH, HEIGHT);
    if (most > 0 && seconds > 0)
        rni_str_addf(to, "<rect class=\"share\" x=\"1\" y=\"%d\" width=\"%.1f\" height=\"3\"/>", HEIGHT - 4,
                     fmax(1, (WIDTH - 2) * seconds / most));
    rni_str_add(to, "<text x=\"8\" y=\"15\">");
    cli_page_text_n(to, name, LETTERS);
    rni_str_addf(to, "</text><text class=\"small\" x=\"8\" y=\"29\">%d%s%s", v->step, seconds > 0 ? " · " : "",
                 seconds > 0 ? time : "");
    if (s->in_place) rni_str_add(to, " · in place");
    if (s->within) rni_str_add(to, " · within the step before");
    if (v->times > 1) rni_str_addf(to, "</text><text class=\"times\" x=\"%d\" y=\"29\">× %d", WIDTH - 8, v->times);
    rni_str_add(to, "</text></g></a>\n");
}

static void draw(rni_str *to, const cli_explained *e, const cli_plan *p, graph *g)
{
    double most = 0;
    int64_t steps = 0;
    for (int64_t i = 0; i < g->n; i++) {
        most = fmax(most, cli_step_seconds(e, p, g->node[i].step));
        steps += g->node[i].times;
    }
    rni_str_addf(
        to, "<p class=\"note\">Each box is a step, below what it reads; the bar is its time against the longest. ");
    if (steps > g->n) rni_str_addf(to, "Blocks of steps that follow themselves are drawn once, with × how often. ");
    if (steps < p->plan->n_steps)
        rni_str_addf(to, "The first %lld of %lld steps. ", (long long)steps, (long long)p->plan->n_steps);
    rni_str_add(to, "Point at one for more, click for its row.</p>\n");
    const int width = COLUMNS * COLUMN + BEND * 3 / 4, height = (int)g->rows * ROW - ROW + HEIGHT;
    rni_str_addf(
        to,
        "<div class=\"scroll\"><svg class=\"graph\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"-2 -2 %d %d\">\n",
        width + 4, height + 4, width + 4, height + 4);
    for (int64_t i = 0, edges = 0; i < g->n; i++)
        for (int k = 0; k < inputs(g, &g->node[i]) && edges < EDGES; k++) {
            const int32_t from = read_by(g, &g->node[i], k);
            if (from < 0 || g->node[from].drawn == i) continue;
            draw_edge(to, &g->node[from], &g->node[i]);
            g->node[from].drawn = i;
            edges++;
        }
    for (int64_t i = 0; i < g->n; i++) draw_node(to, e, p, &g->node[i], most);
    rni_str_add(to, "</svg></div>\n");
}

void cli_page_graph(rni_str *to, const cli_explained *e, const cli_plan *p)
{
    const int64_t n = p->plan->n_steps;
    graph g = { .plan = p->plan };
    uint64_t *hash = rni_alloc((n + 1) * (int64_t)sizeof *hash);
    g.of_step = rni_alloc((n + 1) * (int64_t)sizeof *g.of_step);
    g.node = rni_alloc(NODES * (int64_t)sizeof *g.node);
    if (hash && g.of_step && g.node) {
        for (int64_t k = 0; k < n; k++) hash[k] = hash_step(&p->plan->step[k]);
        choose(&g, hash);
        if (g.n && place(&g)) draw(to, e, p, &g);
    }
    rni_free(g.node);
    rni_free(g.of_step);
    rni_free(hash);
}
