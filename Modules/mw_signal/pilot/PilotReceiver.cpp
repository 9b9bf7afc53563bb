#include "PilotReceiver.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr double earliestDelayS = -0.1;       ///< delays are told from here to one period later [s]
constexpr double sameDelayS = 0.0002;         ///< two windows' delays that belong to one reference
constexpr double jumpS = 0.0004;              ///< a delay that changes by more from window to window has jumped
constexpr size_t slopeWindows = 16, fewestSlopeWindows = 4;

double toldDelay(double delayS) noexcept
{
    return delayS - PilotPlan::periodS * std::floor((delayS - earliestDelayS) / PilotPlan::periodS);
}

/** The way from one delay to another, the short way around the period. */
double delayChange(double fromS, double toS) noexcept
{
    return std::remainder(toS - fromS, PilotPlan::periodS);
}

double dbOf(double power) noexcept { return power > 0.0 ? 10.0 * std::log10(power) : silenceDb; }
} // namespace

PilotReceiver::PilotReceiver(size_t mostReadings)
    : referencePlan(PilotDetector::windowFrames), referenceMaker(referencePlan), readingLimit(mostReadings)
{
}

bool PilotReceiver::prepare(double sampleRateHz, Law lawToUse)
{
    if (! decimator.prepare(sampleRateHz))
        return false;
    rateHz = sampleRateHz;
    law = lawToUse;
    readings.clear();
    steps.clear();
    breaks.clear();
    for (auto& track : tracks)
        track = {};
    for (auto& history : histories)
        history = {};
    windowsSeen = leftOut = 0;
    nextSearch = 1;
    restart();
    return true;
}

void PilotReceiver::restart()
{
    decimator.reset();
    sound.clear();
    soundAt = nextWindow = followedTo = 0;
    inputFrames = 0;
    running = false;
}

void PilotReceiver::process(std::span<const float> block, int64_t firstSampleNs)
{
    if (block.empty() || ! (rateHz > 0.0))
        return;
    if (running)
    {
        const auto expectedNs = baseNs + std::llround(static_cast<double>(inputFrames) * 1.0e9 / rateHz);
        if (std::abs(static_cast<double>(firstSampleNs - expectedNs)) > 0.5e9 / rateHz)
        {
            settleFinders(true);
            restart();
        }
    }
    if (! running)
    {
        baseNs = firstSampleNs;
        running = true;
    }
    decimator.process(block, sound);
    inputFrames += block.size();
    while (soundAt + sound.size() >= nextWindow + windowFrames)
        takeWindow();
}

void PilotReceiver::finish()
{
    settleFinders(true);
    restart();
}

void PilotReceiver::takeWindow()
{
    const auto startNs = timeOf(nextWindow);
    const auto window = std::span<const float>(sound).subspan(nextWindow - soundAt, windowFrames);
    const auto hasSound = detector.load(window, startNs);
    ++windowsSeen;

    auto searches = searchesPerWindow;
    const auto slope = [](const Track& track) { return track.delays.size() >= fewestSlopeWindows ? slopeOf(track.delays) : 0.0; };
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
    {
        auto& track = tracks[static_cast<size_t>(number)];
        if (! track.known)
            continue;
        std::optional<PilotEstimate> found;
        if (hasSound)
        {
            const auto last = std::find_if(track.recent.begin(), track.recent.end(), [](const Heard& heard) { return heard.found; });
            const auto hop = static_cast<double>(hopFrames) / PilotDetector::sampleRateHz;
            if (last != track.recent.end())
                found = detector.near(number, last->estimate.delayS + slope(track) * hop, slope(track));
            if (! found.has_value())
                found = detector.search(number);
        }
        hear(number, found, startNs);
    }
    if (always != 0 && ! tracks[static_cast<size_t>(always)].known)
        lookFor(always, hasSound, startNs);
    for (int looked = 0; looked < PilotPlan::pilotCount && searches > 0; ++looked)
    {
        const auto number = nextSearch;
        nextSearch = nextSearch % PilotPlan::pilotCount + 1;
        if (number == always || tracks[static_cast<size_t>(number)].known)
            continue;
        --searches;
        lookFor(number, hasSound, startNs);
    }

    followGains(followedTo, nextWindow + hopFrames / 2);
    settleFinders(false);
    nextWindow += hopFrames;
    const auto needed = std::min(followedTo, nextWindow);
    sound.erase(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(needed - soundAt));
    soundAt = needed;
}

