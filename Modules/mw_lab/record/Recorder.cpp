#include "Recorder.h"

#include "WholeFile.h"

#include <new>
#include <utility>

namespace mw
{

namespace
{
constexpr int recorderPollMs = 50;
constexpr size_t recorderPieceFrames = 4096;
} // namespace

Recorder::Recorder(std::unique_ptr<RecordingFile> file, int sampleRateHz, Background& backgroundToUse)
    : wav(std::move(file)),
      samples(std::make_shared<SampleFifo>(static_cast<size_t>(sampleRateHz) * bufferSeconds)),
      piece(recorderPieceFrames),
      background(backgroundToUse),
      rate(sampleRateHz)
{
}

Result<std::unique_ptr<Recorder>> Recorder::create(const juce::File& file, int sampleRateHz, Background& background,
                                                   RecordingFormat format)
{
    auto wav = RecordingFile::create(file, sampleRateHz, format);
    if (! wav)
        return wav.error();
    std::unique_ptr<Recorder> recorder;
    try
    {
        recorder.reset(new Recorder(std::move(wav.value()), sampleRateHz, background));
    }
    catch (const std::bad_alloc&)
    {
        wav.value().reset();
        deleteRegularFile(file);
        throw;
    }
    if (auto added = background.add(*recorder); ! added)
    {
        recorder->discard();
        return added.error();
    }
    return recorder;
}

Recorder::~Recorder() { finish(); }

int Recorder::useTimeSlice()
{
    const ScopedThreadRole role(ThreadRole::recorder);
    drain();
    return recorderPollMs;
}

void Recorder::drain()
{
    for (auto count = samples->read(piece); count > 0; count = samples->read(piece))
        wav->append(std::span<const float>(piece).first(count));
    framesSoFar.store(wav->frames(), std::memory_order_relaxed);
    bytesSoFar.store(wav->octets(), std::memory_order_relaxed);
    failed.store(wav->error().has_value(), std::memory_order_relaxed);
}

void Recorder::finish()
{
    if (std::exchange(finished, true))
        return;
    background.remove(*this);
    drain();
    wav->close();
    bytesSoFar.store(wav->octets(), std::memory_order_relaxed);
}

void Recorder::discard()
{
    finish();
    deleteRegularFile(wav->file());
}

} // namespace mw
