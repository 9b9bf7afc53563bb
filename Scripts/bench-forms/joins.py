"""bench joins: how soon who joins hears the others, and what a call takes of memory."""

import re
import subprocess
import time

from common import binary_of, built, fail, load, machine, options, say, tell

LIMIT_TICKS = 2


def run(arguments):
    chosen = options(arguments, {"joins": 20, "legs": "4,100,400", "rate": 8000, "binary": ""})
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", chosen["legs"]):
        fail(f"--legs takes numbers of calls, 4,100,400, not {chosen['legs']}", 2)
    if chosen["joins"] < 1:
        fail("--joins takes 1 or more", 2)
    program = binary_of(chosen["binary"]) if chosen["binary"] else built("milliwatt")
    command = [str(built("join_cost")), str(program), "--joins", str(chosen["joins"]), "--rate", str(chosen["rate"]), *chosen["legs"].split(",")]
    say(" ".join(command[1:]))
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if found.returncode != 0:
        fail(f"join_cost ended with {found.returncode}")
    lines = [f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; {chosen['joins']} joins each, mix at {chosen['rate']} Hz, ticks of 20 ms; load {load()}.", "",
             "| calls that talk | a call that joins hears them after, median | latest | memory a call |", "|---|---|---|---|"]
    slow = 0
    for line in found.stdout.splitlines():
        legs, median, latest, kib, late = line.split()
        slow += int(late)
        lines.append(f"| {legs} | {median} ms | {latest} ms | {kib} KiB |")
    tell("joins", lines, chosen["write"])
    if slow:
        say(f"{slow} joins took more than {LIMIT_TICKS} ticks")
    return 1 if slow else 0
