/* Whole files, maps, atomic writing, folders and paths. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int entries(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n - 2;
}

static void check_contents(const char *path, const char *want)
{
    void *bytes = NULL;
    int64_t n = 0;
    CHECK(rni_file_read(path, 1 << 20, &bytes, &n));
    CHECK_OK();
    CHECK_EQ_STR(bytes, want);
    CHECK_EQ_I64(n, strlen(want));
    rni_free(bytes);
}

RN_TEST(a_file_is_written_and_read_whole)
{
    CHECK(rni_file_write(test_path("a"), "hello", 5));
    check_contents(test_path("a"), "hello");
    CHECK(rni_file_write(test_path("a"), "", 0));
    check_contents(test_path("a"), "");
    CHECK_EQ_I64(rni_file_bytes(test_path("a")), 0);
}

RN_TEST(reading_says_what_failed_and_names_the_file)
{
    void *bytes;
    int64_t n;
    CHECK(!rni_file_read(test_path("missing"), 100, &bytes, &n));
    CHECK_ERROR(RN_ERR_IO, "cannot open: No such file or directory");
    CHECK(!rni_file_read(test_path("missing"), 100, &bytes, &n));
    CHECK_ERROR(RN_ERR_IO, "/missing");
    CHECK(!rni_file_read(test_folder(), 100, &bytes, &n));
    CHECK_ERROR(RN_ERR_IO, "it is a folder");
    CHECK(!rni_file_read("/dev/zero", 100, &bytes, &n));
    CHECK_ERROR(RN_ERR_IO, "not a regular file");
}

RN_TEST(a_file_above_the_limit_is_refused_before_memory_is_taken)
{
    void *bytes;
    int64_t n;
    CHECK(rni_file_write(test_path("big"), "0123456789", 10));
    const int64_t before = rni_alloc_calls();
    CHECK(!rni_file_read(test_path("big"), 9, &bytes, &n));
    CHECK_EQ_I64(rni_alloc_calls() - before, 0);
    CHECK_ERROR(RN_ERR_FORMAT, "at most 9 bytes");
    CHECK(rni_file_read(test_path("big"), 10, &bytes, &n));
    rni_free(bytes);
}

RN_TEST(the_head_of_a_file_may_be_shorter_than_asked)
{
    char head[8];
    int64_t n;
    CHECK(rni_file_write(test_path("short"), "abc", 3));
    CHECK(rni_file_head(test_path("short"), head, sizeof head, &n));
    CHECK_EQ_I64(n, 3);
    CHECK(memcmp(head, "abc", 3) == 0);
}

RN_TEST(a_map_shows_the_contents_also_after_the_file_was_replaced)
{
    rni_map map, empty;
    CHECK(rni_file_write(test_path("m"), "first", 5));
    CHECK(rni_file_map(test_path("m"), &map));
    CHECK(rni_file_write(test_path("m"), "other contents", 14));
    CHECK_EQ_I64(map.bytes, 5);
    CHECK(memcmp(map.at, "first", 5) == 0);
    rni_file_unmap(&map);
    CHECK(rni_file_write(test_path("m"), "", 0));
    CHECK(rni_file_map(test_path("m"), &empty));
    CHECK(empty.at != NULL);
    CHECK_EQ_I64(empty.bytes, 0);
    rni_file_unmap(&empty);
    CHECK(!rni_file_map(test_path("none"), &map));
    CHECK_ERROR(RN_ERR_IO, "No such file");
}

RN_TEST(an_aborted_write_leaves_the_old_file_and_nothing_else)
{
    rni_out out;
    char folder[512];
    snprintf(folder, sizeof folder, "%s", test_path("abort"));
    CHECK(rni_folder_make(folder));
    CHECK(rni_file_write(test_path("abort/f"), "old", 3));
    CHECK(rni_out_begin(&out, test_path("abort/f")));
    CHECK(rni_out_write(&out, "new", 3));
    CHECK_EQ_I64(entries(folder), 2);
    check_contents(test_path("abort/f"), "old");
    rni_out_abort(&out);
    CHECK_EQ_I64(entries(folder), 1);
    check_contents(test_path("abort/f"), "old");
    CHECK(!rni_out_write(&out, "x", 1));
    CHECK(!rni_out_commit(&out));
    rni_out_abort(&out);
}

RN_TEST(what_a_killed_program_left_behind_is_in_nobodys_way)
{
    char left[600];
    rni_out out;
    CHECK(rni_out_begin(&out, test_path("killed")));
    snprintf(left, sizeof left, "%s", out.temporary);
    rni_out_abort(&out);
    const char *dash = strrchr(left, '-');
    const int next = (int)strtol(dash + 1, NULL, 10) + 1;
    for (int i = next; i < next + 3; i++) {
        char name[700];
        snprintf(name, sizeof name, "%.*s-%d", (int)(dash - left), left, i);
        fclose(fopen(name, "w"));
    }
    CHECK(rni_file_write(test_path("killed"), "alive", 5));
    check_contents(test_path("killed"), "alive");
}

RN_TEST(a_full_disk_leaves_the_old_file_and_nothing_else)
{
    /* A limit on the size of files fails write() in the middle, as a full disk does. */
    char folder[512];
    static char big[100000];
    struct rlimit before, small;
    snprintf(folder, sizeof folder, "%s", test_path("full"));
    CHECK(rni_folder_make(folder));
    CHECK(rni_file_write(test_path("full/f"), "old", 3));
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){ .rlim_cur = 4096, .rlim_max = before.rlim_max };
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const bool ok = rni_file_write(test_path("full/f"), big, sizeof big);
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!ok);
    CHECK_ERROR(RN_ERR_IO, "cannot write: File too large");
    CHECK_EQ_I64(entries(folder), 1);
    check_contents(test_path("full/f"), "old");
}

