#include "FlightTrack.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace mw
{

namespace
{
constexpr int trackPollMs = 50;
constexpr size_t trackPieceFrames = 4096;
constexpr float trackFullScale = 32768.0f;
} // namespace

FlightTrack::FlightTrack(std::unique_ptr<RecordingFile> file, double keepS, int sampleRateHz, Background& backgroundToUse)
    : sound(std::move(file)),
      ring(sound != nullptr ? size_t { 0 } : static_cast<size_t>(std::llround(keepS * sampleRateHz))),
      background(backgroundToUse),
      rate(sampleRateHz),
      samples(std::make_shared<SampleFifo>(static_cast<size_t>(sampleRateHz) * bufferSeconds, sampleRateHz)),
      piece(trackPieceFrames)
{
}

Result<std::unique_ptr<FlightTrack>> FlightTrack::create(const juce::File& file, RecordingFormat format, double keepS, int sampleRateHz, Background& background)
{
    std::unique_ptr<RecordingFile> sound;
    if (file != juce::File())
    {
        auto made = RecordingFile::create(file, sampleRateHz, format);
        if (! made)
            return made.error();
        sound = std::move(made.value());
    }
    std::unique_ptr<FlightTrack> track(new FlightTrack(std::move(sound), keepS, sampleRateHz, background));
    if (auto added = background.add(*track); ! added)
        return added.error();
    return track;
}

FlightTrack::~FlightTrack() { finish(); }

int FlightTrack::useTimeSlice()
{
    const ScopedThreadRole role(ThreadRole::recorder);
    drain();
    return trackPollMs;
}

void FlightTrack::drain()
{
    SamplePlace place;
    for (auto count = samples->read(piece, place); count > 0; count = samples->read(piece, place))
    {
        const auto block = std::span<const float>(piece).first(count);
        if (place.timeNs != 0)
        {
            if (firstNs == 0)
                firstNs = place.timeNs - std::llround(static_cast<double>(frames) * 1.0e9 / rate);
            fillGapBefore(place.timeNs);
        }
        store(block);
    }
}

void FlightTrack::fillGapBefore(int64_t timeNs)
{
    const auto expectedNs = firstNs + std::llround(static_cast<double>(frames) * 1.0e9 / rate);
    static constexpr std::array<float, 1024> silence {};
    for (auto gap = std::llround(static_cast<double>(timeNs - expectedNs) * 1.0e-9 * rate); gap > 0;)
    {
        const auto count = std::min<size_t>(static_cast<size_t>(gap), silence.size());
        store(std::span(silence).first(count));
        missing += count;
        gap -= static_cast<long long>(count);
    }
}

void FlightTrack::store(std::span<const float> block)
{
    if (sound != nullptr)
        sound->append(block);
    else
        for (size_t i = 0; i < block.size(); ++i)
            ring[(frames + i) % ring.size()] = static_cast<int16_t>(std::clamp(std::lrint(block[i] * trackFullScale), -32768L, 32767L));
    frames += block.size();
}

uint64_t FlightTrack::storedFrames() const noexcept { return sound != nullptr ? sound->frames() : std::min<uint64_t>(frames, ring.size()); }

int64_t FlightTrack::startNs() const noexcept
{
    if (firstNs == 0 || sound != nullptr)
        return firstNs;
    return firstNs + std::llround(static_cast<double>(frames - storedFrames()) * 1.0e9 / rate);
}

void FlightTrack::finish()
{
    if (std::exchange(finished, true))
        return;
    background.remove(*this);
    drain();
    if (sound == nullptr)
        return;
    sound->close();
    failure = sound->error();
}

Result<void> FlightTrack::writeKept(const juce::File& file, RecordingFormat format)
{
    auto made = RecordingFile::create(file, rate, format);
    if (! made)
        return made.error();
    auto& out = *made.value();
    const auto end = frames;
    for (auto at = frames - storedFrames(); at < end;)
    {
        const auto count = std::min<size_t>(static_cast<size_t>(end - at), piece.size());
        for (size_t i = 0; i < count; ++i)
            piece[i] = static_cast<float>(ring[(at + i) % ring.size()]) / trackFullScale;
        out.append(std::span<const float>(piece).first(count));
        at += count;
    }
    out.close();
    return out.error().has_value() ? Result<void>(*out.error()) : Result<void>();
}

} // namespace mw
