"""bench calls: processor time of a mixer's threads a call, beside pjsua where there is one."""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from common import built, fail, load, machine, options, say, tell

DEFAULTS = {"seconds": 30, "rounds": 3, "rate": 8000, "legs": "50,100,200", "pjsua": ""}
FIELDS = ("legs", "sip", "media", "other", "sip_wakes", "media_wakes", "other_wakes", "fewest", "worst_jitter", "jitter", "deaf", "late", "skipped", "latest")
PJSUA_PORT = 45060
WAYS = {"before the tick": [], "as they come": ["--at-once"], "before the tick, with SRTP": ["--srtp"]}  # with call_cost's options


class Pjsua:
    """Another maker's conference bridge, one that answers: its console program without a sound card."""

    def __init__(self, binary, legs, rate):
        self.log = tempfile.TemporaryFile("w+")
        try:
            self.process = subprocess.Popen(
                [binary, "--null-audio", "--auto-answer=200", "--auto-conf", f"--max-calls={legs + 1}", f"--local-port={PJSUA_PORT}", "--no-tcp",
                 "--ip-addr=127.0.0.1", "--bound-addr=127.0.0.1", "--rtp-port=46000", f"--clock-rate={rate}", "--no-vad", "--ec-tail=0", "--dis-codec=*",
                 "--add-codec=pcmu", "--log-level=1", "--app-log-level=1", "--no-cli-console", "--use-cli", "--cli-telnet-port=0"],
                stdin=subprocess.PIPE, stdout=self.log, stderr=self.log)
        except OSError as error:
            fail(f"{binary} does not start: {error}")
        for _ in range(100):
            if any(line.split()[1].endswith(f":{PJSUA_PORT:04X}") for line in open("/proc/net/udp").readlines()[1:]):
                return
            time.sleep(0.1)
        self.log.seek(0)
        fail(f"{binary} does not listen: {self.log.read().strip()[-400:]}")

    def end(self):
        self.process.kill()
        self.process.wait()


def measured(command):
    say(" ".join(command[1:]))
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        fail("call_cost ended with " + str(run.returncode))
    return dict(zip(FIELDS, (float(each) for each in run.stdout.split())))


def calls(chosen):
    """What a call costs the mixer's threads."""
    counts = ["0", *chosen["legs"].split(",")]
    program = built("call_cost")
    base = [str(program), "--seconds", str(chosen["seconds"]), "--rate", str(chosen["rate"])]
    found, loads = {}, []
    for number in range(1, chosen["rounds"] + 1):
        say(f"round {number} of {chosen['rounds']}")
        for count in counts:
            ways = ["before the tick"] if count == "0" else [*WAYS, *(["by pjsua"] if chosen["pjsua"] else [])]
            for way in ways:
                other = Pjsua(chosen["pjsua"], int(count), chosen["rate"]) if way == "by pjsua" else None
                try:
                    extra = ["--beside", f"{other.process.pid}:{PJSUA_PORT}"] if other else WAYS[way]
                    found.setdefault((count, way), []).append(measured([*base, *extra, count]))
                finally:
                    if other:
                        other.end()
                loads.append(float(load()))
    lines = [f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; mix at {chosen['rate']} Hz; medians of {chosen['rounds']} rounds of {chosen['seconds']} s in turn; "
             f"one-minute load {min(loads):.1f} to {max(loads):.1f}, the callers included. Wake-ups and packets are a second.", "",
             "| calls | packets are read | a call and frame | of it sip | media | sip wakes up | fewest packets to a caller | jitter sent, worst caller | "
             "callers that heard nothing | late, skipped ticks | latest tick |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for (count, way), rounds in found.items():
        mid = {name: sorted(each[name] for each in rounds)[len(rounds) // 2] for name in FIELDS}
        whole = mid["sip"] + mid["media"] + mid["other"]
        if count == "0":
            lines.append(f"| 0 | — | {whole:.0f} µs a frame | {mid['sip']:.0f} µs | {mid['media']:.0f} µs | {mid['sip_wakes']:.0f} | — | — | — | "
                         f"{mid['late']:.0f}, {mid['skipped']:.0f} | {mid['latest']:.2f} ms |")
            continue
        heard = f"{mid['fewest']:.2f} | {mid['worst_jitter']:.2f} ms | {mid['deaf']:.0f}"
        if way == "by pjsua":
            lines.append(f"| {count} | {way} | {whole:.1f} µs | — | — | {mid['other_wakes']:.0f} | {heard} | — | — |")
        else:
            lines.append(f"| {count} | {way} | {whole:.1f} µs | {mid['sip']:.1f} µs | {mid['media']:.1f} µs | {mid['sip_wakes']:.0f} | {heard} | "
                         f"{mid['late']:.0f}, {mid['skipped']:.0f} | {mid['latest']:.2f} ms |")
    tell("calls", lines, chosen["write"])
    return 0


def run(arguments):
    chosen = options(arguments, DEFAULTS)
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", chosen["legs"]):
        fail(f"--legs takes numbers of calls, 50,100,200, not {chosen['legs']}", 2)
    if chosen["rounds"] < 1 or chosen["seconds"] < 1:
        fail("--rounds and --seconds take 1 or more", 2)
    if chosen["pjsua"] and not os.access(chosen["pjsua"], os.X_OK):
        fail(f"there is no program {Path(chosen['pjsua'])}", 2)
    return calls(chosen)
