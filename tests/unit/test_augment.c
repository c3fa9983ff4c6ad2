/* Augmentation: each step does what it says, draws depend on (seed, epoch, index) only, options are checked. */
#include "test.h"

#include "base/alloc.h"

enum { N = 40, H = 6, W = 8 };

/* N copies of a picture [c, H, W] in which pixel k of a plane has the value (k + 1 + plane) / 100. */
static rn_dataset *pictures(int c)
{
    static float x[N * 4 * H * W];
    static int32_t t[N];
    for (int i = 0; i < N * c * H * W; i++) x[i] = (float)(i % (H * W) + 1 + i / (H * W) % c) / 100;
    for (int i = 0; i < N; i++) t[i] = i;
    const rn_array_column columns[] = { { "x", RN_F32, RN_SHAPE(c, H, W), x, NULL, 0 },
                                        { "t", RN_I32, RN_SCALAR, t, NULL, 0 } };
    return rn_dataset_arrays(N, columns, 2);
}

static float at(int y, int x)
{
    return y >= 0 && y < H && x >= 0 && x < W ? (float)(y * W + x + 1) / 100 : 0;
}

/* The window of h x w in which y and x of the top left pixel are found; false if it is none. */
static bool is_window(const float *v, int h, int w, int y, int x)
{
    for (int i = 0; i < h * w; i++)
        if (fabsf(v[i] - at(y + i / w, x + i % w)) > 1e-6f) return false;
    return true;
}

RN_TEST(crop_takes_every_window_and_no_other)
{
    rn_dataset *ds =
        rn_dataset_augment(rn_dataset_pass(pictures(1)), RN_STEPS(RN_STEP_CROP(.height = 4, .width = 5, .pad = 1)));
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[1], 4);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[2], 5);
    bool seen[5][6] = { { false } };
    rn_iterator *it = rn_iterator_new(ds, N, .epochs = 20);
    for (rn_batch *b; (b = rn_next(it)) != NULL;)
        for (int i = 0; i < N; i++) {
            int found = 0;
            for (int y = -1; y <= 3; y++)
                for (int x = -1; x <= 4; x++)
                    if (is_window(rn_data_f32(b->x) + i * 20, 4, 5, y, x)) {
                        found++;
                        seen[y + 1][x + 1] = true;
                    }
            CHECK_EQ_I64(found, 1);
            CHECK_EQ_I64(((const int32_t *)rn_data(b->t))[i], i);
        }
    CHECK_OK();
    for (int k = 0; k < 30; k++) CHECK(seen[k / 6][k % 6]);
    rn_iterator_free(it);
    rn_dataset_free(ds);
    ds = rn_dataset_augment(rn_dataset_pass(pictures(1)), RN_STEPS(RN_STEP_CROP(.height = 4, .width = 4, .centre = 1)));
    float v[16];
    CHECK(rn_dataset_read(ds, 7, ((void *[]){ v, NULL })));
    CHECK(is_window(v, 4, 4, 1, 2));
    rn_dataset_free(ds);
}

RN_TEST(flips_mirror_about_half_of_the_pictures)
{
    int mirrored = 0, upside_down = 0;
    rn_dataset *ds = rn_dataset_augment(rn_dataset_pass(pictures(2)), RN_STEPS(RN_STEP_FLIP(.x = 1, .y = 1)));
    for (int i = 0; i < N; i++) {
        float v[2 * H * W];
        CHECK(rn_dataset_read(ds, i, ((void *[]){ v, NULL })));
        const bool across = v[0] > v[1], down = v[0] > v[W];
        for (int k = 0; k < H * W; k++) {
            const float want = at(down ? H - 1 - k / W : k / W, across ? W - 1 - k % W : k % W);
            CHECK_NEAR(v[k], want, 1e-6);
            CHECK_NEAR(v[H * W + k], want + 0.01f, 1e-6); /* all channels alike */
        }
        mirrored += across;
        upside_down += down;
    }
    CHECK(mirrored > N / 5 && mirrored < N * 4 / 5);
    CHECK(upside_down > N / 5 && upside_down < N * 4 / 5);
    rn_dataset_free(ds);
    ds = rn_dataset_augment(rn_dataset_pass(pictures(1)), RN_STEPS(RN_STEP_FLIP(.p = 1)));
    float v[H * W];
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ v, NULL })));
    CHECK_NEAR(v[0], at(0, W - 1), 1e-6);
    rn_dataset_free(ds);
}

