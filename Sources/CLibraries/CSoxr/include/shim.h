#pragma once
#include <soxr.h>
#include <unistd.h>

/* Swift refuses a global variable that anyone may change; this reads it once. */
static inline char *const *soxr_shim_environment(void) {
    extern char **environ;
    return environ;
}
