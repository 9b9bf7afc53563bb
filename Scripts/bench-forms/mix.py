"""bench mix: instructions of the mixer, and the check that they do not become more."""

import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

from common import ROOT, built, fail, load, machine, options, say, tell

STORED = ROOT / "Tests/Bench/instructions.json"
RENEW = "Scripts/bench mix --renew"
CHECKED = (32, 128)    # legs, with gains
CHECKED_FRAMES = 100   # two seconds: what meters do once a second is counted twice
TOLERANCE = 0.05


def instructions(program, chosen, legs, frames, function="mw::bench::mixCostBlock(*"):
    """Of a function of the program and what it calls, a leg and frame."""
    with tempfile.TemporaryDirectory(prefix="milliwatt-bench.") as folder:
        try:
            found = subprocess.run(
                ["valgrind", "--tool=callgrind", f"--toggle-collect={function}", f"--callgrind-out-file={folder}/out",
                 str(program), *chosen, str(frames), str(legs)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        except FileNotFoundError:
            fail("valgrind is missing; Scripts/setup test installs it")
    counted = re.search(r"Collected : (\d+)", found)
    if not counted or int(counted.group(1)) == 0:
        fail(f"callgrind counts nothing: {found}")
    return int(counted.group(1)) / legs / frames


def written(count):
    return f"{count:,.0f}".replace(",", " ")


def mix(write):
    program = built("mix_cost")
    has_aumix = "bin/aumix_cost:" in (ROOT / "build/release/build.ninja").read_text()  # only where librem is an archive
    aumix = built("aumix_cost") if has_aumix else None
    lines = [f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; loops of {about(program)}. Time is the median of 500 blocks, at a load of {load()}.", "",
             "| legs | unity gain | gains | all but two muted | time, gains | × a copy of the sound | arithmetic alone, 16 bits to 16 bits | adding all others anew | librem's aumix |",
             "|---|---|---|---|---|---|---|---|---|"]
    for legs in (2, 8, 32, 128, 512, 2048):
        say(f"{legs} legs")
        frames = 50 if legs > 100 else 400
        counts = [written(instructions(program, chosen, legs, frames))
                  for chosen in ([], ["--gains"], ["--gains", "--muted"], ["--gains", "--kernel"])]
        anew = written(instructions(program, ["--naive"], legs, 2)) if legs <= 512 else "—"
        theirs = written(instructions(aumix, [], legs, 5, "aumix_thread")) if aumix and legs <= 512 else "—"
        _, mixing, copying = subprocess.run([str(program), "--gains", "500", str(legs)], stdout=subprocess.PIPE, text=True,
                                            check=True).stdout.split()
        lines.append(f"| {legs} | " + " | ".join(counts[:3]) + f" | {float(mixing):.0f} ns | {float(mixing) / float(copying):.1f} | {counts[3]} | {anew} | {theirs} |")
    tell("mix", lines, write)
    return 0


def about(program):
    return subprocess.run([str(program), "--about"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def figures(program):
    return {str(legs): round(instructions(program, ["--gains"], legs, CHECKED_FRAMES), 1) for legs in CHECKED}


def check(program):
    """@returns the exit code: 0, 1 when instructions became more or nothing is stored to compare with"""
    made = about(program)
    stored = json.loads(STORED.read_text()).get(made)
    name = STORED.relative_to(ROOT)
    if stored is None:
        print(f"bench: NOT CHECKED: {name} has no figures for {made}; `{RENEW}` stores them")
        return 1
    code = 0
    for legs, count in figures(program).items():
        former = stored[legs]
        limit = former * (1 + TOLERANCE)
        text = f"{legs} legs, {made}: {count:.1f} instructions a leg and frame, stored {former:.1f}, limit {limit:.1f}"
        if count > limit:
            code = 1
            print(f"bench: TOO MANY: {text}. If they are worth it, `{RENEW}` stores the new figures in {name}")
        elif count < former * (1 - TOLERANCE):
            print(f"bench: fewer: {text}. `{RENEW}` stores them, so that they stay so")
        else:
            print(f"bench: held: {text}")
    return code


def renew(program):
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    stored[about(program)] = figures(program)
    STORED.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n")
    print(STORED.read_text(), end="")
    return 0


def run(arguments):
    form = arguments[0] if arguments and arguments[0] in ("--check", "--renew") else None
    if form is None:
        return mix(options(arguments, {})["write"])
    chosen = options(arguments[1:], {"program": ""})
    if chosen["write"]:
        fail(f"{form} does not go with --write", 2)
    program = Path(chosen["program"]) if chosen["program"] else built("mix_cost")
    return check(program) if form == "--check" else renew(program)
