#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace mw::test
{

/** What a network does to the RTP packets of one direction. Which packet meets which fate follows from the seed and from the
    packet's number in its direction alone, never from the time: a run can be repeated packet by packet. */
struct NetworkFaults
{
    uint64_t seed = 1;

    // ---- loss: a packet that any of these takes is lost
    double lossProbability = 0.0;      ///< of each packet by itself, 0…1

    /** Two states, good and bad (Gilbert, Elliott), one step a packet; it begins in good. */
    struct Gilbert
    {
        double goodToBad = 0.0;        ///< 0…1
        double badToGood = 1.0;        ///< 0…1: a stretch of bad is 1 / badToGood packets long on average
        double lossInBad = 1.0;        ///< 0…1
        double lossInGood = 0.0;       ///< 0…1
    };
    std::optional<Gilbert> bursts;

    /** Takes `length` packets in a row of every `every`, first at packet `from` (counting from 0). */
    struct Periodic
    {
        uint64_t every = 0, length = 1, from = 0;
    };
    std::optional<Periodic> periodicLoss;

    std::vector<uint64_t> lostPackets; ///< these, counting from 0

    // ---- time
    double delayMs = 0.0;              ///< of every packet
    double jitterMs = 0.0;             ///< on top, evenly between 0 and this
    bool keepsOrder = true;            ///< jitter lets none overtake another
    double reorderProbability = 0.0;   ///< of each packet, to be held back by reorderMs and be overtaken
    double reorderMs = 50.0;
    double duplicateProbability = 0.0; ///< of each packet, to come twice
    double duplicateAfterMs = 0.0;

    /** A stretch in which packets wait and then come at once: a queue that stood still. */
    struct Stall
    {
        uint64_t first = 0;            ///< packet, counting from 0
        uint64_t packets = 0;
        double packetMs = 20.0;        ///< one packet later, one of these less to wait
        double delayMs = 0.0;          ///< of the first
    };
    std::vector<Stall> stalls;
};

/** What happened to one packet. */
struct PacketFate
{
    enum class Loss : uint8_t { none, random, burst, periodic, listed };
    Loss loss = Loss::none;
    double delayMs = 0.0;     ///< as decided; with keepsOrder it may come later, behind its forerunner
    bool overtaken = false;   ///< held back, order not kept
    bool doubled = false;
    double copyDelayMs = 0.0; ///< of the second one
    [[nodiscard]] bool isLost() const { return loss != Loss::none; }
    bool operator==(const PacketFate&) const = default;
};

/** Decides packet by packet. Each property draws from a generator of its own, the same number of times for every packet: loss
    stays as it was when jitter is switched on. */
class FaultDice
{
public:
    explicit FaultDice(const NetworkFaults& faults);

    /** The fate of the next packet. */
    [[nodiscard]] PacketFate next();

    /** Packets decided so far. */
    [[nodiscard]] uint64_t count() const { return packet; }

private:
    /** Even in [0, 1), the same on every platform. */
    [[nodiscard]] static double draw(std::mt19937_64& generator);
    [[nodiscard]] PacketFate::Loss drawLoss();

    NetworkFaults faults;
    std::mt19937_64 lossDice, burstDice, jitterDice, orderDice, copyDice;
    bool isBad = false;
    uint64_t packet = 0;
};

} // namespace mw::test
