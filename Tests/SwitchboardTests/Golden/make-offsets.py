#!/usr/bin/env python3
"""Writes offsets.txt, which OpeningHours' zones are held against: what Python's zoneinfo says.

    python3 make-offsets.py >offsets.txt

One line for each zone: its name, then SECOND:OFFSET pairs. Half of the seconds are the last one
before a move of the clock and the first one after it. It was made with tzdata 2025b.
"""

import datetime
import random
import zoneinfo

ZONES = """UTC Europe/Berlin Europe/London Europe/Dublin America/New_York America/St_Johns
America/Nuuk America/Sao_Paulo Africa/Cairo Africa/Casablanca Asia/Kolkata Asia/Tehran
Australia/Lord_Howe Pacific/Apia Pacific/Chatham""".split()
FIRST, LAST, STEP = 0, 4_133_980_800, 7 * 86_400  # 1970 to 2101


def main():
    dice = random.Random(2026)
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)

        def offset(second):
            moment = datetime.datetime.fromtimestamp(second, zone)
            return int(moment.utcoffset().total_seconds())

        moves = []
        for start in range(FIRST, LAST, STEP):
            low, high = start, start + STEP
            if offset(low) == offset(high):
                continue
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(start) else (low, middle)
            moves.append(high)
        chosen = dice.sample(moves, min(24, len(moves)))
        seconds = {move - before for move in chosen for before in (0, 1)}
        seconds |= {dice.randrange(FIRST, LAST) for _ in range(24)}
        print(name, *(f"{second}:{offset(second)}" for second in sorted(seconds)))


main()
