"""Looks at callers whose daemon was killed in the middle of their call, as phonesim tells them.

    heard.py RESULTS.json OUTCOMES_FOLDER WAVE CALLS KILLS

Each caller had another stream after each kill and was spoken to in it, did not hear the greeting
twice, and every later agent was told what had been said. Prints how long each caller was alone.
"""

import json
import sys

from outcomes import told

# Half a second of mu-law: longer than any two recordings have in common by accident.
SNIPPET_BYTES = 4_000
# Mu-law: longer than the house's own sentence, so that it was the agent who went on.
VOICE_BYTES = 3 * 8_000
SILENCE = b"\xff"


def gaps(streams):
    """From the end of each stream to the beginning of the next, and to the first voice in it."""
    for before, after in zip(streams, streams[1:]):
        lost = before["opened_ms"] + before["duration_ms"]
        assert after["first_heard_ms"] is not None, "nobody spoke to a caller again"
        yield after["opened_ms"] - lost, after["opened_ms"] + after["first_heard_ms"] - lost
    heard = streams[-1]["received"]["bytes"]
    assert heard >= VOICE_BYTES, f"only {heard} bytes were heard in the last stream"


def greetings(path):
    """How often the caller heard the beginning of what was heard first."""
    audio = open(path, "rb").read()
    start = audio.index(b"data") + 8
    while audio[start : start + 1] == SILENCE:
        start += 1
    # Past the fade-in, which is nearly silence.
    snippet = audio[start + 4_000 : start + 4_000 + SNIPPET_BYTES]
    assert len(set(snippet)) > 20, "what was heard first is no voice"
    return audio.count(snippet)


def main():
    results, folder, wave, count, kills = sys.argv[1:]
    streams = int(kills) + 1
    calls = json.load(open(results))["results"]
    assert len(calls) == int(count), f"{len(calls)} calls"
    alone, silent = [], []
    for result in calls:
        assert result["status"] == "completed", result["status"]
        assert len(result["streams"]) == streams, f"{len(result['streams'])} streams"
        for gap, until_heard in gaps(result["streams"]):
            alone.append(gap)
            silent.append(until_heard)
        first, *later = told(folder, result["call_sid"])
        assert len(later) == streams - 1, f"{len(later)} conversations after the first"
        assert "This call so far" not in first
        for words in later:
            assert "This call so far" in words, "an agent was not told what was said"
            assert "Anna Miller" in words.split("This call so far")[1], "not what was said"
    for number in range(len(calls)):
        heard = greetings(f"{wave}.{number}")
        assert heard == 1, f"call {number} heard the greeting {heard} times"
    print(f"    a stream again after {show(alone)} ms, a voice again after {show(silent)} ms")


def show(times):
    return ", ".join(f"{time:.0f}" for time in sorted(times))


main()
