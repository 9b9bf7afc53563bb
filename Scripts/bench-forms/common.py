"""What all forms of Scripts/bench share."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def fail(text, code=3):
    print(f"bench: {text}", file=sys.stderr)
    sys.exit(code)


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def options(arguments, defaults):
    """A form's options: whole numbers, texts, and --write. @param defaults by name; whole numbers stay whole numbers"""
    chosen = dict(defaults, write=False)
    rest = list(arguments)
    while rest:
        name = rest.pop(0)
        key = name[2:].replace("-", "_")
        if name == "--write":
            chosen["write"] = True
        elif name.startswith("--") and key in defaults and rest:
            value = rest.pop(0)
            if isinstance(chosen[key], int) and not value.isdigit():
                fail(f"{name} takes a whole number, not {value}", 2)
            chosen[key] = int(value) if isinstance(chosen[key], int) else value
        else:
            fail(f"unknown option or no value: {name}; try --help", 2)
    return chosen


def built(target):
    """A program of the release build, as the source is now. @returns its path"""
    if subprocess.run(["ninja", "-C", str(ROOT / "build/release"), target], stdout=sys.stderr).returncode != 0:
        fail(f"{target} does not build")
    return ROOT / "build/release/bin" / target


class Program:
    """A running milliwatt; ended as by Ctrl-C."""

    def __init__(self, binary, scratch, arguments, display=None):
        environment = dict(os.environ, XDG_CONFIG_HOME=str(scratch))
        environment.pop("DISPLAY", None)
        if display:
            environment["DISPLAY"] = display
        self.log = open(Path(scratch) / f"log-{time.monotonic_ns()}", "w+")
        self.process = subprocess.Popen([binary, *arguments], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                        env=environment)

    def ran(self):
        """Processor time by thread name, as the scheduler counts it [s]."""
        sums = {}
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                name, ran_ns = (task / "comm").read_text().strip(), int((task / "schedstat").read_text().split()[0])
            except OSError:
                continue
            sums[name] = sums.get(name, 0.0) + ran_ns * 1e-9
        return sums

    def total(self):
        """Processor time of the process, threads that ended included [s]."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = text[text.rindex(")") + 2:].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            fail("the program does not end")
        self.log.close()


def await_uri(program, uri_file):
    """Waits until the program listens. @returns its address"""
    for _ in range(200):
        if uri_file.exists() and uri_file.read_text().strip():
            return uri_file.read_text().strip()
        time.sleep(0.1)
    program.log.seek(0)
    fail("the program does not listen: " + program.log.read().strip()[-300:])


def binary_of(path):
    if not os.access(path, os.X_OK):
        fail(f"there is no {path}; build it first, or name another with --binary")
    return path


def at(values, share):
    """The least value that has this share of them before it, or the greatest."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spin(policy=os.SCHED_IDLE):
    """Only counts; gives way to everybody unless told otherwise."""
    os.sched_setscheduler(0, policy, os.sched_param(0))
    while True:
        pass


def keep_awake():
    """Keeps every core from sleeping until this program ends: a core that slept is late, and slow at first."""
    for _ in range(os.cpu_count() or 1):
        multiprocessing.Process(target=spin, daemon=True).start()


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown processor")
    return f"{model}, {os.cpu_count()} cores, {os.uname().sysname} {os.uname().release.split('-')[0]}"


def load():
    return open("/proc/loadavg").read().split()[0]


def tell(part, lines, write):
    """Prints a part's table and, if asked, puts it where Docs/Benchmarks.md keeps it."""
    table = "\n".join(lines)
    print(table)
    if write:
        page = ROOT / "Docs/Benchmarks.md"
        begin, end = f"<!-- bench {part} -->\n", f"\n<!-- end of bench {part} -->"
        text = page.read_text()
        if begin not in text or end not in text:
            fail(f"{page} has no place for the table")
        page.write_text(text[:text.index(begin) + len(begin)] + table + text[text.index(end):])


def drawn_if(write):
    """Ends the program when pictures are asked for and nothing is there that draws them: before anything is measured."""
    if write and not shutil.which("gnuplot"):
        fail("gnuplot is missing, which draws the pictures of --write; Scripts/setup bench installs it")


def draw(name, tables, commands):
    """Draws Docs/pictures/bench-NAME.svg with gnuplot. @param tables rows of figures by the name that the commands know them by, as $NAME"""
    blocks = [f"${key} << END\n" + "\n".join(" ".join(str(each) for each in row) for row in rows) + "\nEND" for key, rows in tables.items()]
    picture = ROOT / f"Docs/pictures/bench-{name}.svg"
    head = [f"set terminal svg size 760,300 font 'sans-serif,12' background 'white' name 'bench_{name.replace('-', '_')}'", f"set output '{picture}'", "set grid ytics lc rgb '#d3d9df' lt 1",
            "set border 3 lc rgb '#515b66'", "set tics nomirror", "set key outside right top", "set style fill solid noborder",
            *(f"set linetype {number} lc rgb '{colour}' lw 2 pt 7 ps 0.5" for number, colour in enumerate(("#0b7285", "#d9480f", "#6741d9", "#2b8a3e", "#868e96"), 1))]
    try:
        run = subprocess.run(["gnuplot"], input="\n".join([*head, *blocks, *commands, ""]), stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        fail("gnuplot is missing; Scripts/setup bench installs it")
    if run.returncode != 0 or run.stderr.strip():
        fail(f"gnuplot does not draw {picture.name}: {run.stderr.strip()[-400:]}")
    say(f"drawn: {picture.relative_to(ROOT)}")
