#include "shim.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
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
