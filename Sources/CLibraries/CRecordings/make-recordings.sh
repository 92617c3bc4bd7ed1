#!/usr/bin/env bash
# Speaks every line of spoken.txt into voices/NAME.wav and writes recordings.c, which embeds them.
# Needs espeak-ng and sox: `deploy/setup/packages.sh recordings`. The same versions of both make
# the same bytes: espeak-ng has no dice, and sox's dither is seeded (-R).
set -euo pipefail
cd "$(dirname "$0")"

seconds_max=5
declare -A voice=(
    [caller-en]=en-gb+m3 [agent-en]=en-us+f4
    [caller-de]=de+m7 [agent-de]=de+f2
    [house-en]=en-gb+f3 [house-de]=de+f5
)

trim() {
    local text=$1
    text=${text#"${text%%[![:space:]]*}"}
    printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# 300-3400 Hz is what a telephone line passes; trimmed silence keeps the files small, a short rest
# at the end lets listeners hear that the sentence is over.
speak() {
    local name=$1 language=$2 text=$3
    espeak-ng -v "${voice[${name%%-*}-$language]}" -s 165 --stdout "$text" |
        sox -R -t wav - -t wav -r 8000 -c 1 -e mu-law "voices/$name.wav" \
            highpass 300 lowpass 3400 silence 1 0.02 0.2% reverse silence 1 0.02 0.2% reverse \
            pad 0.1 0.3 norm -3
    local lasts
    lasts=$(soxi -D "voices/$name.wav")
    if [[ ${lasts%.*} -ge $seconds_max ]]; then
        echo "make-recordings.sh: $name lasts $lasts s; the limit is $seconds_max s" >&2
        return 1
    fi
}

arrays= table=
rm -f voices/*.wav
while IFS='|' read -r name language text; do
    [[ -z $name || $name == '#'* ]] && continue
    name=$(trim "$name") language=$(trim "$language") text=$(trim "$text")
    speak "$name" "$language" "$text"
    arrays+="static const unsigned char ${name//-/_}[] = {
#embed \"voices/$name.wav\"
};
"
    table+="    {\"$name\", \"$language\",
     \"$text\",
     ${name//-/_}, sizeof ${name//-/_}},
"
done <spoken.txt

cat >recordings.c <<C
// Written by make-recordings.sh from spoken.txt; change those.
#include "recordings.h"

// #embed is C23; clang has it in every mode and says so, which is no fault here.
#pragma clang diagnostic ignored "-Wc23-extensions"

$arrays
static const struct recording all[] = {
$table};

const struct recording *recordings(size_t *count) {
    *count = sizeof all / sizeof all[0];
    return all;
}
C
