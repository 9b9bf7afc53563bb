"""bench monitor: what the window costs."""

import json
import mmap
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from common import ROOT, Program, await_uri, binary_of, built, fail, load, machine, options, say, tell

LIMIT_LIVE, LIMIT_IDLE = 40.0, 3.0  # percent of one core
PICTURES_OF_MANY = 20.0  # a second; more than these
DEFAULTS = {"seconds": 30, "rounds": 3, "legs": 64, "many": 0, "rate": 8000, "size": "1440x900",
            "binary": str(ROOT / "build/release/bin/milliwatt")}


class Screen:
    """An X server whose frame buffer is a file that is mapped here."""

    def __init__(self, size):
        self.width, self.height = (int(part) for part in size.split("x"))
        self.folder = tempfile.TemporaryDirectory(prefix="milliwatt-bench.")
        reader, writer = os.pipe()
        try:
            self.server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset", "-fbdir",
                 self.folder.name], pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            fail("Xvfb is missing; Scripts/setup test installs it")
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()  # its end comes when the server listens
        if not number:
            fail("Xvfb does not start")
        self.display = f":{number}"
        with open(Path(self.folder.name) / "Xvfb_screen0", "rb") as file:
            self.pixels = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = int.from_bytes(self.pixels[0:4], "big")
        colours = int.from_bytes(self.pixels[76:80], "big")
        self.start = header + 12 * colours
        self.stride = int.from_bytes(self.pixels[48:52], "big")

    def meters(self):
        """A number that changes with what the meters of the first strips show."""
        sum_ = 0
        left, right = int(self.width * 0.19), int(self.width * 0.5)
        for row in range(int(self.height * 0.19), int(self.height * 0.40), 2):
            at = self.start + row * self.stride
            sum_ = zlib.crc32(self.pixels[at + 4 * left:at + 4 * right], sum_)
        return sum_

    def close(self):
        self.server.terminate()
        self.server.wait()
        self.folder.cleanup()


