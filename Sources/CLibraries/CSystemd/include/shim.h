#pragma once
#include <systemd/sd-journal.h>
#include <systemd/sd-daemon.h>

// From now on the signal writes its number, one byte, to `descriptor`, which is non-blocking.
// A handler may do little more (signal-safety(7)) and Swift promises nothing there, so it is C.
// Zero, or -1 with errno set (sigaction(2)).
int callbridge_signal_tell(int number, int descriptor);

// The signal does again what it does by itself.
void callbridge_signal_restore(int number);

// Sends one datagram with at most two descriptors attached (unix(7), SCM_RIGHTS), without waiting;
// zero, or -1 with errno set. The macros for it are none that Swift can read.
int callbridge_send_descriptors(
    int socket, const void *bytes, unsigned long count, const int *descriptors, int descriptor_count);
