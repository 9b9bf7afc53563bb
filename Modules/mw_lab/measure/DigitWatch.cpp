#include "DigitWatch.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <utility>

namespace mw
{

namespace
{
constexpr int digitPollMs = 50;
constexpr int digitPieceMs = 20;
constexpr int digitAfterMs = 200;             ///< listened to after the last loud sample: longer than a receiver looks back
constexpr double digitLoudDbm0 = -36.0;       ///< peak of a sine of this level; no digit of Q.24 is below -25 dBm0 a tone
constexpr size_t mostDigitsWaiting = 64;      ///< of one leg; a look comes 30 times a second
} // namespace

/** One leg. The thread of `background` listens; control makes it, collects and ends it. */
class DigitWatch::Listener final : private juce::TimeSliceClient
{
public:
    Listener(int tapChannel, int sampleRateHz, Law law, const Clock& clockToUse)
        : channel(tapChannel),
          rate(sampleRateHz),
          loud(static_cast<float>(sineAmplitudeFromDbm0(digitLoudDbm0, law))),
          clock(clockToUse),
          samples(std::make_shared<SampleFifo>(static_cast<size_t>(sampleRateHz) * bufferMs / 1000)),
          piece(static_cast<size_t>(sampleRateHz) * digitPieceMs / 1000),
          found(mostDigitsWaiting)
    {
        DtmfReceiver::Config config;
        config.law = law;
        receiver.prepare(sampleRateHz, config);
    }

    [[nodiscard]] juce::TimeSliceClient& client() noexcept { return *this; }
    [[nodiscard]] const std::shared_ptr<SampleFifo>& fifo() const noexcept { return samples; }
    [[nodiscard]] uint64_t missed() const noexcept { return samples->droppedSamples(); }
    [[nodiscard]] uint64_t lost() const noexcept { return digitsLost.load(std::memory_order_relaxed); }

    /** Control thread. */
    void collect(LegId leg, std::vector<HeardDigit>& heard)
    {
        for (Found each; found.pop(each);)
            heard.push_back({ leg, each.startNs,
                              1000.0 * static_cast<double>(each.detection.endSample - each.detection.startSample) / rate, each.detection });
    }

    /** What still waits, and a digit that the leg's end cut off; when nobody else listens any more. */
    void finish()
    {
        listen();
        receiver.flush();
        take(position(), clock.nowNs());
    }

    const int channel;

private:
    struct Found
    {
        DtmfDetection detection;
        int64_t startNs = 0;
    };

    int useTimeSlice() override
    {
        const ScopedThreadRole role(ThreadRole::recorder);
        listen();
        return digitPollMs;
    }

    /** Samples since the leg's first. */
    [[nodiscard]] uint64_t position() const noexcept { return receiver.samplePosition() + skipped; }

    void listen()
    {
        const auto now = clock.nowNs();
        const auto end = position() + samples->available();  // what sounds now
        for (auto count = samples->read(piece); count > 0; count = samples->read(piece))
        {
            const auto block = std::span<const float>(piece).first(count);
            const auto isLoud = std::any_of(block.begin(), block.end(), [this](float sample) { return std::abs(sample) > loud; });
            quiet = isLoud ? 0 : quiet + count;
            if (quiet > static_cast<uint64_t>(rate) * digitAfterMs / 1000)
            {
                skipped += count;
                continue;
            }
            receiver.process(block);
            take(end, now);
        }
    }

    void take(uint64_t end, int64_t now)
    {
        for (Found next; receiver.take(next.detection);)
        {
            // Nothing was skipped since its start: a digit is loud.
            next.detection.startSample += skipped;
            next.detection.endSample += skipped;
            const auto age = static_cast<double>(end) - static_cast<double>(next.detection.startSample);
            next.startNs = now - static_cast<int64_t>(std::llround(1e9 * age / rate));
            if (! found.push(next))
                digitsLost.fetch_add(1, std::memory_order_relaxed);
        }
    }

    const int rate;
    const float loud;
    const Clock& clock;
    std::shared_ptr<SampleFifo> samples;
    std::vector<float> piece;
    DtmfReceiver receiver;
    uint64_t quiet = 1u << 30;  ///< samples since the last loud one
    uint64_t skipped = 0;
    SpscQueue<Found> found;
    std::atomic<uint64_t> digitsLost { 0 };
};

DigitWatch::DigitWatch(Engine& engineToWatch, Background::Mode mode) : engine(engineToWatch), background(mode, "digits") {}

DigitWatch::~DigitWatch()
{
    std::vector<HeardDigit> unheard;
    while (! legs.empty())
        letGo(legs.begin()->first, unheard);
}

std::vector<HeardDigit> DigitWatch::look(const std::vector<CallInfo>& calls)
{
    std::vector<HeardDigit> heard;
    const auto hasMedia = [](const CallInfo& call) { return call.state != CallState::closed && call.channel >= 0 && ! call.codec.empty(); };
    std::vector<LegId> there, gone;
    for (const auto& call : calls)
        if (hasMedia(call))
            there.push_back(call.leg);
    std::sort(there.begin(), there.end());
    for (const auto& [leg, listener] : legs)
        if (! std::binary_search(there.begin(), there.end(), leg))
            gone.push_back(leg);
    for (const auto leg : gone)
        letGo(leg, heard);

    for (const auto& call : calls)
    {
        if (! hasMedia(call) || legs.contains(call.leg))
            continue;
        auto& config = engine.config();
        auto listener = std::make_unique<Listener>(call.channel, config.sampleRateHz, config.mixer.law, engine.clock());
        if (! background.add(listener->client()))
            break;  // no thread now: at the next look
        engine.mixer().setTap({ TapPoint::Kind::legIn, call.channel }, listener->fifo(), TapUse::watch);
        legs.emplace(call.leg, std::move(listener));
    }

    background.runByHand();
    for (const auto& [leg, listener] : legs)
        listener->collect(leg, heard);
    return heard;
}

void DigitWatch::letGo(LegId leg, std::vector<HeardDigit>& heard)
{
    const auto found = legs.find(leg);
    auto& listener = *found->second;
    engine.mixer().setTap({ TapPoint::Kind::legIn, listener.channel }, nullptr, TapUse::watch);
    background.remove(listener.client());
    listener.finish();
    listener.collect(leg, heard);
    goneMissed += listener.missed();
    goneLost += listener.lost();
    legs.erase(found);
}

uint64_t DigitWatch::missedSamples() const noexcept
{
    auto total = goneMissed;
    for (const auto& [leg, listener] : legs)
        total += listener->missed();
    return total;
}

uint64_t DigitWatch::lostDigits() const noexcept
{
    auto total = goneLost;
    for (const auto& [leg, listener] : legs)
        total += listener->lost();
    return total;
}

} // namespace mw
