#include "MixerLogReader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mw
{

namespace log_reader
{
namespace
{
Error cannotRead(const juce::File& file, const std::string& why)
{
    return { ExitCode::environment, "read the mixer's log " + file.getFullPathName().toStdString(), why, "give the file that mixer --log writes" };
}

/** "sip:alice@192.0.2.7:5060;transport=udp" is alice. */
std::string userOf(const juce::String& uri)
{
    const auto address = uri.fromFirstOccurrenceOf(":", false, false);
    return address.contains("@") ? address.upToFirstOccurrenceOf("@", false, false).toStdString() : std::string();
}

std::optional<double> dbOf(const juce::var& value) { return value.isDouble() || value.isInt() ? std::optional<double>(static_cast<double>(value)) : std::nullopt; }

/** A line of a step in a leg's level; nothing for other commands. */
std::optional<CommandedStep> stepOf(const juce::var& line)
{
    CommandedStep step;
    step.timeNs = static_cast<juce::int64>(line["timeNs"]);
    step.kind = line["kind"].toString().toStdString();
    step.peer = userOf(line["peer"].toString());
    step.strip = line["strip"].toString().toStdString();
    if (step.kind == "mute")
    {
        step.toSilence = static_cast<bool>(line["on"]);
        return line.hasProperty("peer") ? std::optional(step) : std::nullopt;
    }
    const auto isOfALeg = step.kind == "gain" && line.hasProperty("peer");
    if (! isOfALeg && step.kind != "masterIn" && step.kind != "masterOut")
        return std::nullopt;
    const auto from = dbOf(line["fromDb"]), to = dbOf(line["toDb"]);
    if (from.has_value() && to.has_value())
        step.changeDb = *to - *from;
    step.toSilence = ! to.has_value();
    return step;
}

/** A slider's commands are one: the last one's time, all of the change. */
bool join(std::vector<CommandedStep>& steps, const CommandedStep& next)
{
    const auto former = std::ranges::find_if(steps.rbegin(), steps.rend(), [&](const CommandedStep& each) {
        return each.kind == next.kind && each.strip == next.strip && each.peer == next.peer;
    });
    if (next.kind == "mute" || former == steps.rend() || 1.0e-9 * static_cast<double>(next.timeNs - former->timeNs) > togetherS)
        return false;
    former->timeNs = next.timeNs;
    former->changeDb = former->changeDb.has_value() && next.changeDb.has_value() ? std::optional<double>(*former->changeDb + *next.changeDb) : std::nullopt;
    former->toSilence = next.toSilence;
    return true;
}

std::optional<MixerIncident> incidentOf(const juce::var& line)
{
    constexpr std::array kinds { std::pair { "concealed", MixerIncident::Kind::concealed }, std::pair { "stalled", MixerIncident::Kind::stalled },
                                 std::pair { "limited", MixerIncident::Kind::limited } };
    for (const auto& [word, kind] : kinds)
        if (line["kind"].toString() == word)
            return MixerIncident { kind, static_cast<juce::int64>(line["sinceNs"]), static_cast<juce::int64>(line["timeNs"]) };
    return std::nullopt;
}
} // namespace
} // namespace log_reader

Result<MixerLogContent> readMixerLog(const juce::File& file)
{
    if (! file.existsAsFile())
        return log_reader::cannotRead(file, "there is no such file");
    const auto whole = file.loadFileAsString().upToLastOccurrenceOf("\n", true, false);
    MixerLogContent content;
    auto number = 0;
    for (const auto& line : juce::StringArray::fromLines(whole))
    {
        ++number;
        if (line.isEmpty())
            continue;
        const auto parsed = juce::JSON::parse(line);
        if (! parsed.hasProperty("timeNs") || ! parsed.hasProperty("kind"))
            return log_reader::cannotRead(file, "line " + std::to_string(number) + " is none of a log: " + line.substring(0, 60).toStdString());
        if (const auto incident = log_reader::incidentOf(parsed); incident.has_value())
            content.incidents.push_back(*incident);
        else if (const auto step = log_reader::stepOf(parsed); step.has_value() && ! log_reader::join(content.steps, *step))
            content.steps.push_back(*step);
    }
    return content;
}

} // namespace mw
