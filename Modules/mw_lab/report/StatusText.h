#pragma once

#include "../Engine.h"

#include <string>

namespace mw
{

/** The engine at one moment as a table for a terminal: two lines about the whole, a third one with the counters that are not
    0 (see Incidents.h) if there are any, then one row a call that is not over, then what ended last. Columns: strip number,
    peer, state, codec, level in (bar and dBm0), level out (dBm0), gain (dB), mute and solo, lost packets (%), jitter (ms),
    jitter buffer (ms), digits. Every column names its unit, "—" stands where nothing was measured, and columns are left out
    from the least important on until a row fits.

    @param width of the terminal [columns]; no line is wider; at least 20 is assumed
    @param colour whether ANSI colour sequences are used (they take no width)
    @returns lines that each end with a newline, UTF-8 */
[[nodiscard]] std::string statusTable(const EngineSnapshot& snapshot, int width, bool colour);

/** The same in one line, without a newline: for a log, once a second. */
[[nodiscard]] std::string statusLine(const EngineSnapshot& snapshot);

} // namespace mw