/** For a pilot that is not known, in the window that is loaded. */
void PilotReceiver::lookFor(int number, bool hasSound, int64_t startNs)
{
    auto& track = tracks[static_cast<size_t>(number)];
    const auto found = hasSound ? detector.search(number) : std::nullopt;
    if (found.has_value())
        hear(number, found, startNs);
    else
        track.hiddenRms.add(hasSound ? detector.smallestRms(number) : 0.0);
}

PilotReading PilotReceiver::readingOf(int number, const PilotEstimate& estimate, int64_t startNs) const
{
    PilotReading reading;
    reading.number = number;
    reading.timeNs = startNs + PilotPlan::periodNs / 2;
    reading.levelDbm0 = dbm0FromRms(PilotDetector::rmsOf(estimate.amplitude), law);
    reading.delayMs = 1000.0 * toldDelay(estimate.delayS);
    reading.snrDb = dbOf(estimate.snr);
    return reading;
}

void PilotReceiver::emit(Track& track)
{
    for (const auto& reading : track.pending)
    {
        histories[static_cast<size_t>(reading.number)].add(reading);
        if (readings.size() < readingLimit)
            readings.push_back(reading);
        else
            ++leftOut;
    }
    track.pending.clear();
}

void PilotReceiver::miss(int number)
{
    auto& track = tracks[static_cast<size_t>(number)];
    if (! track.confirmed || ++track.misses >= missesToLose)
    {
        auto hidden = std::move(track.hiddenRms);
        if (track.finder != nullptr)
        {
            track.finder->settle(true);
            steps.insert(steps.end(), track.finder->steps.begin(), track.finder->steps.end());
            breaks.insert(breaks.end(), track.finder->breaks.begin(), track.finder->breaks.end());
        }
        track = {};
        track.hiddenRms = std::move(hidden);
    }
}

void PilotReceiver::hear(int number, std::optional<PilotEstimate> estimate, int64_t startNs)
{
    auto& track = tracks[static_cast<size_t>(number)];
    const auto previous = track.recent[0];
    std::rotate(track.recent.rbegin(), track.recent.rbegin() + 1, track.recent.rend());
    track.recent[0] = { estimate.value_or(PilotEstimate {}), estimate.has_value() };
    if (! estimate.has_value())
        return miss(number);

    track.known = true;
    track.misses = 0;
    const auto seconds = 1.0e-9 * static_cast<double>(startNs);
    if (! track.delays.empty())
    {
        const auto& [lastSeconds, lastDelay] = track.delays.back();
        const auto change = delayChange(lastDelay, estimate->delayS);
        if (std::abs(change) > jumpS || seconds - lastSeconds > 3.0)
            track.delays.clear();
        else
            track.delays.emplace_back(seconds, lastDelay + change);
    }
    if (track.delays.empty())
        track.delays.emplace_back(seconds, estimate->delayS);
    if (track.delays.size() > slopeWindows)
        track.delays.pop_front();

    track.pending.push_back(readingOf(number, *estimate, startNs));
    if (! track.confirmed)
    {
        const auto follows = previous.found && std::abs(delayChange(previous.estimate.delayS, estimate->delayS)) <= PilotDetector::trackHalfWidthS;
        track.hits = follows ? track.hits + 1 : 1;
        if (! follows)
            track.pending.erase(track.pending.begin(), track.pending.end() - 1);
        track.confirmed = estimate->logChance <= sureLogChance || track.hits >= hitsToConfirm;
        if (track.confirmed)
            track.finder = std::make_unique<PilotSteps>(number);
    }
    if (track.confirmed)
        emit(track);
}

double PilotReceiver::slopeOf(const std::deque<std::pair<double, double>>& delays)
{
    double meanTime = 0.0, meanDelay = 0.0;
    for (const auto& [time, delay] : delays)
    {
        meanTime += time / static_cast<double>(delays.size());
        meanDelay += delay / static_cast<double>(delays.size());
    }
    double over = 0.0, under = 0.0;
    for (const auto& [time, delay] : delays)
    {
        over += (time - meanTime) * (delay - meanDelay);
        under += (time - meanTime) * (time - meanTime);
    }
    return under > 0.0 ? over / under : 0.0;
}

