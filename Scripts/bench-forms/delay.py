"""bench delay: how late a mixer makes the sound, how evenly it sends, and what a stall of it leaves behind."""

import json
import signal
import statistics
import tempfile
import time
from pathlib import Path

from common import Program, ROOT, at, await_uri, binary_of, draw, drawn_if, fail, keep_awake, load, machine, options, say, tell

DEFAULTS = {"seconds": 40, "legs": 6, "stall": 300, "tick": 0, "adaptive": 0, "binary": str(ROOT / "build/release/bin/milliwatt")}
PACKETS_MS = {10: 10, 20: 20, 5: 20}  # by tick
MEDIAN_LIMIT_MS = {10: 15.0, 20: 25.0}  # of the ticks that are as long as their packets
STALL_LIMIT_MS, RECOVERY_S, WINDOW_S = 40.0, 2.0, 1.024
JITTER_LIMIT_MS = 0.5


def reports_of(callers, seconds):
    """Waits for the callers' ends. @param seconds that their calls last @returns their calls' figures and tables, as the report has them"""
    found = []
    for program, report in callers:
        if program.process.wait(seconds + 120) != 0:
            program.log.seek(0)
            fail("a source failed: " + program.log.read().strip()[-400:])
        found.append(json.loads(report.read_text())["calls"][0])
    return found


def number(call, path):
    return call["figures"].get(path, {}).get("value")


def delays_of(call):
    """[(end of the window on the engine's clock [s], delay from source to source [ms])] of the others' pilots. The table tells a window's middle."""
    table = call["tables"]["delays"]
    names = [column["name"] for column in table["columns"]]
    clock, delay, pilot = names.index("clock"), names.index("delay"), names.index("pilot")
    return [(row[clock] + WINDOW_S / 2, row[delay]) for row in table["rows"] if row[pilot] != "self" and row[delay] is not None]