RN_TEST(shifts_move_by_whole_pixels_within_the_limit)
{
    rn_dataset *ds = rn_dataset_augment(rn_dataset_pass(pictures(1)), RN_STEPS(RN_STEP_SHIFT(.x = 3)));
    bool seen[7] = { false };
    for (int i = 0; i < N; i++) {
        float v[H * W];
        CHECK(rn_dataset_read(ds, i, ((void *[]){ v, NULL })));
        int found = 0;
        for (int x = -3; x <= 3; x++)
            if (is_window(v, H, W, 0, x)) found++, seen[x + 3] = true;
        CHECK_EQ_I64(found, 1);
    }
    for (int x = 0; x < 7; x++) CHECK(seen[x]);
    rn_dataset_free(ds);
}

/* A picture of one column, read through steps in epoch 0. */
static void one(float *v, int64_t c, int64_t h, int64_t w, const rn_augment *steps, int count, uint64_t seed)
{
    const rn_array_column columns[] = { { "x", RN_F32, RN_SHAPE(c, h, w), v, NULL, 0 } };
    rn_dataset *ds = rn_dataset_augment(rn_dataset_pass(rn_dataset_arrays(1, columns, 1)), steps, count, .seed = seed);
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ v })));
    rn_dataset_free(ds);
}

RN_TEST(rotation_and_scale_keep_the_middle_and_the_constant)
{
    for (uint64_t seed = 0; seed < 10; seed++) {
        float flat[25], spot[25] = { 0 };
        for (int i = 0; i < 25; i++) flat[i] = 0.5f;
        spot[12] = 1;
        one(flat, 1, 5, 5,
            RN_STEPS(RN_STEP_ROTATE(.degrees = 90, .fill = 0.5), RN_STEP_SCALE(.low = 0.5, .high = 2, .fill = 0.5)),
            seed);
        for (int i = 0; i < 25; i++) CHECK_NEAR(flat[i], 0.5, 1e-6);
        one(spot, 1, 5, 5, RN_STEPS(RN_STEP_ROTATE(.degrees = 180), RN_STEP_SCALE()), seed);
        CHECK_NEAR(spot[12], 1, 1e-6);
    }
    /* Twice as large: each pixel of the middle is spread over two. */
    float line[5] = { 0, 0, 1, 0, 0 };
    one(line, 1, 1, 5, RN_STEPS(RN_STEP_SCALE(.low = 2, .high = 2)), 0);
    const double want[5] = { 0, 0.5, 1, 0.5, 0 };
    for (int i = 0; i < 5; i++) CHECK_NEAR(line[i], want[i], 1e-6);
}

RN_TEST(rotation_turns_by_the_angle_drawn)
{
    /* A point at the right end moves along a circle: its distance from the middle stays. */
    for (uint64_t seed = 0; seed < 8; seed++) {
        float v[21 * 21] = { 0 };
        for (int y = 9; y <= 11; y++)
            for (int x = 17; x <= 19; x++) v[y * 21 + x] = 1;
        one(v, 1, 21, 21, RN_STEPS(RN_STEP_ROTATE(.degrees = 60)), seed);
        double sum = 0, my = 0, mx = 0;
        for (int i = 0; i < 441; i++) {
            sum += (double)v[i];
            my += (double)v[i] * (i / 21 - 10);
            mx += (double)v[i] * (i % 21 - 10);
        }
        CHECK_NEAR(sum, 9, 0.5);
        CHECK_NEAR(hypot(my / sum, mx / sum), 8, 0.2);
        CHECK(fabs(atan2(my / sum, mx / sum)) < 61 * 3.1416 / 180);
    }
}

