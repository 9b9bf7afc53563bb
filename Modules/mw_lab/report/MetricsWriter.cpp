#include "MetricsWriter.h"

#include "SnapshotJson.h"

#include "../record/WholeFile.h"

#include <algorithm>
#include <new>
#include <utility>

namespace mw
{

namespace
{
Error cannotWriteMetrics(const juce::File& file, const juce::Result& status)
{
    return Error { ExitCode::environment, "write the metrics " + file.getFullPathName().toStdString(),
                   status.failed() ? status.getErrorMessage().toStdString() : "the system took no more data",
                   "choose a folder that exists, is writable and has room" };
}
} // namespace

MetricsWriter::MetricsWriter(const juce::File& file, std::unique_ptr<juce::FileOutputStream> output)
    : target(file), stream(std::move(output))
{
}

MetricsWriter::~MetricsWriter() = default;

Result<std::unique_ptr<MetricsWriter>> MetricsWriter::open(const juce::File& file)
{
    // The least buffer JUCE allows: each line goes to the system at once, without the fsync of flush().
    auto stream = std::make_unique<juce::FileOutputStream>(file, 16);
    if (stream->failedToOpen())
        return cannotWriteMetrics(file, stream->getStatus());
    stream->setPosition(0);
    if (file.getSize() > 0)
        if (const auto emptied = stream->truncate(); emptied.failed())
            return cannotWriteMetrics(file, emptied);
    try
    {
        return std::unique_ptr<MetricsWriter>(new MetricsWriter(file, std::move(stream)));
    }
    catch (const std::bad_alloc&)
    {
        stream.reset();
        deleteRegularFile(file);  // no empty file is left behind
        throw;
    }
}

Result<void> MetricsWriter::write(const EngineSnapshot& snapshot)
{
    if (! state)
        return state;

    // A call that is over stands in one line, not in all that follow: a day of calls would fill the disk.
    auto shown = snapshot;
    std::erase_if(shown.calls, [this](const CallInfo& call) { return call.state == CallState::closed && call.leg != 0 && shownClosed.contains(call.leg); });
    shownClosed.clear();
    for (const auto& call : snapshot.calls)
        if (call.state == CallState::closed)
            shownClosed.insert(call.leg);

    const auto line = juce::JSON::toString(toJson(shown), true) + "\n";
    if (! stream->write(line.toRawUTF8(), line.getNumBytesAsUTF8()) || stream->getStatus().failed())
        return state = cannotWriteMetrics(target, stream->getStatus());
    ++lineCount;
    return {};
}

} // namespace mw
