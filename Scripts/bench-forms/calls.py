"""bench calls: processor time of a mixer's threads a call."""

import subprocess
import time

from common import built, fail, load, machine, options, say, tell


def calls(chosen):
    """What a call costs the mixer's threads."""
    counts = ["0", "50", "100", "200"]
    program = built("call_cost")
    found = {}
    loads = []
    for number in range(1, chosen["rounds"] + 1):
        for count in counts:
            for at_once in (False,) if count == "0" else (False, True):
                command = [str(program), "--seconds", str(chosen["seconds"]), "--rate", str(chosen["rate"]), *(["--at-once"] if at_once else []), count]
                say(f"round {number}: {' '.join(command[1:])}")
                run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
                if run.returncode != 0:
                    fail("call_cost ended with " + str(run.returncode))
                found.setdefault((count, at_once), []).append([float(each) for each in run.stdout.split()])
                loads.append(float(load()))
    lines = [f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; mix at {chosen['rate']} Hz; medians of {chosen['rounds']} rounds of {chosen['seconds']} s in turn; "
             f"one-minute load {min(loads):.1f} to {max(loads):.1f}, the callers included.", "",
             "| calls | packets are read | sip a call and frame | media a call and frame | sip wakes up | media wakes up | fewest packets to a caller |",
             "|---|---|---|---|---|---|---|"]
    for (count, at_once), rounds in found.items():
        legs, sip, media, _, sip_wakes, media_wakes, _, fewest = (sorted(column)[len(column) // 2] for column in zip(*rounds))
        how = "as they come" if at_once else "before the tick"
        cost = f"{sip:.1f} µs | {media:.1f} µs" if legs else f"{sip:.0f} µs a frame | {media:.0f} µs a frame"
        lines.append(f"| {legs:.0f} | {how if legs else '—'} | {cost} | {sip_wakes:.0f} a second | {media_wakes:.0f} a second | {f'{fewest:.2f} a second' if legs else '—'} |")
    tell("calls", lines, chosen["write"])
    return 0


def run(arguments):
    return calls(options(arguments, {"seconds": 30, "rounds": 3, "rate": 8000}))