RN_TEST(colour_steps_do_what_they_say)
{
    for (uint64_t seed = 0; seed < 6; seed++) {
        float v[6] = { 0.2f, 0.6f, 0.4f, 0.5f, 0.1f, 0.3f }, before[6]; /* [3, 1, 2] */
        memcpy(before, v, sizeof v);
        one(v, 3, 1, 2, RN_STEPS(RN_STEP_COLOUR(.brightness = 0.4)), seed);
        const double f = (double)(v[0] / before[0]);
        CHECK(f >= 0.6 && f <= 1.4);
        for (int i = 0; i < 6; i++) CHECK_NEAR((double)v[i], f * (double)before[i], 1e-6);
        memcpy(v, before, sizeof v);
        one(v, 3, 1, 2, RN_STEPS(RN_STEP_COLOUR(.hue = 0.5)), seed);
        for (int p = 0; p < 2; p++) { /* the largest and the smallest of the three stay */
            CHECK_NEAR(fmaxf(v[p], fmaxf(v[2 + p], v[4 + p])), fmaxf(before[p], fmaxf(before[2 + p], before[4 + p])),
                       1e-6);
            CHECK_NEAR(fminf(v[p], fminf(v[2 + p], v[4 + p])), fminf(before[p], fminf(before[2 + p], before[4 + p])),
                       1e-6);
        }
        memcpy(v, before, sizeof v);
        one(v, 3, 1, 2, RN_STEPS(RN_STEP_COLOUR(.saturation = 1)), seed);
        for (int p = 0; p < 2; p++) /* gray stays as it is, unless something was clipped */
            if (v[p] > 0 && v[p] < 1 && v[2 + p] > 0 && v[2 + p] < 1 && v[4 + p] > 0 && v[4 + p] < 1)
                CHECK_NEAR(0.299 * v[p] + 0.587 * v[2 + p] + 0.114 * v[4 + p],
                           0.299 * before[p] + 0.587 * before[2 + p] + 0.114 * before[4 + p], 1e-6);
        memcpy(v, before, sizeof v);
        one(v, 1, 2, 3, RN_STEPS(RN_STEP_COLOUR(.contrast = 0.5, .hue = 0.3)), seed);
        CHECK_NEAR(v[0] + v[1] + v[2] + v[3] + v[4] + v[5], 2.1, 1e-5); /* the mean stays */
    }
}

RN_TEST(hue_turns_red_into_green_by_a_third)
{
    /* The turn is drawn; a third of the circle either way leaves pure red between green and blue. */
    for (uint64_t seed = 0; seed < 20; seed++) {
        float v[3] = { 1, 0, 0 };
        one(v, 3, 1, 1, RN_STEPS(RN_STEP_COLOUR(.hue = 0.3333333)), seed);
        CHECK_NEAR(fmaxf(v[0], fmaxf(v[1], v[2])), 1, 1e-6);
        CHECK_NEAR(fminf(v[0], fminf(v[1], v[2])), 0, 1e-6);
        CHECK(v[1] == 0 || v[2] == 0);
    }
}

RN_TEST(erase_fills_one_rectangle)
{
    int erased = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        float v[20 * 20];
        for (int i = 0; i < 400; i++) v[i] = 1;
        one(v, 1, 20, 20, RN_STEPS(RN_STEP_ERASE(.fill = -1)), seed);
        int count = 0, y0 = 20, y1 = -1, x0 = 20, x1 = -1;
        for (int i = 0; i < 400; i++)
            if (v[i] < 0) {
                count++;
                y0 = i / 20 < y0 ? i / 20 : y0;
                y1 = i / 20 > y1 ? i / 20 : y1;
                x0 = i % 20 < x0 ? i % 20 : x0;
                x1 = i % 20 > x1 ? i % 20 : x1;
            }
        if (count == 0) continue;
        erased++;
        CHECK_EQ_I64(count, (y1 - y0 + 1) * (x1 - x0 + 1));
        CHECK(count >= 4 && count <= 400 * 0.4);
    }
    CHECK(erased > 8 && erased < 32);
}

RN_TEST(normalize_and_noise)
{
    float v[4] = { 0.5f, 1, 0.25f, 0.5f };
    one(v, 2, 1, 2, RN_STEPS(RN_STEP_NORMALIZE(.mean = { 0.5, 0.25 }, .std = { 0.5, 0.25 })), 0);
    const double want[4] = { 0, 1, 0, 1 };
    for (int i = 0; i < 4; i++) CHECK_NEAR(v[i], want[i], 1e-6);
    float w[4] = { 0.5f, 1, 0.5f, 1 };
    one(w, 2, 1, 2, RN_STEPS(RN_STEP_NORMALIZE(.mean = { 0.5 }, .std = { 0.5 })),
        0); /* one value serves all channels */
    for (int i = 0; i < 4; i++) CHECK_NEAR(w[i], i % 2, 1e-6);
    static float z[100 * 100];
    memset(z, 0, sizeof z);
    one(z, 1, 100, 100, RN_STEPS(RN_STEP_NOISE(.sigma = 2)), 3);
    double sum = 0, square = 0;
    for (int i = 0; i < 10000; i++) {
        sum += (double)z[i];
        square += (double)z[i] * (double)z[i];
    }
    CHECK_NEAR(sum / 10000, 0, 0.08);
    CHECK_NEAR(sqrt(square / 10000), 2, 0.06);
}

