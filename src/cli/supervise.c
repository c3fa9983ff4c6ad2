/* rensa supervise: runs a command for the console, outlives its server, and writes down how it ended. */
#include "cli/cli.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HELD = 3 };

/* Descriptor of the lock that this process and the command hold; -1 after saying why not. */
static int take_lock(const char *folder, bool held)
{
    if (held && fcntl(HELD, F_GETFD) >= 0) return HELD;
    char *path = rni_path_join(folder, "lock");
    const int fd = path ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600) : -1;
    rni_free(path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    if (fd >= 0)
        fprintf(stderr, "rensa supervise: something runs in \"%s\" already\n", folder);
    else
        fprintf(stderr, "rensa supervise: \"%s\" cannot be taken: %s\n", folder, strerror(errno));
    if (fd >= 0) close(fd);
    return -1;
}

/* The process and when it began, as /proc/PID/stat has it, so that a later one of that number is not taken for it. */
static void note_process(int lock, pid_t pid)
{
    char path[40], text[512] = "", line[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *s = strrchr(text, ')');
    for (int field = 2; s && field < 22; field++) s = strchr(s + 1, ' ');
    const int length = snprintf(line, sizeof line, "%d %lld\n", (int)pid, s ? strtoll(s, NULL, 10) : 0);
    if (ftruncate(lock, 0) != 0 || pwrite(lock, line, (size_t)length, 0) != length)
        fprintf(stderr, "rensa supervise: the lock cannot be written: %s\n", strerror(errno));
}

static bool write_exit(const char *folder, int status, double seconds)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 2 };
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    rni_json_object_begin(&w);
    rni_json_put_int(&w, "code", WIFEXITED(status) ? WEXITSTATUS(status) : 0);
    rni_json_put_int(&w, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    rni_json_put_number(&w, "seconds", seconds);
    rni_json_put_number(&w, "ended", (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
    rni_json_object_end(&w);
    rni_str_add(&s, "\n");
    char *path = rni_path_join(folder, "exit.json");
    const bool ok = path && !s.failed && rni_file_write(path, s.at, s.length);
    rni_free(path);
    rni_str_free(&s);
    return ok;
}

/* Lets a stream of this process end in a file of the folder. */
static void redirect(const char *folder, const char *name, int mode, int stream)
{
    char *path = rni_path_join(folder, name);
    const int fd = path ? open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | mode, 0600) : -1;
    if (fd < 0 || dup2(fd, stream) < 0) _exit(127);
    if (fd > STDERR_FILENO) close(fd);
}

/* In the child: output goes to the folder; "rensa" is this very program. */
static void become(const char *folder, char **command, const char *answer)
{
    redirect(folder, "output.txt", O_APPEND, STDERR_FILENO);
    if (answer)
        redirect(folder, answer, O_TRUNC, STDOUT_FILENO);
    else
        dup2(STDERR_FILENO, STDOUT_FILENO);
    setpgid(0, 0);
    if (strcmp(command[0], "rensa") == 0)
        execv("/proc/self/exe", command);
    else
        execvp(command[0], command);
    fprintf(stderr, "\"%s\" cannot be started: %s\n", command[0], strerror(errno));
    _exit(127);
}

static int supervise(const char *folder, char **command, bool held, const char *answer)
{
    const int lock = take_lock(folder, held);
    if (lock < 0) return 1;
    const struct sigaction ignored = { .sa_handler = SIG_IGN }, plain = { .sa_handler = SIG_DFL };
    static const int signals[] = { SIGINT, SIGHUP, SIGTERM };
    for (size_t i = 0; i < RN_COUNTOF(signals); i++) sigaction(signals[i], &ignored, NULL); /* they are the command's */
    const double began = rni_now();
    const pid_t pid = fork();
    if (pid == 0) {
        for (size_t i = 0; i < RN_COUNTOF(signals); i++) sigaction(signals[i], &plain, NULL);
        become(folder, command, answer);
    }
    int status = 0;
    if (pid > 0) {
        note_process(lock, pid);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    } else {
        fprintf(stderr, "rensa supervise: no process can be made: %s\n", strerror(errno));
        return 1;
    }
    const bool ok = write_exit(folder, status, rni_now() - began);
    return !ok ? cli_end() : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(int argc, char **argv)
{
    bool held = false;
    const char *answer = NULL;
    const cli_option options[] = {
        { "answer", "FILE", "what it prints on standard output goes to this file of the folder", CLI_TEXT, &answer, 0,
          0 },
        { "held", NULL, "the lock of the folder is held already, as descriptor 3", CLI_SWITCH, &held, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_supervise, options, argc, argv, &n)) return EXIT_USAGE;
    if (answer && strchr(answer, '/')) return cli_usage(&cli_supervise, "--answer names a file in the folder");
    if (n < 2) return cli_usage(&cli_supervise, "a folder and a command are needed");
    argv[1 + n] = NULL;
    return supervise(argv[1], argv + 2, held, answer);
}

const cli_command cli_supervise = {
    .name = "supervise",
    .arguments = "FOLDER -- COMMAND...",
    .brief = "run a command as the console does",
    .help = "What the command prints goes to output.txt in the folder, how it ended to exit.json. While it or this "
            "program\n"
            "runs, the file `lock` is locked and names its process. Ends with the status of the command.",
    .run = run,
};