RN_TEST(writing_into_a_folder_that_is_missing_or_read_only_says_so)
{
    CHECK(!rni_file_write(test_path("no/such/f"), "x", 1));
    CHECK_ERROR(RN_ERR_IO, "cannot write here: No such file or directory");
    CHECK(!rni_file_write("/proc/rensa", "x", 1));
    CHECK_ERROR(RN_ERR_IO, "/proc/rensa");
    if (geteuid() == 0) return; /* root may write anywhere */
    CHECK(rni_folder_make(test_path("locked")));
    CHECK(chmod(test_path("locked"), 0555) == 0);
    CHECK(!rni_file_write(test_path("locked/f"), "x", 1));
    CHECK_ERROR(RN_ERR_IO, "Permission denied");
    chmod(test_path("locked"), 0755);
}

RN_TEST(writing_follows_links_and_keeps_rights)
{
    struct stat s;
    CHECK(rni_file_write(test_path("target"), "old", 3));
    CHECK(chmod(test_path("target"), 0640) == 0);
    CHECK(symlink("target", test_path("link")) == 0);
    CHECK(rni_file_write(test_path("link"), "new", 3));
    check_contents(test_path("target"), "new");
    CHECK(lstat(test_path("link"), &s) == 0 && S_ISLNK(s.st_mode));
    CHECK(stat(test_path("target"), &s) == 0);
    CHECK_EQ_I64(s.st_mode & 0777, 0640);
    const mode_t mask = umask(027);
    CHECK(rni_file_write(test_path("fresh"), "x", 1));
    umask(mask);
    CHECK(stat(test_path("fresh"), &s) == 0);
    CHECK_EQ_I64(s.st_mode & 0777, 0640);
}

RN_TEST(a_pipe_is_written_to_and_stays_one)
{
    char read_back[8] = { 0 };
    struct stat what;
    CHECK(mkfifo(test_path("pipe"), 0600) == 0);
    const int fd = open(test_path("pipe"), O_RDWR | O_NONBLOCK);
    CHECK(fd >= 0);
    CHECK(rni_file_write(test_path("pipe"), "hello", 5));
    CHECK_EQ_I64(read(fd, read_back, sizeof read_back), 5);
    CHECK_EQ_STR(read_back, "hello");
    CHECK(stat(test_path("pipe"), &what) == 0 && S_ISFIFO(what.st_mode));
    close(fd);
}