static void collect(rn_dataset *ds, float *to, int threads)
{
    rn_iterator *it = rn_iterator_new(ds, 7, .epochs = 3, .threads = threads, .shuffle = true, .seed = 5);
    for (rn_batch *b; (b = rn_next(it)) != NULL;)
        for (int64_t i = 0; i < b->count; i++)
            memcpy(to + (b->epoch * N + b->index[i]) * H * W, rn_data_f32(b->x) + i * H * W, H * W * sizeof(float));
    CHECK_OK();
    rn_iterator_free(it);
}

RN_TEST(the_same_seed_epoch_and_index_give_the_same_picture)
{
    static float a[3 * N * H * W], b[3 * N * H * W];
    const rn_augment steps[] = { RN_STEP_CROP(.pad = 2),           RN_STEP_FLIP(),  RN_STEP_ROTATE(),
                                 RN_STEP_COLOUR(.brightness = .3), RN_STEP_ERASE(), RN_STEP_NOISE() };
    rn_dataset *ds = rn_dataset_augment(rn_dataset_pass(pictures(1)), steps, 6, .seed = 1);
    collect(ds, a, 1);
    collect(ds, b, 4);
    CHECK(memcmp(a, b, sizeof a) == 0);
    CHECK(memcmp(a, a + N * H * W, N * H * W * sizeof(float)) != 0); /* epochs differ */
    CHECK(memcmp(a, a + H * W, H * W * sizeof(float)) != 0);         /* examples differ */
    rn_dataset_free(ds);
    ds = rn_dataset_augment(rn_dataset_pass(pictures(1)), steps, 6, .seed = 2);
    collect(ds, b, 2);
    CHECK(memcmp(a, b, sizeof a) != 0);
    rn_dataset_free(ds);
    /* A step at the end leaves those before it as they were. */
    ds = rn_dataset_augment(rn_dataset_pass(pictures(1)), steps, 5, .seed = 1);
    rn_dataset *more = rn_dataset_augment(rn_dataset_pass(pictures(1)), steps, 6, .seed = 1);
    float x[H * W], y[H * W];
    CHECK(rn_dataset_read(ds, 3, ((void *[]){ x, NULL })) && rn_dataset_read(more, 3, ((void *[]){ y, NULL })));
    for (int i = 0; i < H * W; i++) CHECK_NEAR(x[i], y[i], 0.4);
    rn_dataset_free(ds);
    rn_dataset_free(more);
}

RN_TEST(options_are_checked)
{
    rn_dataset *ds = pictures(1);
    const struct {
        rn_augment step;
        rn_status status;
        const char *text;
    } rows[] = {
        { { .name = "crap" }, RN_ERR_ARG, "did you mean \"crop\"?" },
        { { .name = NULL }, RN_ERR_ARG, "there is no step" },
        { RN_STEP_CROP(.height = 7), RN_ERR_SHAPE, "7 x 8 out of 6 x 8 with 0 around" },
        { RN_STEP_CROP(.pad = -1), RN_ERR_ARG, "crop: pad is -1" },
        { RN_STEP_FLIP(.p = 1.5), RN_ERR_ARG, "flip: p is 1.5" },
        { RN_STEP_FLIP(.degrees = 5), RN_ERR_ARG, "flip was given an option" },
        { RN_STEP_SCALE(.low = 1.2), RN_ERR_ARG, "low is 1.2 and high 1.1" },
        { RN_STEP_NORMALIZE(.std = { -1 }), RN_ERR_ARG, "std is -1" },
        { RN_STEP_ROTATE(.degrees = NAN), RN_ERR_ARG, "degrees is" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        const int64_t blocks = rni_alloc_live();
        CHECK(rn_dataset_augment(ds, &rows[i].step, 1) == NULL);
        CHECK_ERROR(rows[i].status, rows[i].text);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(rn_dataset_augment(ds, NULL, 0, .column = "t") == NULL);
    CHECK_ERROR(RN_ERR_DTYPE, "column \"t\" is i32");
    CHECK(rn_dataset_augment(ds, NULL, 0, .column = "y") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column \"y\"");
    rn_dataset_free(ds);
}

RN_TEST(options_are_set_by_name)
{
    rn_augment step = { .name = "normalize" };
    CHECK(rn_augment_set(&step, "mean", 0.5));
    CHECK_NEAR(step.mean[3], 0.5, 0);
    CHECK(!rn_augment_set(&step, "men", 0.5));
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"mean\"?");
    step.name = "flop";
    CHECK(!rn_augment_set(&step, "x", 1));
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"flip\"?");
}
