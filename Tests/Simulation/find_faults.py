#!/usr/bin/env python3
"""Does the simulation find faults? Puts each of faults.txt into a copy of the house and says which
of them housesim found, and by what. All are built into one program; SIMULATED_FAULT chooses.

    Tests/Simulation/find_faults.py [--seeds N] [words of a fault's name]
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

HOUSE = pathlib.Path(__file__).resolve().parents[2]
COPY = HOUSE / ".build/faults"
BUILD = ["swift", "build", "-c", "release", "--product", "housesim"]
# A fault may make a house go round in circles.
SECONDS_MAX = 120
SWITCH = """import Glibc

/// The fault on trial.
private let fault = getenv("SIMULATED_FAULT").map { String(cString: $0) }

/// True while that fault is on trial.
@inline(never) func isFault(_ name: StaticString) -> Bool {
    fault.map { $0 == "\\(name)" } ?? false
}
"""


def faults():
    """Name, file, text and faulty text of each."""
    text = (HOUSE / "Tests/Simulation/faults.txt").read_text()
    for part in text.split("\n== ")[1:]:
        name, file, rest = part.split("\n", 2)
        right, wrong = rest.rstrip("\n").split("\n-->\n")
        yield name, file, right, wrong.replace("FAULT", f'isFault("{name}")')


def faulty(all_faults):
    """The files that differ in the faulty house."""
    files = {}
    for name, file, right, wrong in all_faults:
        text = files.get(file) or (HOUSE / "Sources" / file).read_text()
        if text.count(right) != 1:
            sys.exit(f"{file} has not, just once, what “{name}” replaces: correct faults.txt")
        files[file] = text.replace(right, wrong)
    for room in {file.split("/")[0] for file in files}:
        files[f"{room}/Fault.swift"] = SWITCH
    return files


def copy(files):
    """Brings the copy up to date; what is the same is not touched, nor built again."""
    for source in HOUSE.glob("Sources/**/*"):
        place = source.relative_to(HOUSE / "Sources").as_posix()
        if source.is_file() and place not in files:
            put(COPY / "Sources" / place, source.read_bytes())
    for place, text in files.items():
        put(COPY / "Sources" / place, text.encode())
    package = (HOUSE / "Package.swift").read_text()
    # Of the house's tests nothing is there.
    package = re.sub(r"\n +\.target\(\s*name: \"\w+\", path: \"Tests/.*?\n    \],", "\n    ],",
                     package, flags=re.S)
    put(COPY / "Package.swift", package.encode())


def put(place, content):
    if not place.exists() or place.read_bytes() != content:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def trial(name, seeds):
    """What the simulation says of one fault; nothing when it finds none."""
    run = [COPY / ".build/release/housesim", "--seeds", str(seeds)]
    try:
        done = subprocess.run(run, capture_output=True, text=True, timeout=SECONDS_MAX,
                              env=os.environ | {"SIMULATED_FAULT": name})
    except subprocess.TimeoutExpired:
        return "it came to no end"
    if done.returncode < 0:
        return "it crashed"
    failed = re.findall(r"^seed \d+: at [\d.e-]+ seconds: (.*)", done.stdout, flags=re.M)
    unseen = re.findall(r"^  0 × (.*)", done.stdout, flags=re.M)
    if failed:
        return f"{len(failed)} of {seeds} houses, such as: {failed[0]}"
    return f"never seen: {', '.join(unseen)}" if unseen else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    known = list(faults())
    copy(faulty(known))
    subprocess.run(BUILD, cwd=COPY, check=True)
    missed = []
    for name in ["none"] + [name for name, *_ in known if " ".join(arguments.words) in name]:
        found = trial(name, arguments.seeds)
        print(f"{'found ' if found else 'MISSED' if name != 'none' else 'clean '} {name}"
              + (f"\n         {found[:120]}" if found else ""), flush=True)
        if bool(found) == (name == "none"):
            missed.append(name)
    sys.exit(f"{len(missed)} of {len(known)} were not found" if missed else 0)


if __name__ == "__main__":
    main()
