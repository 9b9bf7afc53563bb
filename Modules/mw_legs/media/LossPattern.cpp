#include "LossPattern.h"

#include <algorithm>
#include <limits>

namespace mw
{

namespace
{
double lossRatio(uint64_t part, uint64_t whole) noexcept
{
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}
} // namespace

double LossFigures::missingShare() const noexcept { return lossRatio(missing(), packets); }
double LossFigures::burstDensity() const noexcept { return lossRatio(burstMissing, burstPackets); }
double LossFigures::gapDensity() const noexcept { return lossRatio(missing() - burstMissing, packets - burstPackets); }
double LossFigures::meanBurstPackets() const noexcept { return lossRatio(burstPackets, bursts); }
double LossFigures::meanGapPackets() const noexcept { return lossRatio(packets - burstPackets, gaps); }

double LossFigures::burstRatio() const noexcept
{
    if (runs == 0 || missing() >= packets)
        return std::numeric_limits<double>::quiet_NaN();
    return lossRatio(missing(), runs) * (1.0 - missingShare());
}

void LossPattern::heard() noexcept
{
    ++figuresSoFar.packets;
    run = 0;
    ++heardSinceMissing;
    if (stretchMissing > 0 && heardSinceMissing == gmin)
        closeStretch();
    else if (stretchMissing == 0)
        ++gapPackets;
}

void LossPattern::missed(uint64_t& counter, uint64_t packetsInARow) noexcept
{
    if (packetsInARow == 0)
        return;
    figuresSoFar.packets += packetsInARow;
    counter += packetsInARow;
    figuresSoFar.runs += run == 0 ? 1u : 0u;
    run += packetsInARow;
    figuresSoFar.longestRun = std::max(figuresSoFar.longestRun, run);
    stretchPackets += packetsInARow + (stretchMissing > 0 ? heardSinceMissing : 0);
    stretchMissing += packetsInARow;
    heardSinceMissing = 0;
}

void LossPattern::cameLate() noexcept
{
    if (figuresSoFar.lost == 0)
        return;
    --figuresSoFar.lost;
    ++figuresSoFar.discarded;
}

void LossPattern::closeStretch() noexcept
{
    if (stretchMissing >= 2)
    {
        figuresSoFar.gaps += gapPackets > 0 ? 1u : 0u;
        gapPackets = 0;
        ++figuresSoFar.bursts;
        figuresSoFar.burstPackets += stretchPackets;
        figuresSoFar.burstMissing += stretchMissing;
        figuresSoFar.longestBurst = std::max(figuresSoFar.longestBurst, stretchPackets);
    }
    else
    {
        gapPackets += stretchPackets;
    }
    gapPackets += heardSinceMissing;
    stretchPackets = stretchMissing = 0;
}

void LossPattern::interrupt() noexcept
{
    if (stretchMissing > 0)
        closeStretch();
    run = heardSinceMissing = 0;
}

LossFigures LossPattern::figures() const noexcept
{
    auto closed = *this;
    if (closed.stretchMissing > 0)
        closed.closeStretch();
    closed.figuresSoFar.gaps += closed.gapPackets > 0 ? 1u : 0u;
    return closed.figuresSoFar;
}

} // namespace mw
