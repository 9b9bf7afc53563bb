"""bench jitter: where the jitter of what a mixer sends comes from, by the arrival times of all packets."""

import cmath
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import mean, median

from calls import LIMIT_JITTER_MS, measured
from common import at, built, fail, load, machine, options, say, spin, tell

DEFAULTS = {"seconds": 10, "rounds": 2, "legs": 500, "beside": 2}
FRAME_NS = 20_000_000
SETTLES_NS = 1_000_000_000  # from the first packet of the last caller on
WAYS = {"ordinary": ["--ordinary"], "SCHED_FIFO": []}  # of the sip thread, with call_cost's options


def arrivals_in(path):
    """@returns the packets' arrival times of each caller in their order [ns], from when all calls stood"""
    found = {}
    for line in open(path):
        caller, arrival = line.split()
        found.setdefault(int(caller), []).append(int(arrival))
    stands = max(each[0] for each in found.values()) + SETTLES_NS
    return [[arrival for arrival in each if arrival >= stands] for _, each in sorted(found.items())]


def bursts_of(callers):
    """Packets by the tick that sent them: a caller's follow each other by a frame, however late one is.
    @returns by tick a list of (arrival [ns], caller), the earliest first; ticks in which all callers were sent one"""
    start = min(each[0] for each in callers)
    places = [median((arrival - start) / FRAME_NS - number for number, arrival in enumerate(each)) for each in callers]
    phase = cmath.phase(sum(cmath.exp(2j * cmath.pi * place) for place in places)) / (2.0 * cmath.pi)
    ticks = {}
    for caller, (each, place) in enumerate(zip(callers, places)):
        first = round(place - phase)
        for number, arrival in enumerate(each):
            ticks.setdefault(first + number, []).append((arrival, caller))
    return [(tick, sorted(packets)) for tick, packets in sorted(ticks.items()) if len(packets) == len(callers)]


def mean_difference_ms(times):
    """|D| of RFC 3550, 6.4.1, of packets a frame apart; its mean [ms]."""
    return 1e-6 * mean(abs(later - earlier - FRAME_NS) for earlier, later in zip(times, times[1:]))


def reckoned(path, legs):
    callers = arrivals_in(path)
    if len(callers) < legs:
        fail(f"{legs - len(callers)} of {legs} callers were sent nothing")
    if any(len(each) < 50 for each in callers):
        fail("a caller was sent less than a second of packets: is --seconds too short?")
    bursts = bursts_of(callers)
    if len(bursts) < 50:
        fail("there is less than a second in which every caller was sent a packet each tick")
    firsts = [packets[0][0] - tick * FRAME_NS for tick, packets in bursts]
    middle = median(firsts)
    behind = [1e-6 * (each - middle) for each in firsts]
    orders = Counter(tuple(caller for _, caller in packets) for _, packets in bursts)
    return {
        "all": mean(mean_difference_ms(each) for each in callers),
        "firsts": mean_difference_ms([packets[0][0] for _, packets in bursts]),
        "behind95": at(behind, 0.95),
        "behind99": at(behind, 0.99),
        "length": median(1e-6 * (packets[-1][0] - packets[0][0]) for _, packets in bursts),
        "order": 100.0 * orders.most_common(1)[0][1] / len(bursts),
    }


def may_be_realtime():
    """Whether a thread of ours gets SCHED_FIFO when it asks, as the mixer's do."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))  # LegDevice's level; the sip thread's is below
    except PermissionError:
        return False
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return True


def of_each(rounds, name, digits=2):
    return ", ".join(f"{each[name]:.{digits}f}" for each in rounds)


def run(arguments):
    chosen = options(arguments, DEFAULTS)
    if chosen["seconds"] < 5 or chosen["rounds"] < 1 or chosen["legs"] < 2:
        fail("--seconds takes 5 or more, --rounds 1 or more, --legs 2 or more", 2)
    program = built("call_cost")
    if not may_be_realtime():
        fail("SCHED_FIFO is refused here, and the sip thread is compared with and without it; allow it (ulimit -r 99, or as root)")
    rows, loads, worst = [], [], 0.0
    for beside in (0, chosen["beside"]) if chosen["beside"] > 0 else (0,):
        others = [multiprocessing.Process(target=spin, args=(os.SCHED_OTHER,), daemon=True) for _ in range(beside)]
        for other in others:
            other.start()
        found = {way: [] for way in WAYS}
        for _ in range(chosen["rounds"]):
            for way, rounds in found.items():
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "arrivals"
                    figures = measured([str(program), "--seconds", str(chosen["seconds"]), "--arrivals", str(path), *WAYS[way], str(chosen["legs"])])
                    rounds.append(dict(reckoned(path, chosen["legs"]), worst=figures["worst_jitter"]))
                loads.append(float(load()))
        for other in others:
            other.kill()
            other.join()
        for way, rounds in found.items():
            if way == "SCHED_FIFO" and beside == 0:
                worst = max(each["worst"] for each in rounds)
            rows.append(f"| {way} | {beside or 'none'} | {of_each(rounds, 'all')} ms | {of_each(rounds, 'firsts')} ms | {of_each(rounds, 'behind95', 1)}; {of_each(rounds, 'behind99', 1)} ms | "
                        f"{of_each(rounds, 'length', 1)} ms | {of_each(rounds, 'order', 0)} % | {of_each(rounds, 'worst')} ms |")
    lines = [f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; {chosen['legs']} calls, the callers on the same cores; {chosen['rounds']} rounds of {chosen['seconds']} s in turn, of which each is told; "
             f"one-minute load {min(loads):.1f} to {max(loads):.1f}.", "",
             "| sip thread | busy processes beside it | mean \\|D\\| | of the bursts' first packets alone | bursts begin, behind their median: 95 %; 99 % | length of a burst | bursts in the usual order of legs | jitter at the end, worst caller |",
             "|---|---|---|---|---|---|---|---|", *rows]
    tell("jitter", lines, chosen["write"])
    if worst > LIMIT_JITTER_MS:
        say(f"worst caller with SCHED_FIFO and nothing beside it: {worst:.2f} ms; the limit is {LIMIT_JITTER_MS} ms")
    return 0 if worst <= LIMIT_JITTER_MS else 1
