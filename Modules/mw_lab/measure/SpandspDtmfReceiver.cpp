#include "SpandspDtmfReceiver.h"

#include <spandsp/telephony.h>
#include <spandsp/logging.h>
#include <spandsp/complex.h>
#include <spandsp/tone_detect.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace mw
{

namespace
{
constexpr size_t spandspBlock = 102;           ///< of dtmf_rx [samples of 8 kHz]
constexpr double spandspRateHz = 8000.0;
constexpr int spandspBlocksToDecide = 2;       ///< a state must last so many blocks before it is told
constexpr double dcPole = 0.995;               ///< high-pass at 6 Hz
} // namespace

struct SpandspDtmfReceiver::State
{
    struct Deleter
    {
        void operator()(dtmf_rx_state_t* old) const noexcept { ::dtmf_rx_free(old); }
    };

    /** The library's word that a digit began (code: its character) or ended (code 0); the block just fed decided it. */
    static void changed(void* self, int code, int, int)
    {
        auto& state = *static_cast<State*>(self);
        const auto at = std::max(0.0, (static_cast<double>(state.fed) - static_cast<double>(spandspBlocksToDecide * spandspBlock)) / spandspRateHz);
        if (state.open != 0 && state.heard.size() < mostDigits)
            state.heard.push_back({ state.open, state.openedS, at });
        state.open = static_cast<char>(code);
        state.openedS = at;
    }

    void take(float sample)
    {
        const auto now = static_cast<double>(std::isfinite(sample) ? sample : 0.0f);
        highPassed = now - before + dcPole * highPassed;
        before = now;
        block[filled++] = static_cast<int16_t>(std::clamp(std::lround(highPassed * 32768.0), -32768L, 32767L));
        if (filled < spandspBlock)
            return;
        filled = 0;
        fed += spandspBlock;
        ::dtmf_rx(receiver.get(), block.data(), static_cast<int>(spandspBlock));
    }

    VoiceBandDecimator decimator;
    std::unique_ptr<dtmf_rx_state_t, Deleter> receiver;
    std::vector<float> narrow;
    std::array<int16_t, spandspBlock> block {};
    size_t filled = 0;
    uint64_t fed = 0;              ///< samples of 8 kHz
    double before = 0.0, highPassed = 0.0;
    char open = 0;                 ///< the digit that sounds, 0 when there is none
    double openedS = 0.0;
    std::vector<Digit> heard;
};

SpandspDtmfReceiver::SpandspDtmfReceiver(double sampleRateHz, DtmfStandard standard) : state(std::make_unique<State>())
{
    if (! state->decimator.prepare(sampleRateHz))
        return;
    state->receiver.reset(::dtmf_rx_init(nullptr, nullptr, nullptr));
    if (state->receiver == nullptr)
        return;
    ::dtmf_rx_set_realtime_callback(state->receiver.get(), &State::changed, state.get());
    if (standard == DtmfStandard::q24Ntt)
        ::dtmf_rx_parms(state->receiver.get(), -1, 5, 5, -99);
    else
        ::dtmf_rx_parms(state->receiver.get(), -1, 8, 4, -99);
}

SpandspDtmfReceiver::~SpandspDtmfReceiver() = default;

bool SpandspDtmfReceiver::isUsable() const noexcept { return state->receiver != nullptr; }

void SpandspDtmfReceiver::process(std::span<const float> block)
{
    if (state->receiver == nullptr)
        return;
    state->narrow.clear();
    state->decimator.process(block, state->narrow);
    for (const auto sample : state->narrow)
        state->take(sample);
}

void SpandspDtmfReceiver::flush()
{
    if (state->receiver == nullptr)
        return;
    for (size_t i = 0; i < (spandspBlocksToDecide + 2) * spandspBlock; ++i)
        state->take(0.0f);
}

const std::vector<SpandspDtmfReceiver::Digit>& SpandspDtmfReceiver::digits() const noexcept { return state->heard; }

} // namespace mw
