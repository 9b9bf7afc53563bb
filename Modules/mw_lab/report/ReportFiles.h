#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <array>
#include <string>
#include <utility>

namespace mw
{

/** Where a sink or a source writes what it measured and decided; each is a view of the same figures. File(): not wanted. */
struct ReportFiles
{
    juce::File json;   ///< everything, Docs/report.schema.json
    juce::File junit;  ///< JUnit XML for build servers: a test suite a call, a test case an expectation
    juce::File csv;    ///< call records: a row a call, a column a figure
    juce::File html;   ///< one page for people, with plots

    /** Whether there is one at all. */
    [[nodiscard]] bool areWanted() const { return json != juce::File() || junit != juce::File() || csv != juce::File() || html != juce::File(); }

    /** Each with what it is called. */
    [[nodiscard]] std::array<std::pair<juce::File, std::string>, 4> named() const
    {
        return { { { json, "the report" }, { junit, "the JUnit report" }, { csv, "the call records" }, { html, "the page" } } };
    }

    /** Whether all of them can be written, and none is in the way of another.
        @param recording another file of the run, or File()
        @returns an error (environment, wrong use) that names the file */
    [[nodiscard]] Result<void> check(const juce::File& recording) const;
};

} // namespace mw
