#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/** Legs that stay: each is a call of its own into a mixer, spelled out by the test (SIP on UDP, PCMU, 20 ms), that sends a
    tone without a break and keeps every octet that it hears. One thread of the test's serves all of them, at absolute times
    and with real-time priority where that is allowed, so that a loaded machine does not make gaps of its own. */
class SteadyLegs
{
public:
    /** Calls in with one leg for each frequency, one after the other, and returns when all are answered and talk.
        Throws std::runtime_error with what went wrong.
        @param amplitude of each tone, full scale = 1.0 */
    SteadyLegs(uint16_t sipPort, std::vector<double> frequenciesHz, double amplitude);

    /** Stops without a word to the peer, if hangUp() did not. */
    ~SteadyLegs();
    SteadyLegs(const SteadyLegs&) = delete;
    SteadyLegs& operator=(const SteadyLegs&) = delete;

    /** BYE from every leg; stops sending. @returns how many were answered with 200 */
    size_t hangUp();

    /** Packets that each leg has sent. */
    [[nodiscard]] uint64_t packetsSent() const;

    /** How late a packet was sent at worst [ms]. */
    [[nodiscard]] double worstLatenessMs() const;

    /** What one leg heard. After hangUp(). */
    struct Heard
    {
        std::vector<float> samples;    ///< in the order of the timestamps, decoded
        size_t missingPackets = 0;     ///< gaps in the sequence numbers
        size_t brokenTimestamps = 0;   ///< packets whose timestamp does not follow from the one before
        size_t foreignPackets = 0;     ///< of another SSRC or payload type, or of another length
    };
    [[nodiscard]] Heard heard(size_t leg) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};
