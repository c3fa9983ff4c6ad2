/* Lack of memory at every place of reading data, model files and projects: the error says NOMEM, nothing crashes, and
 * nothing is left over. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/str.h"
#include "project/project.h"

#include <sys/stat.h>

/* Reads all batches of a data set once; takes it over. */
static bool read_all(rn_dataset *ds)
{
    rn_iterator *it = ds ? rn_iterator_new(ds, 2, .synchronous = true) : NULL;
    int64_t n = 0;
    for (rn_batch *b; it && (b = rn_next(it)) != NULL;) RN_SCOPE
        {
            n += b->count;
        }
    const bool ok = rn_ok() && n == rn_dataset_count(ds);
    rn_iterator_free(it);
    rn_dataset_free(ds);
    return ok;
}

typedef bool job(void);

static void fail_everywhere(const char *what, job *run, int64_t least)
{
    if (!run()) test_failed(__FILE__, __LINE__, "%s: %s", what, rn_error_last()->message);
    const int64_t tensors = rn_live_tensors(), blocks = rni_alloc_live();
    int64_t n = 1;
    for (bool failed = true; failed; n++) {
        rni_alloc_fail_after(n);
        failed = !run();
        rni_alloc_fail_after(0);
        rn_scope_end(0);
        const rn_error *e = rn_error_last();
        if (failed && (!e || e->status != RN_ERR_NOMEM))
            test_failed(__FILE__, __LINE__, "%s, allocation %lld: %s", what, (long long)n,
                        e ? e->message : "failed without an error");
        rn_error_clear();
        if (rn_live_tensors() != tensors || rni_alloc_live() > blocks)
            test_failed(__FILE__, __LINE__, "%s, allocation %lld: %lld tensors, %lld blocks are left over", what,
                        (long long)n, (long long)(rn_live_tensors() - tensors), (long long)(rni_alloc_live() - blocks));
    }
    printf("%s: %lld places\n", what, (long long)n);
    CHECK(n > least);
}

/* ---- data sets ---- */

static bool read_csv(void)
{
    return read_all(rn_dataset_csv(test_path("t.csv"), .missing = RN_MISSING_MEAN));
}

static bool read_joined(void)
{
    rn_dataset *a = rn_dataset_drawn(RN_TRAIN, .count = 4), *b = rn_dataset_drawn(RN_TEST, .count = 3);
    rn_dataset *both = a && b ? rn_dataset_concat(a, b) : NULL;
    rn_dataset_free(a);
    rn_dataset_free(b);
    return read_all(both);
}

static bool read_pictures(void)
{
    return read_all(rn_dataset_images(test_path("pictures")));
}

static bool read_text(void)
{
    rn_text *text = rn_text_load(test_path("t.txt"));
    rn_dataset *ds = text ? rn_text_windows(text, 4) : NULL;
    rn_text_free(text);
    return read_all(ds);
}

static void write_pictures(void)
{
    CHECK(rni_folder_make(test_path("pictures/a")) && rni_folder_make(test_path("pictures/b")));
    RN_SCOPE
    {
        rn_seed(2);
        for (int i = 0; i < 3; i++) {
            char name[40];
            snprintf(name, sizeof name, "pictures/%c/%d.png", i % 2 ? 'a' : 'b', i);
            CHECK(rn_image_save(test_path(name), rn_uniform(RN_SHAPE(3, 5, 4))));
        }
    }
    CHECK_OK();
}

RN_TEST(memory_ends_anywhere_in_reading_data)
{
    const char *table = "size,colour,price\n1,red,2\n2,green,3\n,red,4\n";
    CHECK(rni_file_write(test_path("t.csv"), table, (int64_t)strlen(table)));
    const char *text = "to be or not to be, that is the question";
    CHECK(rni_file_write(test_path("t.txt"), text, (int64_t)strlen(text)));
    write_pictures();
    fail_everywhere("a table", read_csv, 30);
    fail_everywhere("joined drawings", read_joined, 30);
    fail_everywhere("pictures", read_pictures, 30);
    fail_everywhere("text", read_text, 30);
}

/* ---- files of tensors ---- */

static bool load(const char *name)
{
    rn_dict *d = rn_dict_load(test_path(name));
    const bool ok = d && rn_dict_count(d) == 2;
    rn_dict_free(d);
    return ok;
}

static bool load_npz(void)
{
    return load("d.npz");
}

static bool load_safetensors(void)
{
    return load("d.safetensors");
}

static bool save_both(void)
{
    bool ok = false;
    RN_SCOPE
    {
        rn_dict *d = rn_dict_new();
        ok = d && rn_dict_set(d, "a", rn_ones(RN_SHAPE(2, 3))) && rn_dict_set(d, "b", rn_zeros(RN_SHAPE(4)));
        ok = ok && rn_dict_save(test_path("d.npz"), d) && rn_dict_save(test_path("d.safetensors"), d);
        rn_dict_free(d);
    }
    return ok;
}

static bool describe(void)
{
    rn_file_info *info = rn_file_info_load(test_path("d.npz"));
    rn_file_info_free(info);
    return info != NULL;
}

RN_TEST(memory_ends_anywhere_in_files_of_tensors)
{
    fail_everywhere("saving", save_both, 20);
    CHECK(load_npz()); /* what stands there is whole */
    fail_everywhere("npz", load_npz, 10);
    fail_everywhere("safetensors", load_safetensors, 10);
    fail_everywhere("describing", describe, 3);
}

/* ---- projects ---- */

static const char *project;

static bool parse_and_write(void)
{
    const char *text = rni_builtin_find(project);
    rni_project *p = rni_project_parse(text, (int64_t)strlen(text), project);
    rni_str out = { 0 };
    const bool ok = p && rni_project_write(p, &out) && !out.failed;
    rni_str_free(&out);
    rni_project_free(p);
    return ok;
}

RN_TEST(memory_ends_anywhere_in_a_project)
{
    for (int i = 0; (project = rni_builtin_at(i, NULL)) != NULL; i++) fail_everywhere(project, parse_and_write, 20);
}
