#include "NetworkFaults.h"

#include <algorithm>

namespace mw::test
{

FaultDice::FaultDice(const NetworkFaults& faultsToMake)
    : faults(faultsToMake),
      lossDice(5 * faults.seed),
      burstDice(5 * faults.seed + 1),
      jitterDice(5 * faults.seed + 2),
      orderDice(5 * faults.seed + 3),
      copyDice(5 * faults.seed + 4)
{
}

double FaultDice::draw(std::mt19937_64& generator)
{
    constexpr int mantissaBits = 53;
    return static_cast<double>(generator() >> (64 - mantissaBits)) / static_cast<double>(uint64_t { 1 } << mantissaBits);
}

PacketFate::Loss FaultDice::drawLoss()
{
    const bool random = draw(lossDice) < faults.lossProbability;
    bool burst = false;
    if (faults.bursts.has_value())
    {
        isBad = draw(burstDice) < (isBad ? 1.0 - faults.bursts->badToGood : faults.bursts->goodToBad);
        burst = draw(burstDice) < (isBad ? faults.bursts->lossInBad : faults.bursts->lossInGood);
    }
    const auto& periodic = faults.periodicLoss;
    if (std::find(faults.lostPackets.begin(), faults.lostPackets.end(), packet) != faults.lostPackets.end())
        return PacketFate::Loss::listed;
    if (periodic.has_value() && periodic->every > 0 && packet >= periodic->from
        && (packet - periodic->from) % periodic->every < periodic->length)
        return PacketFate::Loss::periodic;
    if (burst)
        return PacketFate::Loss::burst;
    return random ? PacketFate::Loss::random : PacketFate::Loss::none;
}

PacketFate FaultDice::next()
{
    PacketFate fate;
    fate.loss = drawLoss();
    fate.delayMs = faults.delayMs + faults.jitterMs * draw(jitterDice);
    for (const auto& stall : faults.stalls)
        if (packet >= stall.first && packet - stall.first < stall.packets)
            fate.delayMs += std::max(0.0, stall.delayMs - static_cast<double>(packet - stall.first) * stall.packetMs);
    fate.overtaken = draw(orderDice) < faults.reorderProbability;
    if (fate.overtaken)
        fate.delayMs += faults.reorderMs;
    fate.doubled = draw(copyDice) < faults.duplicateProbability;
    if (fate.doubled)
        fate.copyDelayMs = fate.delayMs + faults.duplicateAfterMs;
    ++packet;
    return fate;
}

} // namespace mw::test
