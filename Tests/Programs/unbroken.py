"""Looks at callers whose daemon was killed under them and who kept their stream, as phonesim tells.

    unbroken.py RESULTS.json OUTCOMES_FOLDER WAVE CALLS STREAMS CONVERSATIONS

Each caller had so many streams, nothing in them against the protocol, and so many agents, of whom
each but the first was told what had been said. Prints the longest silences they heard.
"""

import json
import sys

from outcomes import told

SILENCE = 0xFF
BYTES_PER_MS = 8


def silences(path):
    """How long nothing at all was played, between the first sound and the last, in ms."""
    audio = open(path, "rb").read()
    audio = audio[audio.index(b"data") + 8 :].strip(bytes([SILENCE]))
    assert audio, "a caller heard nothing"
    longest = run = 0
    for byte in audio:
        run = run + 1 if byte == SILENCE else 0
        longest = max(longest, run)
    return longest / BYTES_PER_MS


def main():
    results, folder, wave, count, streams, conversations = sys.argv[1:]
    calls = json.load(open(results))["results"]
    assert len(calls) == int(count), f"{len(calls)} calls"
    longest = []
    for number, result in enumerate(calls):
        assert result["status"] == "completed", result["status"]
        assert len(result["streams"]) == int(streams), f"{len(result['streams'])} streams"
        for stream in result["streams"]:
            received = stream["received"]
            assert not received["reasons"], received["reasons"]
            assert received["dropped"] == 0, f"{received['dropped']} messages were wrong"
        first, *later = told(folder, result["call_sid"])
        assert len(later) == int(conversations) - 1, f"{len(later) + 1} conversations"
        assert "This call so far" not in first
        for words in later:
            assert "This call so far" in words, "an agent was not told what was said"
        name = f"{wave}.{number}" if int(count) > 1 else wave
        longest.append(silences(name))
    print("    longest silences: " + ", ".join(f"{ms:.0f}" for ms in sorted(longest)) + " ms")


main()
