#pragma once

#include "../Engine.h"
#include "../record/Background.h"

#include <map>
#include <memory>
#include <vector>

namespace mw
{

/** A digit that a leg's peer sent in-band. */
struct HeardDigit
{
    LegId leg = 0;
    int64_t startNs = 0;      ///< when it began, engine clock [ns], as it came out of the jitter buffer; within a block
    double durationMs = 0.0;  ///< at half amplitude [ms]
    DtmfDetection detection;  ///< its samples count from the leg's first
};

/** Receives in-band digits of all legs, for a window: taps what comes in (TapUse::watch) and reads it on a thread of its own,
    to ITU-T Q.24, safe from talk-off. Silence costs nothing but a look at each sample. Control thread. */
class DigitWatch
{
public:
    /** How long the thread may stall before sound is missed [ms]: 64 KiB a leg at 16 kHz. */
    static constexpr int bufferMs = 1000;

    /** @param engineToWatch must outlive this */
    DigitWatch(Engine& engineToWatch, Background::Mode mode);

    /** Takes its taps off. */
    ~DigitWatch();
    DigitWatch(const DigitWatch&) = delete;
    DigitWatch& operator=(const DigitWatch&) = delete;

    /** Taps legs that came, lets go of those that went, and collects what was heard, in the order of time for each leg.
        With Mode::byHand it is also the one that listens.
        @param calls as of the engine's last snapshot
        @returns the digits since the last look */
    [[nodiscard]] std::vector<HeardDigit> look(const std::vector<CallInfo>& calls);

    /** Samples that were not listened to, because the thread came too late or could not be started. */
    [[nodiscard]] uint64_t missedSamples() const noexcept;

    /** Digits that were heard and not collected in time. */
    [[nodiscard]] uint64_t lostDigits() const noexcept;

    [[nodiscard]] size_t watchedLegs() const noexcept { return legs.size(); }

private:
    class Listener;

    void letGo(LegId leg, std::vector<HeardDigit>& heard);

    Engine& engine;
    Background background;
    std::map<LegId, std::unique_ptr<Listener>> legs;
    uint64_t goneMissed = 0, goneLost = 0;  ///< of legs that went
};

} // namespace mw
