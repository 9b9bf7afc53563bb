#pragma once

#include <mw_signal/mw_signal.h>

#include <CLI/CLI.hpp>

namespace mw::cli
{

/** Options for how digits sound: times, levels, repetition. */
struct DtmfOptions
{
    /** Adds `--dtmf-on`, `--dtmf-off`, `--dtmf-level`, `--dtmf-twist` and, with `withLoop`, `--dtmf-loop` and `--dtmf-gap`.
        This object must outlive the parsing. */
    void addTo(CLI::App& app, bool withLoop);

    /** @param sequence checked digits @param law what 0 dBm0 means */
    [[nodiscard]] DtmfSettings settings(const DtmfSequence& sequence, Law law) const;

    DtmfSettings timing;  ///< defaults, and what was set; its sequence stays empty
};

} // namespace mw::cli
