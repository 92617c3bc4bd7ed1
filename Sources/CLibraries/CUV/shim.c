#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static _Thread_local void *current_loop;

void *cuv_current_loop(void) { return current_loop; }

void cuv_set_current_loop(void *loop) { current_loop = loop; }

const int cuv_stream = SOCK_STREAM;

int cuv_socket(int family) {
    int descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return descriptor >= 0 ? descriptor : -errno;
}

int cuv_accept(int listener) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

ssize_t cuv_receive(int socket, void *bytes, size_t count) {
    return syscall(SYS_recvfrom, socket, bytes, count, 0, NULL, NULL);
}

ssize_t cuv_send(int socket, const void *bytes, size_t count) {
    return syscall(SYS_sendto, socket, bytes, count, MSG_NOSIGNAL, NULL, 0);
}

ssize_t cuv_receive_noted(int socket, void *bytes, size_t count, void *note) {
    struct iovec place = {.iov_base = bytes, .iov_len = count};
    struct mmsghdr *message = note;
    message->msg_hdr = (struct msghdr){.msg_iov = &place, .msg_iovlen = 1};
    if (syscall(SYS_recvmmsg, socket, message, 1, 0, NULL) < 0) return -1;
    return message->msg_len;
}

const long cuv_note_bytes = sizeof(struct mmsghdr);
const long cuv_note_count = offsetof(struct mmsghdr, msg_len);

void cuv_prepare_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGPROF};
    sigset_t blocked;
    sigfillset(&blocked);
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) sigdelset(&blocked, fatal[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
}

void cuv_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

int cuv_alarm(void) {
    int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

void cuv_set_alarm(int descriptor, int64_t milliseconds) {
    struct itimerspec when = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
    };
    timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &when, NULL);
}

int cuv_memory(const char *name, long size) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -errno;
    if (ftruncate(descriptor, size) == 0 && fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK) == 0)
        return descriptor;
    int reason = errno;
    close(descriptor);
    return -reason;
}
