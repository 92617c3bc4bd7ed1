#pragma once

/* How often this thread has asked for memory since it began; -1 if a sanitizer owns malloc. */
long allocations_of_this_thread(void);
