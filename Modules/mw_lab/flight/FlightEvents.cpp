#include "FlightEvents.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace mw
{

namespace
{
constexpr int64_t nsOfSecond = 1'000'000'000;

Error cannotWriteEvents(const juce::File& file, const juce::Result& status)
{
    return Error { ExitCode::environment, "write the events " + file.getFullPathName().toStdString(),
                   status.failed() ? status.getErrorMessage().toStdString() : "the system took no more data",
                   "choose a folder that exists, is writable and has room" };
}
} // namespace

std::string utcText(int64_t ns)
{
    const auto second = static_cast<time_t>(ns / nsOfSecond);
    std::tm parts {};
    ::gmtime_r(&second, &parts);
    std::array<char, 80> text {};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09lldZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                  parts.tm_min, parts.tm_sec, static_cast<long long>(ns % nsOfSecond));
    return text.data();
}

int64_t utcOffsetOf(const Clock& clock)
{
    timespec wall {};
    ::clock_gettime(CLOCK_REALTIME, &wall);
    return int64_t { wall.tv_sec } * nsOfSecond + wall.tv_nsec - clock.nowNs();
}

Result<void> FlightEvents::open(const juce::File& file)
{
    // The least buffer JUCE allows: each line goes to the system at once, without the fsync of flush().
    auto made = std::make_unique<juce::FileOutputStream>(file, 16);
    if (made->failedToOpen())
        return cannotWriteEvents(file, made->getStatus());
    target = file;
    stream = std::move(made);
    return {};
}

void FlightEvents::add(int64_t timeNs, const char* kind, const juce::var& fields)
{
    auto* object = new juce::DynamicObject();
    const juce::var line(object);
    object->setProperty("timeNs", static_cast<juce::int64>(timeNs));
    object->setProperty("utc", juce::String(utcText(timeNs + utcOffset)));
    object->setProperty("kind", kind);
    if (auto* more = fields.getDynamicObject())
        for (const auto& field : more->getProperties())
            object->setProperty(field.name, field.value);
    const auto text = juce::JSON::toString(line, true) + "\n";
    if (stream != nullptr)
        return write(text);
    kept.push_back({ timeNs, std::string_view(kind) == "snapshot", text });
    if (kept.size() > mostEventsKept)
        kept.pop_front();
}

void FlightEvents::letSnapshotsGo(int64_t beforeNs)
{
    std::erase_if(kept, [beforeNs](const Kept& each) { return each.isSnapshot && each.timeNs < beforeNs; });
}

Result<void> FlightEvents::writeKept(const juce::File& file)
{
    if (auto opened = open(file); ! opened)
        return opened;
    for (const auto& each : kept)
        write(each.line);
    kept.clear();
    return failure.has_value() ? Result<void>(*failure) : Result<void>();
}

void FlightEvents::write(const juce::String& line)
{
    if (! failure.has_value() && (! stream->write(line.toRawUTF8(), line.getNumBytesAsUTF8()) || stream->getStatus().failed()))
        failure = cannotWriteEvents(target, stream->getStatus());
}

} // namespace mw