void PilotReceiver::followGains(size_t fromFrame, size_t toFrame)
{
    if (toFrame <= fromFrame)
        return;
    followedTo = toFrame;

    struct Followed
    {
        int number = 0;
        double amplitude = 0.0;
        std::vector<PilotEstimate> places;  ///< delays at which it may be, one reference each
    };
    std::vector<Followed> followed;
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
    {
        const auto& track = tracks[static_cast<size_t>(number)];
        if (! track.confirmed)
            continue;
        Followed entry;
        entry.number = number;
        for (const auto& heard : track.recent)
        {
            if (! heard.found)
                continue;
            entry.amplitude = std::max(entry.amplitude, heard.estimate.amplitude);
            const auto same = std::find_if(entry.places.begin(), entry.places.end(), [&](const PilotEstimate& place) {
                return std::abs(delayChange(place.delayS, heard.estimate.delayS)) < sameDelayS;
            });
            if (same == entry.places.end())
                entry.places.push_back(heard.estimate);
            else
                same->delayS += 0.5 * delayChange(same->delayS, heard.estimate.delayS);
        }
        if (! entry.places.empty())
            followed.push_back(std::move(entry));
    }
    std::sort(followed.begin(), followed.end(), [](const Followed& a, const Followed& b) { return a.amplitude > b.amplitude; });
    if (followed.size() > mostFollowed)
        followed.resize(mostFollowed);

    std::vector<std::vector<float>> periods;
    for (const auto& entry : followed)
        for (const auto& place : entry.places)
            if (periods.size() < PilotGains::mostReferences)
                referenceMaker.make(entry.number, place.delayS, place.angle, baseNs, periods.emplace_back());
    if (periods.empty())
        return;

    const auto pieceFrames = periods.size() <= 4 ? size_t { 40 } : periods.size() <= 8 ? size_t { 80 } : size_t { 160 };
    std::vector<std::vector<float>> pieces(periods.size(), std::vector<float>(pieceFrames));
    std::vector<std::span<const float>> references(pieces.begin(), pieces.end());
    for (auto frame = fromFrame; frame + pieceFrames <= toFrame; frame += pieceFrames)
    {
        for (size_t i = 0; i < periods.size(); ++i)
            for (size_t k = 0; k < pieceFrames; ++k)
                pieces[i][k] = periods[i][(frame + k) % periods[i].size()];
        if (! gains.solve(std::span<const float>(sound).subspan(frame - soundAt, pieceFrames), references))
            continue;
        size_t reference = 0;
        for (const auto& entry : followed)
        {
            PilotSteps::Piece piece { timeOf(frame), static_cast<double>(pieceFrames) * frameNs, 0.0, 0.0 };
            auto variance = 0.0;
            for (size_t i = 0; i < entry.places.size() && reference < references.size(); ++i, ++reference)
            {
                piece.gain += gains.gain(reference);
                variance += gains.sigma(reference) * gains.sigma(reference);
            }
            piece.sigma = std::sqrt(variance);
            if (auto* finder = tracks[static_cast<size_t>(entry.number)].finder.get())
                finder->add(piece);
        }
        followedTo = frame + pieceFrames;
    }
}

void PilotReceiver::settleFinders(bool all)
{
    if (all && running)
        followGains(followedTo, soundAt + sound.size());
    const auto oldSteps = steps.size(), oldBreaks = breaks.size();
    for (auto& track : tracks)
    {
        if (track.finder == nullptr)
            continue;
        track.finder->settle(all);
        steps.insert(steps.end(), track.finder->steps.begin(), track.finder->steps.end());
        breaks.insert(breaks.end(), track.finder->breaks.begin(), track.finder->breaks.end());
        track.finder->steps.clear();
        track.finder->breaks.clear();
    }
    std::sort(steps.begin() + static_cast<std::ptrdiff_t>(oldSteps), steps.end(), [](const auto& a, const auto& b) { return a.timeNs < b.timeNs; });
    std::sort(breaks.begin() + static_cast<std::ptrdiff_t>(oldBreaks), breaks.end(), [](const auto& a, const auto& b) { return a.startNs < b.startNs; });
}

PilotSummary PilotReceiver::summary(int number, int64_t driftSinceNs) const
{
    if (! PilotPlan::isNumber(number))
        return {};
    auto summary = history(number).summary(driftSinceNs);
    if (summary.windows > 0)
        return summary;
    auto hidden = tracks[static_cast<size_t>(number)].hiddenRms.kept();
    if (hidden.empty())
        return summary;
    const auto middle = hidden.begin() + static_cast<std::ptrdiff_t>(hidden.size() / 2);
    std::nth_element(hidden.begin(), middle, hidden.end());
    summary.hiddenDbm0 = dbm0FromRms(*middle, law);
    return summary;
}

} // namespace mw
