#pragma once

/// Whether allocations are counted: not under a sanitizer, which has an allocator of its own.
_Bool allocations_are_counted(void);

/// Allocations that the calling thread has made since it began.
unsigned long allocations_of_this_thread(void);
