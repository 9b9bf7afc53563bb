#include "Fuzz.h"

#include <mw_mixer/mw_mixer.h>

#include <cmath>
#include <cstdio>

namespace mw::fuzz
{
namespace
{

uint32_t crc32Of(std::string_view bytes) noexcept
{
    uint32_t crc = 0xffffffffu;
    for (const auto byte : bytes)
    {
        crc ^= static_cast<uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return ~crc;
}

bool isKeptGain(double gainDb) { return gainDb == silenceDb || (gainDb >= minGainDb && gainDb <= maxGainDb); }

/** A saved mixer: refused whole, or what it says is in range and comes back the same. The first octet chooses the size of the
    mixer and whether the rest is the whole blob or only its text, which is then given a first line that fits. */
class MixerStateTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto choice = bytes.octet();
        const auto legs = (choice & 1) != 0 ? 4 : 1;
        auto blob = std::string(textOf(bytes.rest()));
        if ((choice & 2) == 0)
        {
            char line[80];
            std::snprintf(line, sizeof line, "milliwatt-mixer-state %d %zu %08x\n", 1, blob.size(), crc32Of(blob));
            blob.insert(0, line);
        }

        const auto state = MixerState::decode(blob.data(), blob.size(), legs);
        auto& mixer = legs == 1 ? one : four;
        juce::MemoryBlock former;
        mixer.getStateInformation(former);
        const auto restored = mixer.restoreState(blob.data(), blob.size());
        MW_PROMISE(restored.ok() == state.ok());
        if (! state)
        {
            MW_PROMISE(state.error().code == ExitCode::wrongUse && ! state.error().why.empty());
            juce::MemoryBlock now;
            mixer.getStateInformation(now);
            MW_PROMISE(now == former);
            return;
        }
        checkRanges(state.value(), legs);
        const auto text = state.value().encode();
        const auto again = MixerState::decode(text.data(), text.size(), legs);
        MW_PROMISE(again.ok() && again.value() == state.value());
        checkMixer(mixer, state.value());
    }

private:
    static void checkRanges(const MixerState& state, int legs)
    {
        MW_PROMISE(state.legCount == legs && state.strips.size() == static_cast<size_t>(legs + houseStripCount));
        MW_PROMISE(isKeptGain(state.masterInGainDb) && isKeptGain(state.outputGainDb));
        MW_PROMISE(state.mode == MixMode::conference || state.mode == MixMode::funnel || state.mode == MixMode::matrix);
        for (const auto& strip : state.strips)
            MW_PROMISE(isKeptGain(strip.gainDb) && isKeptGain(strip.trimDb)
                       && (strip.role == LegRole::source || strip.role == LegRole::sink));
        for (const auto& [place, gainDb] : state.cells)
            MW_PROMISE(place.first >= 0 && place.first < legs && place.second >= 0 && place.second < legs + houseStripCount
                       && isKeptGain(gainDb));
    }

    /** The restored mixer plays, and saves what it was given. */
    static void checkMixer(MixerProcessor& mixer, const MixerState& state)
    {
        std::array<float, 80> silence {}, heard {};
        std::array<const float*, 4> in {};
        std::array<float*, 4> out {};
        in.fill(silence.data());
        out.fill(heard.data());
        mixer.process(in.data(), out.data(), 80);
        for (const auto sample : heard)
            MW_PROMISE(std::isfinite(sample) && std::abs(sample) <= 1.0f);
        MW_PROMISE(! mixer.takeDone().empty());

        juce::MemoryBlock saved;
        mixer.getStateInformation(saved);
        const auto read = MixerState::decode(saved.getData(), saved.getSize(), mixer.maxLegs());
        MW_PROMISE(read.ok() && read.value() == state);
    }

    static MixerProcessor::Config sized(int legs)
    {
        MixerProcessor::Config config;
        config.maxLegs = legs;
        config.commandQueueLength = 64;
        return config;
    }

    MixerProcessor one { sized(1) }, four { sized(4) };
    const bool prepared = [this] {
        one.prepareToPlay(8000.0, 80);
        four.prepareToPlay(8000.0, 80);
        return true;
    }();
};

const Registration<MixerStateTarget> registrationMixerState("MixerState");

} // namespace
} // namespace mw::fuzz
