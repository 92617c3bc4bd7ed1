#pragma once

/// Whether a sanitizer watches, under which everything takes ten times as long.
_Bool is_sanitized(void);
