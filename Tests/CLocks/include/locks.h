#pragma once
// Nothing to be called: see locks.c.
