#include "ExpectOptions.h"

#include "Arguments.h"

#include <iostream>
#include <string>

namespace mw::cli
{

void ExpectOptions::addExpectations(CLI::App& app, const char* group)
{
    const auto take = [this](const std::string& text, const std::string& file) -> Result<void> {
        auto parsed = parseExpectations(text, file);
        if (! parsed)
            return parsed.error();
        expectations.insert(expectations.end(), parsed.value().begin(), parsed.value().end());
        return {};
    };
    addValues(app, "--expect", "FIGURE:VALUE", [take](const std::string& text) { return take(text, {}); },
              "What a measured figure must be: 'level.active_dbm0: -16 ± 1', 'transport.jitter_ms: < 5', 'digits: \"123A\"', "
              "'hears: {alice: true, self: false}', 'level.activity: 0.3..0.6'; +- is ±. May be given many times; "
              "--list-figures names the figures")->group(group);
    addValues(app, "--expect-file", "FILE", [take](const std::string& name) -> Result<void> {
        const auto file = juce::File::getCurrentWorkingDirectory().getChildFile(juceText(name));
        juce::MemoryBlock content;
        if (name.empty() || ! file.existsAsFile() || ! file.loadFileAsData(content))
            return Error { ExitCode::environment, "read the expectations in " + name,
                           "there is no such file, or it cannot be read", "" };
        return take(std::string(static_cast<const char*>(content.getData()), content.getSize()), name);
    }, "Expectations as with --expect, one a line; blank lines and # comments say nothing")->group(group);
    app.add_flag_callback("--list-figures", [] {
        std::cout << knownFigureText() << std::flush;
        throw CLI::Success();
    }, wrapped("Print every figure that can be expected, with its unit, and end", 52))->group(group);
}

void ExpectOptions::addPilotNames(CLI::App& app, const char* group)
{
    addParsed(app, "--pilot-names", "N=NAME,…", pilotNames, PilotNames::parse,
              "Who sends which pilot, 1=alice,2=bob@-30: names for hears.alice and the report, and the level [dBm0] it is sent at, for "
              "hears.bob_gain_db; others are called pilot_3")->group(group);
}

} // namespace mw::cli