def measure(binary, scratch, tick, legs, seconds, stall_ms, adaptive):
    """One run of a mixer. @param adaptive whether its jitter buffers follow the jitter that they measure; one packet is their least then
    @returns what was found, in ms; with a stall the delays from source to source, less their median before it"""
    uri_file = Path(scratch) / f"uri-{tick}-{stall_ms}"
    packets = PACKETS_MS[tick]
    common = ["-q", "--listen", "127.0.0.1:0", "--rate", "8000", "--codecs", "PCMU", "--ptime", str(packets)]
    mixer = Program(binary, scratch, ["mixer", *common, "--tick", str(tick), "--jitter-buffer", str(packets), "--uri-file", str(uri_file),
                                       *(["--adaptive", "--jitter-min", str(packets)] if adaptive else [])])
    callers = []
    try:
        uri = await_uri(mixer, uri_file)
        for leg in range(1, legs + 1):
            report = Path(scratch) / f"report-{tick}-{stall_ms}-{leg}.json"
            callers.append((Program(binary, scratch, ["source", *common, "--jitter-buffer", str(2 * packets), "--call", uri, "--pilot", f"{leg}@-30",
                                                      "--report", str(report), "--duration", str(seconds)]), report))
            time.sleep(0.0137)  # phases of their own
        stalled_at = None
        if stall_ms:
            time.sleep(seconds / 2)
            stalled_at = time.clock_gettime(time.CLOCK_MONOTONIC)
            mixer.process.send_signal(signal.SIGSTOP)
            time.sleep(stall_ms / 1000.0)
            mixer.process.send_signal(signal.SIGCONT)
        found = reports_of(callers, seconds)
    finally:
        for program, _ in callers:
            program.end()
        mixer.end()

    added, spread, jitter, behind, after, early_tenth, late_tenth = [], [], [], [], [], [], []
    for call in found:
        own, median = number(call, "delay.mixer_ms"), number(call, "delay.p50_ms")
        if own is None or median is None or not delays_of(call):
            fail("a source did not measure the mixer's delay; take --seconds 20 or more")
        jitter.append(number(call, "transport.jitter_ms"))
        if stalled_at is None:
            added.append(own)
            windows = sorted(delays_of(call))
            spread += [own + delay - median for _, delay in windows]
            tenth = max(1, len(windows) // 10)
            early_tenth += [own + delay - median for _, delay in windows[:tenth]]
            late_tenth += [own + delay - median for _, delay in windows[-tenth:]]
            continue
        ends = stalled_at + stall_ms / 1000.0
        early = [delay for clock, delay in delays_of(call) if clock < stalled_at]
        if not early:
            fail("nothing was measured before the stall; take --seconds 20 or more")
        rest = statistics.median(early)
        behind += [delay - rest for clock, delay in delays_of(call) if ends <= clock < ends + RECOVERY_S + WINDOW_S]
        after += [delay - rest for clock, delay in delays_of(call) if clock >= ends + RECOVERY_S + WINDOW_S]
    if stall_ms and not (behind and after):
        fail("nothing was measured after the stall; take --seconds 20 or more")
    return {"added": added, "spread": spread, "jitter": jitter, "behind": behind, "after": after,
            "early_tenth": early_tenth, "late_tenth": late_tenth}


def picture(spread):
    """The added delay of all windows, by tick. @param spread those of each tick [ms]"""
    shares = [each / 200 for each in range(201)]
    draw("delay", {f"tick{tick}": [(f"{at(values, share):.2f}", f"{100 * share:g}") for share in shares] for tick, values in spread.items()},
         ["set xlabel 'delay that the mixer adds, windows of 1.024 s [ms]'", "set ylabel 'windows within [%]'", "set xrange [0:*]", "set yrange [0:100]",
          "plot " + ", ".join(f"$tick{tick} using 1:2 with steps lt {number} title 'ticks of {tick} ms'" for number, tick in enumerate(spread, 1))])


def run(arguments):
    chosen = options(arguments, DEFAULTS)
    drawn_if(chosen["write"])
    binary = binary_of(chosen["binary"])
    if chosen["legs"] < 2 or chosen["legs"] > 64:
        fail(f"--legs takes 2 to 64, not {chosen['legs']}", 2)
    if chosen["tick"] not in (0, *PACKETS_MS):
        fail(f"--tick takes 5, 10 or 20, not {chosen['tick']}", 2)
    if chosen["adaptive"] not in (0, 1):
        fail(f"--adaptive takes 0 or 1, not {chosen['adaptive']}", 2)
    keep_awake()
    stall_ms, spread = chosen["stall"], {}
    lines = [f"Machine: {machine()}, kept awake by an idle-class spinner a core; {time.strftime('%Y-%m-%d')}; {chosen['legs']} sources in conference, PCMU, "
             f"jitter buffers of {'one packet or more, as much as was measured (`--adaptive`)' if chosen['adaptive'] else 'one packet'}, each run {chosen['seconds']} s.", "",
             "| tick, packets | added delay p50, all legs | worst leg's p50 | p95 of all windows | p50 of the first and the last tenth | jitter sent (RFC 3550), worst leg |"
             + (f" a stall of {stall_ms} ms: worst window that begins within {RECOVERY_S:.0f} s of it | worst window after that |" if stall_ms else "") + " load |",
             "|---|---|---|---|---|---|---|" + ("---|---|" if stall_ms else "")]
    faults = []
    with tempfile.TemporaryDirectory(prefix="milliwatt-bench.") as scratch:
        for tick in [chosen["tick"]] if chosen["tick"] else MEDIAN_LIMIT_MS:
            say(f"tick {tick} ms: {chosen['seconds']} s")
            found = measure(binary, scratch, tick, chosen["legs"], chosen["seconds"], 0, chosen["adaptive"])
            spread[tick] = found["spread"]
            median, late, jitter = statistics.median(found["added"]), at(found["spread"], 0.95), max(found["jitter"])
            limits = [("p95", late, median + PACKETS_MS[tick]), ("jitter sent", jitter, JITTER_LIMIT_MS)]
            if tick in MEDIAN_LIMIT_MS:
                limits.append(("median", median, MEDIAN_LIMIT_MS[tick]))
            line = (f"| {tick}, {PACKETS_MS[tick]} ms | {median:.1f} ms | {max(found['added']):.1f} ms | {late:.1f} ms | {statistics.median(found['early_tenth']):.1f}, "
                    f"{statistics.median(found['late_tenth']):.1f} ms | {jitter:.2f} ms |")
            if stall_ms:
                say(f"tick {tick} ms, with a stall of {stall_ms} ms: {chosen['seconds']} s")
                stall = measure(binary, scratch, tick, chosen["legs"], chosen["seconds"], stall_ms, chosen["adaptive"])
                behind, after = median + max(stall["behind"]), median + max(stall["after"])
                line += f" {behind:.1f} ms | {after:.1f} ms |"
                if tick in MEDIAN_LIMIT_MS:
                    limits.append((f"{RECOVERY_S:.0f} s after a stall", after, STALL_LIMIT_MS))
            lines.append(f"{line} {load()} |")
            say(lines[-1])
            faults += [f"tick {tick} ms, {what}: {value:.1f} ms, the limit is {limit:.1f} ms" for what, value, limit in limits if value > limit]
    tell("delay adaptive" if chosen["adaptive"] else "delay", lines, chosen["write"])
    if chosen["write"] and not chosen["adaptive"]:
        picture(spread)
    for fault in faults:
        say(fault)
    return 1 if faults else 0
