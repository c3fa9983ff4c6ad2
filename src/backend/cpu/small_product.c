/* Products of small matrices. One operand is read as it lies; the other one goes, a panel of columns and a piece of k
 * at a time, to where the first cache holds it. Either may be the one that is packed: y' = b' a'. Sums are the same for
 * any number of threads. */
#include "backend/cpu/small_product.h"

#include <string.h>

enum {
    PIECE = 256 /* of k */,
    LEAST = 16, /* rows and columns */
    MANY_ROWS = 128,
    LEAST_PRODUCTS = 1 << 16,
    MOST_PRODUCTS = 1 << 22,
    MOST_TURNED = 1 << 27 /* where b is transposed, which libraries copy */
};

/* y [rows, columns] = a b, or its transpose. */
typedef struct {
    const rni_products *kernels;
    const float *a, *b, *bias;
    float *y;
    int64_t rows, columns, k, a_row, a_step, b_row, b_step;
    int64_t lead; /* elements from one row of y to the next, as it lies */
    bool turned;
    int64_t pieces, panels, parts; /* of k, of the columns and of the rows */
    int64_t room;
    float *workspace;
} job;

static job job_of(const rni_cpu *cpu, const rni_small_product *p, bool turned)
{
    job j = { .kernels = cpu->isa->product, .bias = p->bias, .y = p->y, .k = p->k, .lead = p->n, .turned = turned };
    j.a = turned ? p->b : p->a;
    j.b = turned ? p->a : p->b;
    j.rows = turned ? p->n : p->m;
    j.columns = turned ? p->m : p->n;
    j.a_row = turned ? p->b_step : p->a_row;
    j.a_step = turned ? p->b_row : p->a_step;
    j.b_row = turned ? p->a_step : p->b_row;
    j.b_step = turned ? p->a_row : p->b_step;
    j.pieces = (j.k + PIECE - 1) / PIECE;
    j.panels = (j.columns + j.kernels->columns - 1) / j.kernels->columns;
    return j;
}

/* In vectors of multiply-adds. */
static double cost_of(const job *j)
{
    const int64_t vector = j->kernels->columns / 2, width = rni_cpu_round_up(j->columns, vector);
    const double all = (double)j->rows * (double)j->k * (double)width / (double)vector;
    const double packed = (double)j->k * (double)width * (j->b_step == 1 ? 0.2 : 0.5);
    return all + packed + (j->turned ? 0.5 * (double)j->rows * (double)width : 0);
}

static job best_job(const rni_cpu *cpu, const rni_small_product *p)
{
    job straight = job_of(cpu, p, false), turned = job_of(cpu, p, true);
    job *j = cost_of(&turned) < cost_of(&straight) ? &turned : &straight;
    j->parts = j->panels < 2 * p->threads ? p->threads : 1;
    if (j->parts > j->rows) j->parts = j->rows;
    j->room = (PIECE + (p->m > p->n ? p->m : p->n)) * j->kernels->columns; /* enough for fewer rows, too */
    return *j;
}

static void pack(const job *j, float *panel, int64_t column, int64_t columns, int64_t from, int64_t n)
{
    const int64_t width = j->kernels->columns;
    const float *b = j->b + column * j->b_step + from * j->b_row;
    if (j->b_step != 1)
        j->kernels->turn(panel, width, b, j->b_step, columns, n);
    else
        for (int64_t i = 0; i < n; i++) memcpy(panel + i * width, b + i * j->b_row, (size_t)columns * sizeof(float));
}

/* Rows and columns of the product. */
typedef struct {
    int64_t row, rows, column, columns;
} block;

static float *place_of(const job *j, const block *b)
{
    return j->y + (j->turned ? b->column * j->lead + b->row : b->row * j->lead + b->column);
}

/* Brings a block from where it was made, unless it lies there already, and adds the bias. */
static void finish(const job *j, const block *b, const float *made)
{
    const int64_t width = j->kernels->columns, bytes = b->columns * (int64_t)sizeof(float);
    float *y = place_of(j, b);
    if (j->turned)
        j->kernels->turn(y, j->lead, made, width, b->rows, b->columns);
    else if (made != y)
        for (int64_t i = 0; i < b->rows; i++) memcpy(y + i * j->lead, made + i * width, (size_t)bytes);
    if (j->bias && j->turned)
        j->kernels->add_row(y, j->lead, j->bias + b->row, b->columns, b->rows);
    else if (j->bias)
        j->kernels->add_row(y, j->lead, j->bias + b->column, b->rows, b->columns);
}

/* A block of one panel. Where y does not lie so, it is made in the workspace. */
static void make_block(const job *j, float *workspace, const block *b)
{
    const int64_t width = j->kernels->columns;
    const bool direct = !j->turned && (b->columns == width || 2 * b->columns == width);
    float *panel = workspace;
    rni_product q = { .b = panel,
                      .y = direct ? place_of(j, b) : workspace + PIECE * width,
                      .rows = b->rows,
                      .columns = 2 * b->columns <= width ? width / 2 : width,
                      .a_row = j->a_row,
                      .a_step = j->a_step,
                      .b_step = width,
                      .y_row = direct ? j->lead : width };
    for (int64_t i = 0; i < j->pieces; i++, q.add = true) {
        const int64_t at = j->k * i / j->pieces;
        q.n = j->k * (i + 1) / j->pieces - at;
        q.a = j->a + b->row * j->a_row + at * j->a_step;
        pack(j, panel, b->column, b->columns, at, q.n);
        j->kernels->multiply(&q);
    }
    finish(j, b, q.y);
}

static void make_part(void *user, int thread, int threads)
{
    const job *j = user;
    const int64_t width = j->kernels->columns;
    int64_t i, last;
    rni_cpu_part(j->panels * j->parts, thread, threads, &i, &last);
    for (; i < last; i++) {
        const int64_t part = i % j->parts;
        block b = { .row = j->rows * part / j->parts, .column = i / j->parts * width };
        b.rows = j->rows * (part + 1) / j->parts - b.row;
        b.columns = j->columns - b.column < width ? j->columns - b.column : width;
        make_block(j, j->workspace + thread * j->room, &b);
    }
}

bool rni_cpu_small_product_plan(const rni_cpu *cpu, rni_small_product *p, int64_t *workspace)
{
    const double products = (double)p->m * (double)p->n * (double)p->k;
    const bool turned = p->b_row == 1 && p->m <= MANY_ROWS;
    if (p->m < LEAST || p->n < LEAST || products < LEAST_PRODUCTS) return false;
    if (products > (turned ? MOST_TURNED : MOST_PRODUCTS)) return false;
    p->threads = rni_cpu_threads(cpu, 0.008 * products);
    *workspace = best_job(cpu, p).room * p->threads * (int64_t)sizeof(float);
    return true;
}

void rni_cpu_small_product_run(const rni_cpu *cpu, const rni_small_product *p, void *workspace)
{
    job j = best_job(cpu, p);
    j.workspace = workspace;
    rni_cpu_parallel(p->threads, make_part, &j);
}
