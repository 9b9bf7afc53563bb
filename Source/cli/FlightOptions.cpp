#include "FlightOptions.h"

#include "Arguments.h"

namespace mw::cli
{

void FlightOptions::addTo(CLI::App& app, FlightConfig& config, const char* group)
{
    addValue(app, "--flight", "DIR", [&config](const std::string& text) -> Result<void> {
        if (text.empty())
            return wrongValue("the name of the folder is empty");
        config.folder = juce::File::getCurrentWorkingDirectory().getChildFile(juceText(text));
        return {};
    }, "Keep a folder of each call in DIR: its sound before the mix and as sent, its packets (pcapng, for Wireshark), its events and "
       "figures (JSONL), all on one clock; DIR is made where it is missing")->group(group);
    addWord(app, "--flight-format", { "wav", "flac" }, "wav", [&config](size_t word) {
        config.format = word == 0 ? RecordingFormat::wav : RecordingFormat::flac;
    }, "Form of the sound in --flight, 16 bits at --rate")->group(group);
    addValue(app, "--flight-last", "S", [&config](const std::string& text) -> Result<void> {
        double seconds = 0.0;
        if (! parseNumber(text, seconds) || ! (seconds >= 1.0 && seconds <= FlightConfig::mostLastS))
            return wrongValue("'" + text + "' is not 1 to 300 (s)");
        config.lastS = seconds;
        return {};
    }, "Keep only the last so many seconds of each call, 1 to 300 s, in memory, and write them to --flight when the call failed or an "
       "expectation did not hold; if not given, all is written as it comes")->group(group);
}

} // namespace mw::cli
