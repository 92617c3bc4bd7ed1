#pragma once
#include <uv.h>

// The loop whose thread this is, or NULL. A thread-local, so that asking is no data race.
void *cuv_current_loop(void);
void cuv_set_current_loop(void *loop);

// SOCK_STREAM: which module shows it to Swift depends on what else was imported before.
extern const int cuv_stream;

// A stream socket with SOCK_NONBLOCK | SOCK_CLOEXEC; the descriptor, or -errno.
int cuv_socket(int family);

// accept4(2) with SOCK_NONBLOCK | SOCK_CLOEXEC; the descriptor, or -errno.
int cuv_accept(int listener);

// recv(2) and send(2) with MSG_NOSIGNAL; -1 and errno. As plain system calls: no thread of ours is
// ever cancelled, and glibc's own prepare for that with every call.
ssize_t cuv_receive(int socket, void *bytes, size_t count);
ssize_t cuv_send(int socket, const void *bytes, size_t count);

// cuv_receive for a reader that may die of anything at any time: how many bytes were taken, the
// kernel itself writes down as a part of the call (recvmmsg(2)), as 4 bytes at cuv_note_count of
// `note`, which has cuv_note_bytes and is shared with whoever wants to know.
ssize_t cuv_receive_noted(int socket, void *bytes, size_t count, void *note);
extern const long cuv_note_bytes;
extern const long cuv_note_count;

// prctl(PR_SET_NAME), and every signal but the fatal ones blocked: signals go to the main thread.
void cuv_prepare_thread(const char *name);

// signal(SIGPIPE, SIG_IGN): a macro that Swift cannot read.
void cuv_ignore_sigpipe(void);

// A descriptor that becomes readable at a time of CLOCK_MONOTONIC (timerfd_create(2)); or -errno.
int cuv_alarm(void);

// The time, in whole milliseconds; 0 is never. What it rang before is forgotten.
void cuv_set_alarm(int descriptor, int64_t milliseconds);

// Memory of that size which can be passed on as a descriptor, closed on exec, and which nobody can
// make smaller (memfd_create(2), F_SEAL_SHRINK); the descriptor, or -errno.
int cuv_memory(const char *name, long size);
