#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mw::test
{

/** What a peer says so that its delay can be heard: a tone of 412.5 Hz by the peer's own clock, softer by 6 dB in the first
    second of every ten. A frame of 20 ms is 8¼ periods, so that a frame that is dropped or doubled shows in the phase. */
struct PeerTone
{
    static constexpr double hz = 412.5;
    static constexpr int rateHz = 8000;
    static constexpr uint64_t markEvery = 80000, markLength = 8000;  ///< [samples]
    static constexpr double loud = 8000.0, soft = 4000.0;            ///< [16-bit steps]

    /** G.711 µ-law octets of the samples from `firstSample` on. */
    static void speak(std::span<uint8_t> octets, uint64_t firstSample);
};

/** Hears a PeerTone in blocks of 20 ms at our clock and says how late it is, block by block: by the phase to a few µs, and,
    at the marks every ten seconds, without any ambiguity. */
class PeerToneEar
{
public:
    static constexpr size_t blockSamples = 160;

    /** @param driftPpm of the peer's clock, which is known to the test */
    explicit PeerToneEar(double driftPpm) : pace(1.0 + driftPpm * 1.0e-6) {}

    /** @param octets 160 of G.711 µ-law @param seconds of our clock from the first sample spoken to the block's first */
    void hear(std::span<const uint8_t> octets, double seconds);

    /** Begins the figures below anew; the delay itself stays known. */
    void beginFigures();

    /** Delay of the last block that was whole [ms]; nothing before the first mark. */
    [[nodiscard]] std::optional<double> delayMs() const { return known ? std::optional(delay) : std::nullopt; }

    struct Figures
    {
        double leastMs = 1.0e9, mostMs = -1.0e9;  ///< delay, by the phase
        double greatestStepMs = 0.0;  ///< between two whole blocks in a row
        double markErrorMs = 0.0;     ///< greatest difference between a mark's delay and the phase's, that two marks in a row agree on
        uint64_t marks = 0;
        uint64_t strayMarks = 0;      ///< of these, alone in what they say: a loss fell on them
        uint64_t blocks = 0;
        uint64_t steps = 0;           ///< delays that differ from the one before by more than half a sample
        uint64_t disturbed = 0;       ///< blocks whose level is more than 0.35 dB off: marks, and what was concealed
        uint64_t silent = 0;          ///< blocks 20 dB below the tone
    };
    [[nodiscard]] const Figures& figures() const { return figuresSinceBegin; }

private:
    void noteLevel(double level, double seconds);
    void noteMark(double edgeSeconds);
    void noteDelay(bool isWhole);
    void notePhase(double real, double imaginary, double seconds);

    double pace;
    double delay = 0.0;      ///< [ms]
    bool known = false, haveMark = false;
    std::array<bool, 4> whole {};     ///< the last block and those before it
    std::array<double, 3> delays {};  ///< theirs [ms]
    double markDelay = 0.0, formerMarkError = 0.0;  ///< [ms]
    double formerPower = 0.0, powerBefore = 0.0;
    uint64_t blocksHeard = 0;
    Figures figuresSinceBegin;
};

} // namespace mw::test
