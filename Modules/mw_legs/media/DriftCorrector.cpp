#include "DriftCorrector.h"

#include "Pcm16.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr double msNs = 1.0e6;

// engaging and leaving
constexpr double engagePpm = 5.0;
constexpr double surenessFirm = 4.0;    ///< standard errors that a drift must exceed
constexpr double surenessEarly = 10.0;  ///< the same as long as the error itself is a guess
constexpr size_t firmPoints = 10;
constexpr int engageAfter = 3;          ///< [s]
constexpr double watchedSeconds = 60.0, movedSeconds = 3.0e-3;  ///< a line this long, or one that rose this far, is believed
constexpr double creepNs = 4.0 * msNs;
constexpr int creepAfter = 30;          ///< [s]
constexpr double leavePpm = 0.5;
constexpr double leaveOffsetNs = 0.5 * msNs;
constexpr int leaveAfter = 60;          ///< [s]
constexpr double glidePpm = 20.0;

// steering
constexpr double greatestRatioPpm = 1500.0;
constexpr double acquiringPullPerNs = 60.0 / msNs, settledPullPerNs = 20.0 / msNs;  ///< of the ratio for each ns of delay [ppm/ns]
constexpr double acquiringPullPpm = 400.0, settledPullPpm = 100.0;
constexpr double acquiringSlewPpm = 200.0, settledSlewPpm = 2.0;  ///< [ppm/s]
constexpr double settledOffsetNs = 0.5 * msNs, lostOffsetNs = 8.0 * msNs;
constexpr double settledPpm = 15.0, lostPpm = 150.0;
constexpr int settleAfter = 5, loseAfter = 3;  ///< [s]
constexpr double guardNs = 2.0 * msNs;  ///< that the delay is kept above the least that works
} // namespace

DriftCorrector::DriftCorrector(Playout& playoutToUse, int sampleRateHz, size_t maxFrames)
    : playout(playoutToUse),
      sampleRate(sampleRateHz),
      resampler(maxFrames),
      decoded(FineResampler::mostInputFramesFor(maxFrames)),
      decodedFloat(decoded.size())
{
}

bool DriftCorrector::isMeasured() const noexcept { return playout.drift().isKnown() && playout.isPlaying(); }

double DriftCorrector::delayNs(int64_t nowNs) const noexcept
{
    const auto heldNs = resampler.heldFrames() * 1.0e9 / sampleRate;
    return static_cast<double>(nowNs - playout.positionNs() - playout.drift().leastTransitNs(nowNs)) + heldNs;
}

double DriftCorrector::wantedDelayNs() const noexcept
{
    // The block's last sample and the filter beyond it may lie in a packet that begins just there; it has to have come.
    const auto reachNs = static_cast<double>(blockFrames + FineResampler::aheadFrames()) * 1.0e9 / sampleRate;
    const auto depthNs = playout.countsPackets() ? baseDelayNs : static_cast<double>(playout.targetNs());
    return std::max(depthNs, reachNs + guardNs);
}

void DriftCorrector::render(std::span<float> block, int64_t nowNs) noexcept
{
    blockFrames = block.size();
    if (playout.config().correctDrift)
    {
        if (const auto windows = playout.drift().windows(); windows != windowsSeen)
        {
            windowsSeen = windows;
            judge(nowNs);
        }
        if (stage == Stage::leaving)
            glideToSample(block.size());
        else if (stage != Stage::off)
            steer(nowNs, block.size());
    }

    const auto count = std::min(resampler.inputFramesFor(block.size()), decoded.size());
    const std::span pcm(decoded.data(), count);
    playout.render(pcm, nowNs, block.size());
    const std::span samples(decodedFloat.data(), count);
    floatFromPcm16(pcm, samples);
    resampler.process(samples, block);
}

void DriftCorrector::judge(int64_t nowNs) noexcept
{
    if (! isMeasured())
    {
        significant = crept = calm = steady = 0;
        return;
    }
    driftPpm = playout.drift().ppm();

    // A start, a trim or a step of the network moved the delay; where it stands now is what is held, or left for good.
    const auto delay = delayNs(nowNs);
    if (! haveBase || playout.starts() != startsSeen || playout.drift().steps() != stepsSeen)
    {
        haveBase = true;
        baseDelayNs = delay;
        startsSeen = playout.starts();
        stepsSeen = playout.drift().steps();
        crept = 0;
    }
    if (stage == Stage::off)
        judgeOff(delay - baseDelayNs);
    else if (stage != Stage::leaving)
        judgeEngaged(delay - wantedDelayNs());
}

