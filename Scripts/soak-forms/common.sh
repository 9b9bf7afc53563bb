# Sourced by the forms that are shell scripts; not executable, so no form itself. Sets $root, $name and $started.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
name=$(basename "$0")
started=$SECONDS

say() { echo "$name: $*" >&2; }
fail() { say "$*"; exit 3; }
wrong() { say "$*"; usage >&2; exit 2; }

# Lines 2 and further of the form, up to the first that is no comment.
usage() { sed -n '2,$ { /^#/! q; s/^# \{0,1\}//p }' "$0"; }

# The time since the form began, for the table.
duration() { local s=$((SECONDS - started)); if [ "$s" -lt 120 ]; then echo "$s s"; else echo "$((s / 60)) min $((s % 60)) s"; fi; }

# The last line of a form: name | what ran | duration | what was found.
row() { echo "$name | $1 | $(duration) | $2"; }

# build PRESET TARGET…: configures and builds; what it says goes to stderr.
build() {
    local preset=$1 folder=$root/build/$1
    shift
    mkdir -p "$folder"
    say "building $* ($preset)"
    cmake -S "$root" --preset "$preset" -DMILLIWATT_BUILD_TESTS=ON >"$folder/configure.log" 2>&1 \
        || { tail -20 "$folder/configure.log" >&2; fail "configuration of $preset failed; all of it is in build/$preset/configure.log"; }
    NINJA_STATUS='[%f/%t, %e s] ' cmake --build "$folder" --target "$@" >"$folder/build.log" 2>&1 \
        || { tail -40 "$folder/build.log" >&2; fail "the build of $preset failed; all of it is in build/$preset/build.log"; }
}

# GCC 12's ThreadSanitizer cannot map its shadow where the kernel randomises addresses by more than 30 bits.
unrandomised() {
    if [ "$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)" -gt 30 ] && setarch -R true 2>/dev/null; then
        setarch -R "$@"
    else
        "$@"
    fi
}
