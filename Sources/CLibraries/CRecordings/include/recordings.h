#pragma once
#include <stddef.h>

/// One short utterance: a whole WAV file, G.711 mu-law, 8 kHz, mono, at most five seconds.
struct recording {
    /// Who says what in which language: `caller-en-answer`.
    const char *name;
    /// ISO 639-1: `en` or `de`.
    const char *language;
    /// The words, as UTF-8.
    const char *text;
    /// The file, its RIFF header first.
    const unsigned char *bytes;
    size_t count;
};

/// Every utterance, in the order of spoken.txt; they live as long as the program.
const struct recording *recordings(size_t *count);
