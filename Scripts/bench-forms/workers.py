"""bench workers: opus calls with and without threads that help the media thread."""

import time

from calls import measured
from common import built, fail, keep_awake, load, machine, options, say, tell

DEFAULTS = {"seconds": 20, "rounds": 3, "legs": 150, "workers": 1, "complexity": 5, "rate": 48000}


def run(arguments):
    chosen = options(arguments, DEFAULTS)
    if chosen["rounds"] < 1 or chosen["seconds"] < 1 or not 1 <= chosen["workers"] <= 63:
        fail("--rounds and --seconds take 1 or more, --workers 1 to 63", 2)
    if chosen["complexity"] > 10:
        fail(f"--complexity takes 0 to 10, not {chosen['complexity']}", 2)
    program = built("call_cost")
    keep_awake()
    base = [str(program), "--opus", "--seconds", str(chosen["seconds"]), "--rate", str(chosen["rate"]), "--complexity", str(chosen["complexity"])]
    found, loads = {0: [], chosen["workers"]: []}, []
    for number in range(1, chosen["rounds"] + 1):
        say(f"round {number} of {chosen['rounds']}")
        for workers, rounds in found.items():
            rounds.append(measured([*base, "--workers", str(workers), str(chosen["legs"])]))
            loads.append(float(load()))
    lines = [f"Machine: {machine()}, kept awake by an idle-class spinner a core; {time.strftime('%Y-%m-%d')}; {chosen['legs']} opus calls, complexity {chosen['complexity']}, mix at {chosen['rate']} Hz; medians of {chosen['rounds']} "
             f"rounds of {chosen['seconds']} s in turn; load {min(loads):.1f} to {max(loads):.1f}, the callers included.", "",
             "| workers | a tick takes of its 20 ms | × faster | media and workers, a call and frame | sip | fewest packets a second to a caller | "
             "callers that heard nothing | late, skipped ticks | latest tick |", "|---|---|---|---|---|---|---|---|---|"]
    alone = None
    for workers, rounds in found.items():
        mid = {name: sorted(each[name] for each in rounds)[len(rounds) // 2] for name in rounds[0] if name != "ticks"}
        alone = alone or mid["share"]
        lines.append(f"| {workers} | {20 * mid['share']:.1f} ms | {alone / mid['share']:.2f} | {mid['media']:.1f} µs | {mid['sip']:.1f} µs | {mid['fewest']:.2f} | {mid['deaf']:.0f} | "
                     f"{mid['late']:.0f}, {mid['skipped']:.0f} | {mid['latest']:.2f} ms |")
    tell("workers", lines, chosen["write"])
    return 0