void DriftCorrector::judgeOff(double offsetNs) noexcept
{
    const auto& drift = playout.drift();
    const auto sureness = drift.points() < firmPoints ? surenessEarly : surenessFirm;
    const bool beyond = std::abs(driftPpm) > engagePpm && std::abs(driftPpm) > sureness * drift.errorPpm();
    const auto spanSeconds = drift.spanSeconds();
    const bool believed = spanSeconds >= watchedSeconds || std::abs(driftPpm) * 1.0e-6 * spanSeconds >= movedSeconds;
    significant = beyond && believed ? significant + 1 : 0;
    crept = std::abs(offsetNs) > creepNs ? crept + 1 : 0;
    if (significant < engageAfter && crept < creepAfter)
        return;
    ++engagements;
    stage = Stage::acquiring;
    ratioPpm = 0.0;
    significant = crept = calm = steady = unsteady = 0;
    resampler.engage();
}

void DriftCorrector::judgeEngaged(double offsetNs) noexcept
{
    const auto& drift = playout.drift();
    const auto offPpm = std::abs(ratioPpm - driftPpm);
    steady = std::abs(offsetNs) < settledOffsetNs && offPpm < settledPpm ? steady + 1 : 0;
    unsteady = std::abs(offsetNs) > lostOffsetNs || offPpm > lostPpm ? unsteady + 1 : 0;
    if (stage == Stage::acquiring && steady >= settleAfter)
        stage = Stage::settled;
    else if (stage == Stage::settled && unsteady >= loseAfter)
        stage = Stage::acquiring;

    const bool still = std::abs(driftPpm) < leavePpm && drift.errorPpm() < leavePpm && std::abs(offsetNs) < leaveOffsetNs;
    calm = still ? calm + 1 : 0;
    if (calm >= leaveAfter)
        stage = Stage::leaving;
}

void DriftCorrector::steer(int64_t nowNs, size_t frames) noexcept
{
    const bool acquiring = stage == Stage::acquiring;
    auto wanted = driftPpm;
    if (isMeasured() && playout.starts() == startsSeen && playout.drift().steps() == stepsSeen)
    {
        const auto most = acquiring ? acquiringPullPpm : settledPullPpm;
        const auto perNs = acquiring ? acquiringPullPerNs : settledPullPerNs;
        wanted += std::clamp((delayNs(nowNs) - wantedDelayNs()) * perNs, -most, most);
    }
    wanted = std::clamp(wanted, -greatestRatioPpm, greatestRatioPpm);
    const auto most = (acquiring ? acquiringSlewPpm : settledSlewPpm) * static_cast<double>(frames) / sampleRate;
    ratioPpm += std::clamp(wanted - ratioPpm, -most, most);
    resampler.setRatio(ratioPpm);
}

void DriftCorrector::glideToSample(size_t frames) noexcept
{
    if (resampler.isOnSample())
    {
        resampler.disengage();
        stage = Stage::off;
        ratioPpm = 0.0;
        haveBase = false;
        return;
    }
    const auto offset = resampler.offsetFromSample();
    if (std::abs(offset) <= glidePpm * 1.0e-6 * static_cast<double>(frames))
    {
        resampler.landOnSample(frames);
        return;
    }
    ratioPpm = offset > 0.0 ? -glidePpm : glidePpm;
    resampler.setRatio(ratioPpm);
}

void DriftCorrector::report(PlayoutStats& stats) const noexcept
{
    stats.driftKnown = playout.drift().isKnown();
    stats.driftPpm = playout.drift().isKnown() ? playout.drift().timelyPpm() : 0.0;
    stats.resampling = resampler.isEngaged();
    stats.resamplings = engagements;
    stats.ratioPpm = resampler.isEngaged() ? ratioPpm : 0.0;
    stats.settled = stage == Stage::settled;
}

} // namespace mw
