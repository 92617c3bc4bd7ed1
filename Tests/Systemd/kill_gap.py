"""Tells what kill_gap.sh found: each step of each return, and the gaps that each caller heard.

    kill_gap.py FOLDER CALLS

FOLDER has the results of phonesim (gaps*.json), and for each kill (kill-ROUND-KILL) the moments, in
microseconds of the machine's clock, of the kill, the new process's start and its readiness, with
the journal's lines around it."""

import glob
import json
import statistics
import sys

STEPS = [
    "noticed", "restart ordered", "process started", "first line", "first stream found",
    "last stream found", "first caller hears", "last caller hears", "ready",
]


def moments(path, calls):
    """When each step was done, in ms since the kill; None where it is not known."""
    lines = open(path).read().splitlines()
    kill, started, ready = (int(line) for line in lines[:3])
    entries = [json.loads(line) for line in lines[3:]]
    after = [
        (int(entry["__MONOTONIC_TIMESTAMP"]), entry.get("EVENT", ""), str(entry.get("MESSAGE")))
        for entry in entries
        if int(entry["__MONOTONIC_TIMESTAMP"]) >= kill
    ]

    def said(words):
        return [time for time, _, text in after if words in text]

    def happened(event):
        return [time for time, kind, _ in after if kind == event]

    own = [time for time, kind, _ in after if kind]
    found, heard = happened("stream.recovered"), happened("call.announced")
    times = [
        *(said("Main process exited")[:1] or [None]), *(said("Scheduled restart")[:1] or [None]),
        started, *(own[:1] or [None]), *(found[:1] or [None]), *(found[calls - 1 :][:1] or [None]),
        *(heard[:1] or [None]), *(heard[calls - 1 :][:1] or [None]), ready,
    ]
    return [None if time is None else (time - kill) / 1000 for time in times]


def main():
    folder, calls = sys.argv[1], int(sys.argv[2])
    kills = [moments(path, calls) for path in sorted(glob.glob(f"{folder}/kill-*"))]
    print(f"{len(kills)} kills under {calls} calls; ms since the kill:")
    print(f"  {'':20} {'least':>7} {'median':>7} {'most':>7}")
    for name, times in zip(STEPS, zip(*kills)):
        known = sorted(time for time in times if time is not None)
        if known:
            least, middle, most = known[0], statistics.median(known), known[-1]
            print(f"  {name:20} {least:7.0f} {middle:7.0f} {most:7.0f}")
    longest = []
    for path in sorted(glob.glob(f"{folder}/gaps*.json")):
        print(f"gaps that each caller heard, round {path[-6]}, ms:")
        for result in json.load(open(path))["results"]:
            gaps = [gap["ms"] for gap in result["gaps"]]
            longest.append(max(gaps, default=0))
            streams = len(result["streams"])
            told = "" if streams == 1 else f"   ({streams} streams)"
            print(f"  {result['call_sid'][:10]}  {', '.join(map(str, gaps)) or 'none'}{told}")
    longest.sort()
    print(f"longest gap of a call: median {statistics.median(longest):.0f}, most {longest[-1]} ms")


main()