RN_TEST(a_finished_file_is_renamed_into_place)
{
    CHECK(rni_file_write(test_path("part"), "all", 3));
    CHECK(rni_file_replace(test_path("part"), test_path("whole")));
    CHECK(!rni_file_exists(test_path("part")));
    check_contents(test_path("whole"), "all");
    CHECK(rni_file_write(test_path("part"), "all", 3));
    CHECK(!rni_file_replace(test_path("part"), test_path("no/where")));
    CHECK_ERROR(RN_ERR_IO, "cannot write");
    CHECK(!rni_file_exists(test_path("part")));
}

RN_TEST(folders_are_made_with_those_above_them)
{
    CHECK(rni_folder_make(test_path("x/y//z/")));
    CHECK(rni_folder_exists(test_path("x/y/z")));
    CHECK(rni_folder_make(test_path("x/y/z")));
    CHECK(rni_file_write(test_path("x/file"), "", 0));
    CHECK(!rni_folder_make(test_path("x/file/y")));
    CHECK_ERROR(RN_ERR_IO, "Not a directory");
    CHECK(!rni_folder_make(test_path("x/file")));
    CHECK_ERROR(RN_ERR_IO, "cannot make the folder");
}

static void check_text(char *have, const char *want)
{
    CHECK_EQ_STR(have, want);
    rni_free(have);
}

RN_TEST(paths_are_joined_and_split)
{
    check_text(rni_path_join("a", "b"), "a/b");
    check_text(rni_path_join("a/", "b"), "a/b");
    check_text(rni_path_join("a", "/b"), "/b");
    check_text(rni_path_join("", "b"), "b");
    check_text(rni_path_join(NULL, "b"), "b");
    check_text(rni_path_folder("a/b/c"), "a/b");
    check_text(rni_path_folder("/c"), "/");
    check_text(rni_path_folder("c"), ".");
    CHECK_EQ_STR(rni_path_base("a/b.c"), "b.c");
    CHECK_EQ_STR(rni_path_base("b"), "b");
    CHECK(rni_path_has_extension("a/B.NPZ", ".npz"));
    CHECK(!rni_path_has_extension(".npz", ".npz"));
    CHECK(!rni_path_has_extension("a", ".npz"));
}

RN_TEST(the_cache_is_where_the_desktop_specification_puts_it)
{
    char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char old_xdg[512] = "", old_home[512] = "";
    if (xdg) snprintf(old_xdg, sizeof old_xdg, "%s", xdg);
    if (home) snprintf(old_home, sizeof old_home, "%s", home);
    setenv("XDG_CACHE_HOME", "/c", 1);
    check_text(rni_cache_path("mnist/x"), "/c/rensa/mnist/x");
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", "/h", 1);
    check_text(rni_cache_path(NULL), "/h/.cache/rensa");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    CHECK(rni_cache_path("x") == NULL);
    CHECK_ERROR(RN_ERR_STATE, "XDG_CACHE_HOME");
    if (xdg) setenv("XDG_CACHE_HOME", old_xdg, 1);
    if (home) setenv("HOME", old_home, 1);
}

RN_TEST(no_allocation_failure_leaks_or_leaves_a_file)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", test_path("nomem"));
    CHECK(rni_folder_make(folder));
    for (int64_t n = 1;; n++) {
        const int64_t live = rni_alloc_live();
        rni_alloc_fail_after(n);
        const bool ok = rni_file_write(test_path("nomem/f"), "abc", 3);
        rni_alloc_fail_after(0);
        CHECK_EQ_I64(rni_alloc_live() - live, 0);
        if (ok) break;
        CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
        CHECK_EQ_I64(entries(folder), 0);
        CHECK(n < 20);
    }
    CHECK_OK();
    check_contents(test_path("nomem/f"), "abc");
}
