// Tells tests that a sanitizer watches, and shows the thread sanitizer what it cannot see: that who
// has waited for a Synchronization.Mutex comes after who let go of it. Where nobody waits, locking and
// unlocking are compiled into the program and seen; the rest is in Swift's library, which is not
// instrumented, and is found here before it is found there.
#include "sanitizers.h"

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
_Bool is_sanitized(void) { return 1; }
#else
_Bool is_sanitized(void) { return 0; }
#endif

#if __has_feature(thread_sanitizer)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <stdint.h>

#define SELF __attribute__((swift_context)) void *mutex

// Synchronization._MutexHandle._lockSlow(_: UInt32)
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
typedef __attribute__((swiftcall)) void LockSlow(uint32_t thread, SELF);
LockSlow lock_slow __asm__(LOCK_SLOW);

__attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF) {
    static _Atomic(LockSlow *) own;
    LockSlow *wait = own;
    if (!wait) own = wait = (LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    wait(thread, mutex);
    __tsan_acquire(mutex);
}

// Synchronization._MutexHandle._unlockSlow()
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
typedef __attribute__((swiftcall)) void UnlockSlow(SELF);
UnlockSlow unlock_slow __asm__(UNLOCK_SLOW);

__attribute__((swiftcall)) void unlock_slow(SELF) {
    static _Atomic(UnlockSlow *) own;
    UnlockSlow *wake = own;
    if (!wake) own = wake = (UnlockSlow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    __tsan_release(mutex);
    wake(mutex);
}
#endif
