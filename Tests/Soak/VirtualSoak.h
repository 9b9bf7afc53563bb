#pragma once

#include <Support/FakeLegs.h>
#include <Support/PeerTone.h>
#include <mw_lab/mw_lab.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mw::test
{

/** An engine at 8 kHz on the manual clock: one leg for each drift, each hearing itself, and one more that hears only the
    mixer's DTMF. Everything follows from the seed. */
class VirtualSoak
{
public:
    struct Options
    {
        std::vector<double> driftsPpm { 0, 20, -20, 50, -50, 100, -100, 200, -200, 500, -500, 1000, -1000 };
        double seconds = 300.0;
        double lossShare = 0.001;
        int jitterMs = 10;
        int depthMs = 60;
        bool correctDrift = true;
        uint64_t seed = 1;
        std::function<void(double seconds)> progress;  ///< once a virtual hour
    };

    /** One leg, from a minute after it settled to the end. */
    struct Row
    {
        double driftPpm = 0.0;
        double settledAfterS = -1.0;     ///< −1: never; a leg without drift is settled from its first mark on
        PeerToneEar::Figures heard;
        double lastDelayMs = 0.0;
        double meanRatioErrorPpm = 0.0, greatestRatioErrorPpm = 0.0;  ///< the resampler's ratio against the peer's clock
        double greatestSlewPpm = 0.0;    ///< of the ratio, in a second
        uint64_t droppedByNetwork = 0;   ///< packets, of these seconds
        PlayoutStats before, after;      ///< at their begin and end
        uint64_t sequenceWraps = 0, timestampWraps = 0;  ///< of what the peer sent, from its start on
        uint64_t sentPackets = 0, sentTimestampWraps = 0, sentTimestampFaults = 0;

        /** Frames that were dropped or doubled for another reason than a loss of the network. */
        [[nodiscard]] uint64_t droppedOrDoubled() const;
    };

    /** A DTMF sequence as the listening leg heard it. */
    struct Dtmf
    {
        std::vector<uint8_t> octets;
        std::string digits;
        std::vector<double> hz;          ///< low and high tone of each digit
        double shortestMs = 0.0, longestMs = 0.0;
    };

    struct Result
    {
        std::vector<Row> rows;
        Dtmf first, last;
        uint64_t hash = 0;               ///< of every octet sent to every leg, and of all counters at the end
        uint64_t ticks = 0, lateTicks = 0, commandsRefused = 0;
        size_t heapEarly = 0, heapLate = 0;          ///< in use after the first tenth and at the end [octets]; 0 under a sanitizer
        size_t residentEarly = 0, residentLate = 0;  ///< [octets]

        /** What does not hold of all that is promised; nothing when everything does. */
        [[nodiscard]] std::vector<std::string> faults() const;
    };

    explicit VirtualSoak(Options options);
    ~VirtualSoak();

    [[nodiscard]] Result run();

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace mw::test
