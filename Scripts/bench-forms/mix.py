"""bench mix: instructions of the mixer."""

import re
import subprocess
import tempfile
import time

from common import built, fail, load, machine, options, say, tell


def instructions(program, options_, legs, frames):
    """Of MixerProcessor::process, a leg and frame."""
    with tempfile.TemporaryDirectory(prefix="milliwatt-bench.") as folder:
        try:
            found = subprocess.run(
                ["valgrind", "--tool=callgrind", "--toggle-collect=mw::MixerProcessor::process(*", f"--callgrind-out-file={folder}/out",
                 str(program), *options_, str(frames), str(legs)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        except FileNotFoundError:
            fail("valgrind is missing; Scripts/setup test installs it")
    counted = re.search(r"Collected : (\d+)", found)
    if not counted:
        fail(f"callgrind counts nothing: {found}")
    return int(counted.group(1)) / legs / frames


def mix(write):
    program = built("mix_cost")
    lines = [f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}. Time is the median of 500 blocks, at a load of {load()}.", "",
             "| legs | unity gain | gains | all but two muted | time, gains | × a copy of the sound |", "|---|---|---|---|---|---|"]
    for legs in (2, 8, 32, 128, 512):
        say(f"{legs} legs")
        frames = 50 if legs > 100 else 400
        counts = [instructions(program, chosen, legs, frames) for chosen in ([], ["--gains"], ["--gains", "--muted"])]
        _, mixing, copying = subprocess.run([str(program), "--gains", "500", str(legs)], stdout=subprocess.PIPE, text=True,
                                            check=True).stdout.split()
        lines.append(f"| {legs} | " + " | ".join(f"{count:,.0f}".replace(",", " ") for count in counts)
                     + f" | {float(mixing):.0f} ns | {float(mixing) / float(copying):.1f} |")
    tell("mix", lines, write)
    return 0


def run(arguments):
    return mix(options(arguments, {})["write"])
