#pragma once

#include <mw_mixer/mw_mixer.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** libspandsp's DTMF receiver: a second opinion by other hands and another method (Goertzel sums over blocks of 12.75 ms at 8 kHz), with
    its own limits as the library sets them (levels from −42 dBm0 a tone) but for the twist of the standard.

    Sound of another rate is brought down to 8 kHz first; DC is taken out, which the library asks for. One thread at a time; takes memory
    in the constructor and for the digits. */
class SpandspDtmfReceiver
{
public:
    /** One decision of the library, with times to one of its blocks (±13 ms), since it tells no finer. */
    struct Digit
    {
        char digit = 0;
        double startS = 0.0, endS = 0.0;  ///< since the first sample fed [s]
    };

    static constexpr size_t mostDigits = 100000;

    /** @param sampleRateHz a whole multiple of 8 kHz up to 192 kHz; isUsable() tells [Hz] */
    SpandspDtmfReceiver(double sampleRateHz, DtmfStandard standard);
    ~SpandspDtmfReceiver();
    SpandspDtmfReceiver(const SpandspDtmfReceiver&) = delete;
    SpandspDtmfReceiver& operator=(const SpandspDtmfReceiver&) = delete;

    /** Whether the rate could be brought to 8 kHz and the library gave a receiver; otherwise nothing is ever heard. */
    [[nodiscard]] bool isUsable() const noexcept;

    /** Full scale = 1.0; what is beyond it is cut off, as in 16 bits. */
    void process(std::span<const float> block);

    /** The stream has ended: silence follows, which ends a digit that still sounds. */
    void flush();

    /** All digits so far, in order; at most mostDigits are kept. */
    [[nodiscard]] const std::vector<Digit>& digits() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state;
};

} // namespace mw
