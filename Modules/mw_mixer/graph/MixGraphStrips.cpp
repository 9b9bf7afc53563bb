#include "MixGraph.h"

#include "../MixerProcessor.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace mw
{

namespace
{
/** Beyond this (120 dB over full scale) a sample is no sound; taking it as one would cost the others their precision. */
constexpr float largestInput = 1.0e6f;
} // namespace

void MixGraph::runLeg(int leg, const float* input, size_t frames, const Attachments::Taps* taps) noexcept
{
    auto& strip = stripAt(leg);
    if (input != nullptr)
    {
        strip.sound = inputsStay ? input : strip.memory;
        if (! inputsStay)
            std::copy_n(input, frames, strip.memory);
        runStrip(leg, frames, taps);
        return;
    }
    runSilentStrip(leg, frames);
    if (taps != nullptr)
    {
        std::fill_n(strip.memory, frames, 0.0f);
        writeTaps(taps, { strip.memory, frames });
    }
}

void MixGraph::refuseUnusable(std::span<float> block) noexcept
{
    uint32_t refused = 0;
    for (auto& sample : block)
    {
        const auto usable = std::abs(sample) <= largestInput;  // false for NaN too
        sample = usable ? sample : 0.0f;
        refused += usable ? 0u : 1u;
    }
    nonFinite += refused;
}

void MixGraph::runSilentStrip(int index, size_t frames) noexcept
{
    auto& strip = stripAt(index);
    strip.audible = strip.isWide = false;
    strip.trim.skip(frames);
    strip.fader.skip(frames);
    strip.meter.processSilence(frames);
}

void MixGraph::runStrip(int index, size_t frames, const Attachments::Taps* taps) noexcept
{
    auto& strip = stripAt(index);
    // What the meter finds below full scale at unity is usable as it is.
    if (! (strip.trim.isSteady() && strip.trim.target() == 1.0 && strip.meter.processUnclipped({ strip.sound, frames })))
    {
        const std::span<float> own(strip.memory, frames);
        if (strip.sound != strip.memory)
            std::copy_n(strip.sound, frames, strip.memory);
        strip.sound = strip.memory;
        refuseUnusable(own);
        strip.trim.process(own);
        strip.meter.process(own);
    }
    const std::span<const float> block(strip.sound, frames);
    writeTaps(taps, block);

    // A closed strip costs the buses nothing.
    strip.gain = static_cast<float>(strip.fader.target());
    strip.isWide = ! strip.fader.isSteady();
    strip.audible = strip.isWide || strip.gain != 0.0f;
    if (strip.isWide)
        strip.fader.process(block, std::span<double>(strip.samples, frames));
}

/** The strip's piece after its fader. */
std::span<const double> MixGraph::wideSamples(Strip& strip, size_t frames) noexcept
{
    const std::span<double> samples(strip.samples, frames);
    if (! strip.isWide)
        strip.fader.process(std::span<const float>(strip.sound, frames), samples);  // which is steady
    strip.isWide = true;
    return samples;
}

void MixGraph::writeToTaps(const Attachments::Taps& taps, std::span<const float> block) noexcept
{
    for (const auto& tap : taps)
        if (tap != nullptr && ! tap->write(block, pieceTimeNs))
            tapDropped += block.size();
}

void MixGraph::runHouse(size_t frames, const Attachments* attachments) noexcept
{
    const auto blockOf = [&](HouseStrip strip) { return std::span<float>(stripAt(houseIndex(strip)).memory, frames); };

    if (dtmf.isPlaying())
    {
        dtmf.render(blockOf(HouseStrip::dtmf));  // also behind a closed fader: the sequence keeps its time
        runStrip(houseIndex(HouseStrip::dtmf), frames, nullptr);
    }
    else
        runSilentStrip(houseIndex(HouseStrip::dtmf), frames);

    if (tone.isSounding())
    {
        tone.render(blockOf(HouseStrip::tone));
        runStrip(houseIndex(HouseStrip::tone), frames, nullptr);
    }
    else
        runSilentStrip(houseIndex(HouseStrip::tone), frames);

    auto* const player = attachments == nullptr ? nullptr : attachments->player.get();
    if (player != nullptr && ! player->isFinished())
    {
        player->render(blockOf(HouseStrip::player), pieceTimeNs);
        runStrip(houseIndex(HouseStrip::player), frames, nullptr);
    }
    else
        runSilentStrip(houseIndex(HouseStrip::player), frames);
}

} // namespace mw
