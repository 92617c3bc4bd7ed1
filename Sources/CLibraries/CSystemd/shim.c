#include "shim.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int listener = -1;

static void tell(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe holds thousands of signals that nobody has read; one more says nothing new.
    ssize_t written = write(atomic_load(&listener), &byte, 1);
    (void)written;
    errno = before;
}

int callbridge_signal_tell(int number, int descriptor) {
    atomic_store(&listener, descriptor);
    struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

void callbridge_signal_restore(int number) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

int callbridge_send_descriptors(
    int socket, const void *bytes, unsigned long count, const int *descriptors, int descriptor_count) {
    enum { most = 2 };
    if (descriptor_count < 1 || descriptor_count > most) {
        errno = EINVAL;
        return -1;
    }
    unsigned long size = sizeof(int) * (unsigned long)descriptor_count;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * most)] = {0};
    struct iovec text = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = CMSG_SPACE(size)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), descriptors, size);
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}
