"""bench parts: Google Benchmark of the mixer's, the signal code's and the legs' parts."""

import subprocess
from pathlib import Path

from common import ROOT, built, fail, say


def run(arguments):
    unknown = [each for each in arguments if not each.startswith("--benchmark_")]
    if unknown:
        fail(f"unknown option: {unknown[0]}; those of Google Benchmark begin with --benchmark_", 2)
    if not any(Path("/usr/lib").glob("*/cmake/benchmark/benchmarkConfig.cmake")):
        fail("Google Benchmark is missing; Scripts/setup bench installs it")
    if not (ROOT / "build/release/build.ninja").exists():
        fail("build/release is not configured; Scripts/test --preset release does it")
    say("configuring, since the target is there only where the library is")
    if subprocess.run(["cmake", "-S", str(ROOT), "-B", str(ROOT / "build/release")], stdout=subprocess.DEVNULL).returncode != 0:
        fail("build/release cannot be configured; look at the lines above")
    return subprocess.run([str(built("part_cost")), *arguments]).returncode
