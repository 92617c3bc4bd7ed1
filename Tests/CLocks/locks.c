// Shows the thread sanitizer what it cannot see: that who has waited for a Synchronization.Mutex comes
// after who let go of it. Locking and unlocking are compiled into the program and seen; the wait is
// in Swift's library, which is not instrumented, and is found here before it is found there.
#include "locks.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <stdint.h>

// Synchronization._MutexHandle._lockSlow(_: UInt32)
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
typedef __attribute__((swiftcall)) void
    LockSlow(uint32_t thread, __attribute__((swift_context)) void *mutex);
LockSlow lock_slow __asm__(LOCK_SLOW);

__attribute__((swiftcall)) void
lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    static _Atomic(LockSlow *) own;
    LockSlow *wait = own;
    if (!wait) own = wait = (LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    wait(thread, mutex);
    __tsan_acquire(mutex);
}
#endif
#endif
