/* Output comes through a pipe, whose end says that the program is done; so nothing is asked again and again. */
#include "backend/emit/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A group of its own, so that whatever it starts ends with it; signals as a new program expects them. */
static int spawn(const rni_process *p, int out, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
    if (posix_spawnattr_init(&attr) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    int bad = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    bad |= posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    bad |= posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    bad |= posix_spawnattr_setsigmask(&attr, &none) | posix_spawnattr_setsigdefault(&attr, &all);
    bad |= posix_spawnattr_setpgroup(&attr, 0);
    bad |= posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (!bad) bad = posix_spawn(pid, p->argv[0], &files, &attr, p->argv, p->env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return bad;
}

/* Reads until the other end is closed. */
static rni_process_end listen_to(const rni_process *p, int in)
{
    const long long end = now_ms() + p->seconds * 1000ll;
    size_t length = 0;
    for (;;) {
        struct pollfd fd[2] = { { .fd = in, .events = POLLIN }, { .fd = p->stop, .events = POLLIN } };
        const long long left = end - now_ms();
        const int ready = poll(fd, 2, left > 0 ? (int)left : 0);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return ready < 0 ? RNI_PROCESS_FAILED : RNI_PROCESS_LATE;
        if (fd[1].revents) return RNI_PROCESS_STOPPED;
        char text[1024];
        const ssize_t n = read(in, text, sizeof text);
        if (n <= 0) return RNI_PROCESS_DONE;
        for (ssize_t i = 0; i < n && length + 1 < p->output_size; i++) p->output[length++] = text[i];
        if (p->output_size) p->output[length] = '\0';
    }
}

rni_process_end rni_process_run(const rni_process *p)
{
    int pipes[2];
    pid_t pid;
    if (p->output_size) p->output[0] = '\0';
    if (pipe2(pipes, O_CLOEXEC) != 0) return RNI_PROCESS_NOT_STARTED;
    const int failure = spawn(p, pipes[1], &pid);
    close(pipes[1]);
    rni_process_end end = failure ? RNI_PROCESS_NOT_STARTED : listen_to(p, pipes[0]);
    close(pipes[0]);
    if (failure) return end;
    if (end != RNI_PROCESS_DONE) kill(-pid, SIGKILL);
    int status = 0;
    pid_t waited;
    do waited = waitpid(pid, &status, 0);
    while (waited < 0 && errno == EINTR);
    /* whoever ignores SIGCHLD, or waits for any child, leaves no status */
    if (waited == pid && end == RNI_PROCESS_DONE && status != 0) end = RNI_PROCESS_FAILED;
    return end;
}
