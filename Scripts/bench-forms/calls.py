"""bench calls: processor time of a mixer's threads a call, beside pjsua where there is one."""

import os
import re
import subprocess
import tempfile
import time
import timeit
from pathlib import Path

from common import built, draw, drawn_if, fail, keep_awake, load, machine, options, say, tell

DEFAULTS = {"seconds": 30, "rounds": 3, "rate": 8000, "legs": "50,100,200", "pjsua": "", "awake": 1}
FIELDS = ("legs", "sip", "media", "other", "sip_wakes", "media_wakes", "other_wakes", "fewest", "worst_jitter", "jitter", "deaf", "late", "skipped", "latest")
PJSUA_PORT = 45060
LATENESS_BINS = 16  # TickStats::latenessHistogram
LIMIT_SRTP_US, LIMIT_JITTER_MS = 30.0, 0.5  # a call and frame with SRTP; sent to the worst caller
FEWEST_OF_SRTP = 50  # calls; what a tick costs without a call is too much of fewer
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


def system_call():
    """What the least system call takes, by Python's os.getppid() with a little of Python's own: on machines of some hypervisors it is much of a packet's cost."""
    count = 20_000
    return f"a system call takes {1e9 * min(timeit.repeat('getppid()', 'from os import getppid', number=count, repeat=5)) / count:.0f} ns"


def measured(command):
    say(" ".join(command[1:]))
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        fail("call_cost ended with " + str(run.returncode))
    figures = [float(each) for each in run.stdout.split()]
    return dict(zip(FIELDS, figures), ticks=figures[len(FIELDS):len(FIELDS) + LATENESS_BINS], share=figures[len(FIELDS) + LATENESS_BINS])


def pictures(found):
    """Cost over number of calls; the media thread's ticks by lateness. @param found the rounds' figures by number of calls and way"""
    rows = {}  # by way: calls, least, median, most of the rounds [µs a call and frame]
    for (count, way), rounds in found.items():
        if count != "0":
            costs = sorted(each["sip"] + each["media"] + each["other"] for each in rounds)
            rows.setdefault(way, []).append((count, costs[0], costs[len(costs) // 2], costs[-1]))
    ways = list(rows)
    draw("calls-cost", {f"way{number}": sorted(rows[way], key=lambda row: int(row[0])) for number, way in enumerate(ways)},
         ["set xlabel 'calls'", "set ylabel 'processor time a call and frame [µs]'", "set yrange [0:*]", "set logscale x 2", "set offsets graph 0.05, graph 0.05, 0, 0",
          "set xtics (" + ", ".join(sorted({row[0] for each in rows.values() for row in each}, key=int)) + ")",
          "plot " + ", ".join(f"$way{number} using 1:3:2:4 with yerrorlines lt {number + 1} title '{way}'" for number, way in enumerate(ways))])
    counts = [count for count, way in found if way == "before the tick"]
    columns = []  # by number of calls: share of all rounds' ticks in each bin [%]
    for count in counts:
        sums = [sum(bins) for bins in zip(*(each["ticks"] for each in found[count, "before the tick"]))]
        columns.append([100 * each / max(1, sum(sums)) for each in sums])
    last = max(number for column in columns for number, share in enumerate(column) if share > 0)
    names = [f"{0.01 * 2 ** number if number else 0:g}–{0.02 * 2 ** number:g}" for number in range(last + 1)]
    draw("calls-lateness", {"bins": [(f'"{name}"', *(column[number] for column in columns)) for number, name in enumerate(names)]},
         ["set xlabel 'begun after the time of the tick [ms]'", "set ylabel 'ticks [%]'", "set logscale y", "set yrange [0.01:100]", "set style data histogram", "set style histogram clustered gap 1",
          "plot " + ", ".join(f"$bins using {number + 2}:xtic(1) lt {number + 1} title '{count} calls'" for number, count in enumerate(counts))])


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
    awake = ", kept awake by an idle-class spinner a core" if chosen["awake"] else ""
    lines = [f"Machine: {machine()}{awake}; {system_call()}; {time.strftime('%Y-%m-%d')}; mix at {chosen['rate']} Hz; medians of {chosen['rounds']} rounds of {chosen['seconds']} s in turn; "
             f"one-minute load {min(loads):.1f} to {max(loads):.1f}, the callers included. Wake-ups and packets are a second.", "",
             "| calls | packets are read | a call and frame | of it sip | media | sip wakes up | fewest packets to a caller | jitter sent, worst caller | "
             "callers that heard nothing | late, skipped ticks | latest tick |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    faults = []
    for (count, way), rounds in found.items():
        mid = {name: sorted(each[name] for each in rounds)[len(rounds) // 2] for name in FIELDS}
        whole = mid["sip"] + mid["media"] + mid["other"]
        if way != "by pjsua" and count != "0":
            limits = [("jitter sent, worst caller [ms]", mid["worst_jitter"], LIMIT_JITTER_MS), *([("a call and frame [µs]", whole, LIMIT_SRTP_US)] if "SRTP" in way and int(count) >= FEWEST_OF_SRTP else [])]
            faults += [f"{count} calls, {way}, {what}: {value:.2f}, the limit is {limit}" for what, value, limit in limits if value > limit]
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
    if chosen["write"]:
        pictures(found)
    for fault in faults:
        say(fault)
    return 1 if faults else 0


def run(arguments):
    chosen = options(arguments, DEFAULTS)
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", chosen["legs"]):
        fail(f"--legs takes numbers of calls, 50,100,200, not {chosen['legs']}", 2)
    if chosen["rounds"] < 1 or chosen["seconds"] < 1:
        fail("--rounds and --seconds take 1 or more", 2)
    if chosen["pjsua"] and not os.access(chosen["pjsua"], os.X_OK):
        fail(f"there is no program {Path(chosen['pjsua'])}", 2)
    drawn_if(chosen["write"])
    if chosen["awake"]:
        keep_awake()
    return calls(chosen)
