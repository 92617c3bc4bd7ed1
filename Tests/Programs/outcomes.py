"""Reads what agentsim wrote down of its conversations."""

import glob
import json


def told(folder, call):
    """What the agents of a call were told and said, in the order they began."""
    own = []
    for path in glob.glob(f"{folder}/*.json"):
        outcome = json.load(open(path))
        if call in json.dumps(outcome):
            began = outcome["record"]["metadata"]["start_time_unix_secs"]
            words = open(path.replace(".json", ".txt")).read()
            own.append((began, "This call so far" in words, words))
    return [words for _, _, words in sorted(own)]