class Callers:
    """call_cost, which calls in until it is ended."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def end(self):
        ended = self.process.poll()
        self.process.kill()
        self.process.wait()
        if ended is not None:
            fail(f"the callers ended with {ended} before the measurement did; look at the lines above")


class Bench:
    def __init__(self, chosen):
        self.chosen = chosen
        self.binary = binary_of(chosen["binary"])
        self.folder = tempfile.TemporaryDirectory(prefix="milliwatt-bench.")
        self.scratch = self.folder.name
        self.faults = []

    def sources(self, program, uri, legs):
        """Calls from `milliwatt source`, whose digits move the meters. @returns what has to be ended"""
        groups = [legs // 4 + (1 if i < legs % 4 else 0) for i in range(4)]
        sounds = ["dtmf:159D,,0", "dtmf:2580,1379*", "tone:440@-18", "dtmf:#0987,654"]
        return [Program(self.binary, self.scratch, ["source", "--listen", "127.0.0.1:0", "-q", "--call", uri, "--count", str(count), "--play", sound, "--repeat"])
                for count, sound in zip(groups, sounds) if count]

    def cheap_callers(self, program, uri, legs):
        """Calls from call_cost, whose callers cost a fifth of a source: tones that rise and fall. @returns likewise"""
        return [Callers([str(ROOT / "build/release/bin/call_cost"), "--seconds", "3600", "--beside", f"{program.process.pid}:{uri.rsplit(':', 1)[1]}", str(legs)])]

    def run(self, legs, window, kind, seconds, call=sources, extra=()):
        """One measurement. @param call begins the calls @returns shares of a core by thread, pictures a second, figures of the ticks"""
        screen = Screen(self.chosen["size"]) if window else None
        uri_file, metrics = Path(self.scratch) / "uri", Path(self.scratch) / "metrics.jsonl"
        for file in (uri_file, metrics):
            file.unlink(missing_ok=True)
        width, height = self.chosen["size"].split("x")
        session = Path(self.scratch) / "session.mw"
        session.write_text(json.dumps({"format": "milliwatt-session", "version": 1,
                                       "layout": {"windowWidth": int(width), "windowHeight": int(height)}}))
        program = Program(self.binary, self.scratch, [kind, *(["--gui"] if window and kind == "mixer" else []), "--listen", "127.0.0.1:0", "-q",
                                 "--uri-file", str(uri_file), "--metrics", str(metrics), "--metrics-interval", "1",
                                 "--session", str(session), "--legs", str(max(64, legs)), *extra], screen.display if screen else None)
        callers = []
        try:
            uri = await_uri(program, uri_file)
            callers += call(self, program, uri, legs)
            self.await_legs(metrics, legs)
            time.sleep(5.0)
            before, before_total, begin = program.ran(), program.total(), time.monotonic()
            first = self.last(metrics)["ticks"]
            pictures = self.watch(screen, begin + seconds)
            span = time.monotonic() - begin
            after, after_total = program.ran(), program.total()
            end = self.last(metrics)
            if end["mixer"]["activeLegs"] != legs:
                fail(f"{end['mixer']['activeLegs']} of {legs} calls live at the end of a measurement")
            shares = {name: 100.0 * (value - before.get(name, 0.0)) / span for name, value in after.items()}
            return {"whole": 100.0 * (after_total - before_total) / span, "threads": shares, "pictures": pictures / span,
                    "ticks": self.ticks_between(first, end["ticks"])}
        finally:
            try:
                program.end()
                for caller in callers:
                    caller.end()
            finally:
                if screen:
                    screen.close()

    def await_legs(self, metrics, legs):
        for _ in range(600):
            if metrics.exists() and metrics.read_text().count("\n") and self.last(metrics)["mixer"]["activeLegs"] == legs:
                return
            time.sleep(0.2)
        fail(f"{legs} calls do not come about")

    @staticmethod
    def last(metrics):
        return json.loads(metrics.read_text().split("\n")[-2])

    @staticmethod
    def watch(screen, until):
        """Counts changes of the meters on the screen."""
        changes, seen = 0, None
        while time.monotonic() < until:
            if screen:
                now = screen.meters()
                changes += seen is not None and now != seen
                seen = now
            time.sleep(0.005)
        return changes

    @staticmethod
    def ticks_between(first, end):
        counts = [b - a for a, b in zip(first["latenessHistogram"], end["latenessHistogram"])]
        total = sum(counts)

        def below(share):
            so_far = 0
            for i, count in enumerate(counts):
                so_far += count
                if so_far >= share * total:
                    return (2 ** (i + 1)) * 0.01
            return 0.0
        return {"count": total, "half": below(0.5), "most": below(0.99), "all": below(1.0), "late": end["late"] - first["late"],
                "skipped": end["skipped"] - first["skipped"], "work": end["lastWorkMs"]}


def paint(bench):
    """What a picture costs, from fake legs in one process."""
    program = built("monitor_paint")
    screen = Screen(bench.chosen["size"])
    try:
        found = subprocess.run([str(program), "3", "64", "500"], env=dict(os.environ, DISPLAY=screen.display), stdout=subprocess.PIPE,
                               text=True, check=True).stdout
    finally:
        screen.close()
    lines = ["", "What a picture costs the message thread, its processor time, mean of 150 pictures with every meter in motion; the calls are fake legs, and the search for digits, "
             "a thread of its own, is left out:", "",
             "| legs | look at the run | draw and hand to the X server | of a picture's 33.3 ms |", "|---|---|---|---|"]
    for legs, look, draw in (line.split() for line in found.splitlines()):
        lines.append(f"| {legs} | {float(look):.2f} ms | {float(draw):.2f} ms | {100 * (float(look) + float(draw)) / 33.333:.0f} % |")
    return lines


def by_part(threads):
    """@returns the shares of message, media and sip thread, and of all others"""
    rest = dict(threads)
    return (*(rest.pop(name, 0.0) for name in ("milliwatt", "media", "sip")), sum(rest.values()))


def many(chosen):
    """Very many legs, with and without the window in turn."""
    built("call_cost")
    bench, legs, seconds = Bench(chosen), chosen["many"], chosen["seconds"]
    found, rows, loads = {False: [], True: []}, [], []
    for number in range(1, chosen["rounds"] + 1):
        for window in (False, True):
            name = "with" if window else "without"
            say(f"{legs} legs, round {number} of {chosen['rounds']}, {name} window: {seconds} s")
            one = bench.run(legs, window, "mixer", seconds, Bench.cheap_callers,
                            ["--rate", str(chosen["rate"]), "--codecs", "PCMU", "--rtp-ports", "20000-49999"])
            message, media, sip, others = by_part(one["threads"])
            one["media"] = media / 100 * 20e3 / legs  # µs a call and frame of 20 ms
            found[window].append(one)
            loads.append(float(load()))
            ticks = one["ticks"]
            pictures = f"{one['pictures']:.1f}" if window else "—"
            rows.append(f"| {number} | {name} | {one['whole']:.1f} % | {message:.1f} % | {sip:.1f} % | {others:.1f} % | {media:.1f} % | {one['media']:.2f} µs | "
                        f"{pictures} | {ticks['half']:.2f} ms | {ticks['most']:.2f} ms | {ticks['all']:.2f} ms | {ticks['late']}, {ticks['skipped']} |")
            say(rows[-1])
    costs = {window: [one["media"] for one in rounds] for window, rounds in found.items()}
    added = statistics.median(costs[True]) - statistics.median(costs[False])
    noise = max(max(each) - min(each) for each in costs.values())
    measurable = added > noise or min(costs[True]) > max(costs[False])
    slowest = min(one["pictures"] for one in found[True])
    if slowest <= PICTURES_OF_MANY:
        bench.faults.append(f"{slowest:.1f} pictures a second with {legs} legs, more than {PICTURES_OF_MANY:.0f} were to be")
    if measurable:
        bench.faults.append(f"the window adds {added:.2f} µs a call and frame to the media thread, rounds of one kind differ by {noise:.2f} µs")
    lines = [f"Machine: {machine()}; software rendering under Xvfb, window {chosen['size'].replace('x', ' × ')}; {time.strftime('%Y-%m-%d')}; {legs} G.711 calls, mix at "
             f"{chosen['rate']} Hz, {seconds} s each; one-minute load {min(loads):.1f} to {max(loads):.1f}, callers and X server included.", "",
             "| round | window | whole program | message thread | sip thread | others | media thread | of it a call and frame | pictures a second | half of the ticks within | "
             "99 % within | all within | late, skipped |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|---|", *rows, "",
             f"Pictures a second: {slowest:.1f} at least, more than {PICTURES_OF_MANY:.0f} were to be. The media thread a call and frame, medians: "
             f"{statistics.median(costs[False]):.2f} µs without the window, {statistics.median(costs[True]):.2f} µs with it; rounds of one kind differ by up to {noise:.2f} µs: "
             + ("that can be measured." if measurable else "nothing that could be measured.")]
    tell("monitor many", lines, chosen["write"])
    for fault in bench.faults:
        say(fault)
    return 1 if bench.faults else 0


def monitor(chosen):
    bench = Bench(chosen)
    seconds, legs = chosen["seconds"], chosen["legs"]
    lines = [f"Machine: {machine()}; software rendering under Xvfb, window {chosen['size'].replace('x', ' × ')}; "
             f"{time.strftime('%Y-%m-%d')}; each {seconds} s. Load of the machine is its one-minute average, this program and the callers "
             "included.", "",
             "| window | whole program | message thread | media thread | sip thread | others | pictures a second | load | limit |",
             "|---|---|---|---|---|---|---|---|---|"]
    plan = [("idle, no call", 0, LIMIT_IDLE), (f"{legs} strips live", legs, LIMIT_LIVE if legs == 64 else None)]
    for name, count, limit in plan:
        say(f"{name}: {seconds} s")
        found = bench.run(count, True, "monitor", seconds)
        message, media, sip, others = by_part(found["threads"])
        held = limit is None or found["whole"] < limit
        if not held:
            bench.faults.append(f"{name}: {found['whole']:.1f} % of one core, the limit is {limit:.0f} %")
        lines.append(f"| {name} | {found['whole']:.1f} % | {message:.1f} % | {media:.1f} % | {sip:.1f} % | {others:.1f} % | "
                     f"{found['pictures']:.0f} | {load()} | {'—' if limit is None else f'{limit:.0f} %' + (' held' if held else ' NOT held')} |")
        say(lines[-1] + f"  threads: {found['threads']}")
    lines += paint(bench)
    lines += ["", f"Lateness of the media thread's ticks with {legs} calls, in turn; bins double from 10 µs on, so a figure is an upper bound:", "",
              "| round | window | ticks | half of them within | 99 % within | all within | late | skipped | load |", "|---|---|---|---|---|---|---|---|---|"]
    for number in range(1, chosen["rounds"] + 1):
        for window in (False, True):
            say(f"lateness, round {number}, {'with' if window else 'without'} window")
            ticks = bench.run(legs, window, "mixer", seconds)["ticks"]
            lines.append(f"| {number} | {'with' if window else 'without'} | {ticks['count']} | {ticks['half']:.2f} ms | {ticks['most']:.2f} ms | "
                         f"{ticks['all']:.2f} ms | {ticks['late']} | {ticks['skipped']} | {load()} |")
    tell("monitor", lines, chosen["write"])
    for fault in bench.faults:
        say(fault)
    return 1 if bench.faults else 0


def run(arguments):
    chosen = options(arguments, DEFAULTS)
    if not re.fullmatch(r"\d+x\d+", chosen["size"]):
        fail(f"--size takes WIDTHxHEIGHT, not {chosen['size']}", 2)
    if chosen["rounds"] < 1 or chosen["seconds"] < 1:
        fail("--rounds and --seconds take 1 or more", 2)
    return many(chosen) if chosen["many"] else monitor(chosen)
