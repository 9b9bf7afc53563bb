#include "LegPort.h"

#include <algorithm>
#include <array>
#include <limits>
#include <random>

namespace mw
{

namespace
{
constexpr std::array<int, 4> engineRatesHz { 8000, 16000, 32000, 48000 };

/** RFC 3550 5.1 asks for a start that cannot be guessed. */
uint32_t randomTimestamp()
{
    std::random_device device;
    return static_cast<uint32_t>(device());
}

size_t codecFramesFor(const CodecFormat& format, const LegPortConfig& config)
{
    return static_cast<size_t>(static_cast<int64_t>(config.maxBlockFrames) * format.sampleRateHz / config.engineRateHz) + 2;
}
} // namespace

Result<void> LegPortConfig::check() const
{
    if (std::ranges::find(engineRatesHz, engineRateHz) == engineRatesHz.end())
        return Error { ExitCode::wrongUse, "run the legs at " + std::to_string(engineRateHz) + " Hz", "it is not a rate of the engine",
                       "choose 8000, 16000, 32000 or 48000" };
    if (maxBlockFrames < 1 || maxBlockFrames > 48000)
        return Error { ExitCode::wrongUse, "use blocks of " + std::to_string(maxBlockFrames) + " frames", "it is out of range",
                       "choose 1 to 48000" };
    if (ringBytes < 4096 || ringBytes > (size_t { 1 } << 26))
        return Error { ExitCode::wrongUse, "use packet rings of " + std::to_string(ringBytes) + " octets", "it is out of range",
                       "choose 4096 to 67108864" };
    return playout.check();
}

namespace
{
constexpr std::array receivedCounters {
    &PlayoutStats::packets, &PlayoutStats::octets, &PlayoutStats::inTime, &PlayoutStats::lost, &PlayoutStats::late, &PlayoutStats::duplicate,
    &PlayoutStats::reordered, &PlayoutStats::concealedFrames, &PlayoutStats::concealedSamples, &PlayoutStats::underruns,
    &PlayoutStats::pauses, &PlayoutStats::trims, &PlayoutStats::trimmedPackets, &PlayoutStats::shrinks,
    &PlayoutStats::ringOverruns, &PlayoutStats::storeOverruns, &PlayoutStats::wrongPayloadType, &PlayoutStats::eventPackets,
    &PlayoutStats::undecodable, &PlayoutStats::ssrcChanges, &PlayoutStats::resyncs, &PlayoutStats::resamplings };
} // namespace

void LegMediaStats::add(const LegMediaStats& other) noexcept
{
    constexpr std::array sent { &SendStats::packets, &SendStats::octets, &SendStats::clippedSamples, &SendStats::silentPackets,
                                &SendStats::heldPackets, &SendStats::encodeFailures, &SendStats::ringOverruns };
    for (const auto counter : receivedCounters)
        playout.*counter += other.playout.*counter;
    for (const auto counter : sent)
        send.*counter += other.send.*counter;
    for (const auto counter : { &NetworkStats::strangers, &NetworkStats::malformed, &NetworkStats::notSent })
        network.*counter += other.network.*counter;
}

void LegMediaStats::goOnFrom(const LegMediaStats& former) noexcept
{
    if (playout.packets == 0)
    {
        const auto counted = playout;
        playout = former.playout;  // what is no counter; the counters are added below
        for (const auto counter : receivedCounters)
            playout.*counter = counted.*counter;
    }
    add(former);
    stream.goOnFrom(former.stream);
    losses.goOnFrom(former.losses);
}

LegPort::LegPort(CodecPtr codecToUse, const LegPortConfig& configToUse)
    : codec(std::move(codecToUse)),
      config(configToUse),
      receiveRing(config.ringBytes),
      sendRing(config.ringBytes),
      playout(std::make_unique<Playout>(*codec, config.playout)),
      watch(std::make_unique<StreamWatch>(codec->format())),
      eventWatch(std::make_unique<EventWatch>(codec->format())),
      driftCorrector(std::make_unique<DriftCorrector>(*playout, codec->format().sampleRateHz, codecFramesFor(codec->format(), config))),
      receiveResampler(std::make_unique<Resampler>(codec->format().sampleRateHz, config.engineRateHz,
                                                   std::max(codecFramesFor(codec->format(), config), static_cast<size_t>(config.maxBlockFrames)),
                                                   config.resampling)),
      sendPath(std::make_unique<SendPath>(*codec, sendRing, config.engineRateHz, config.maxBlockFrames, config.resampling,
                                          config.firstTimestamp ? *config.firstTimestamp : randomTimestamp())),
      decoded(codecFramesFor(codec->format(), config)),
      inputLatency((config.playout.mode == PlayoutMode::adaptive ? config.playout.minDepthMs : config.playout.depthMs) + receiveResampler->delayMs()),
      outputLatency(sendPath->delayMs())
{
}

LegPort::~LegPort() = default;

bool LegPort::receive(const RtpPacket& packet) noexcept { return ! isDead() && receiveRing.push(packet); }

void LegPort::note(const NetworkStats& more) noexcept
{
    strangers.fetch_add(more.strangers, std::memory_order_relaxed);
    malformed.fetch_add(more.malformed, std::memory_order_relaxed);
    notSent.fetch_add(more.notSent, std::memory_order_relaxed);
}

void LegPort::setDirection(bool sending, bool receiving) noexcept
{
    sendingEnabled.store(sending, std::memory_order_release);
    receivingEnabled.store(receiving, std::memory_order_release);
}

void LegPort::pull(std::span<float> block, int64_t nowNs) noexcept
{
    receiveRing.drain([this](const RtpPacket& packet) {
        const auto passage = watch->packetArrived(packet);
        eventWatch->packetArrived(packet, passage, watch->lost());
        playout->insert(packet);
    });
    if (! receivingEnabled.load(std::memory_order_acquire))
        playout->flush();

    for (size_t done = 0; done < block.size();)
    {
        const auto count = std::min(block.size() - done, static_cast<size_t>(config.maxBlockFrames));
        pullPiece(block.subspan(done, count), nowNs);
        done += count;
    }
    if (isDead())
        std::fill(block.begin(), block.end(), 0.0f);
    publishReceiver(nowNs);
}

void LegPort::publishReceiver(int64_t nowNs) noexcept
{
    constexpr int64_t intervalNs = 1'000'000'000;
    if (receiverWasPublished && nowNs - receiverPublishedNs < intervalNs)
        return;
    receiverWasPublished = true;
    receiverPublishedNs = nowNs;
    const auto& buffer = config.playout;
    const auto isAdaptive = buffer.mode == PlayoutMode::adaptive;
    const auto& stats = playout->stats();
    ReceiverState state;
    state.losses = playout->losses();
    state.expected = watch->stats().expected;
    state.packetMs = stats.packetMs;
    state.delayMs = stats.targetMs + receiveResampler->delayMs() + outputLatency;
    state.bufferNominalMs = stats.targetMs;
    state.bufferMaximumMs = isAdaptive ? buffer.maxDepthMs : stats.targetMs;
    state.bufferAbsoluteMaximumMs = isAdaptive ? buffer.maxDepthMs : std::max<double>(stats.targetMs, buffer.maxBacklogMs);
    state.adaptive = isAdaptive;
    receiver.publish(state);
}

void LegPort::pullPiece(std::span<float> block, int64_t nowNs) noexcept
{
    const auto count = std::min(receiveResampler->inputFramesFor(block.size()), decoded.size());
    const auto samples = receiveResampler->isBypassed() ? block : std::span(decoded.data(), count);
    driftCorrector->render(samples, nowNs);
    if (! receiveResampler->isBypassed())
        receiveResampler->process(samples, block);
}

void LegPort::push(std::span<const float> block, int64_t) noexcept
{
    if (isDead())
        return;
    const bool sending = sendingEnabled.load(std::memory_order_acquire);
    for (size_t done = 0; done < block.size();)
    {
        const auto count = std::min(block.size() - done, static_cast<size_t>(config.maxBlockFrames));
        sendPath->push(block.subspan(done, count), sending);
        done += count;
    }
}

void LegPort::timeLost(uint64_t frames, int64_t nowNs) noexcept
{
    playout->timeLost(nowNs, static_cast<int64_t>(frames) * 1'000'000'000 / config.engineRateHz);
    sendPath->skip(frames);
}

LegMediaStats LegPort::mediaStats() const noexcept
{
    LegMediaStats stats { playout->stats(), sendPath->stats(), {}, watch->stats(), playout->losses() };
    stats.network.strangers = strangers.load(std::memory_order_relaxed);
    stats.network.malformed = malformed.load(std::memory_order_relaxed);
    stats.network.notSent = notSent.load(std::memory_order_relaxed);
    stats.playout.ringOverruns = receiveRing.refused();
    driftCorrector->report(stats.playout);
    return stats;
}

TransportReport LegPort::transportReport() const
{
    TransportReport report;
    report.format = codec->format();
    report.stream = watch->stats();
    report.payloadTypes = watch->payloadTypes();
    report.packetTicks = watch->packetTicks();
    report.losses = playout->losses();
    const auto& changes = watch->spacingChanges();
    report.spacingChangeP50Ms = changes.percentileMs(0.5);
    report.spacingChangeP95Ms = changes.percentileMs(0.95);
    report.spacingChangeP99Ms = changes.percentileMs(0.99);
    const auto& gaps = watch->arrivalGaps();
    report.arrivalGapP50Ms = gaps.percentileMs(0.5);
    report.arrivalGapP95Ms = gaps.percentileMs(0.95);
    report.arrivalGapP99Ms = gaps.percentileMs(0.99);
    report.sendDelayMs = outputLatency;
    report.bufferDelayMs = playout->stats().targetMs + receiveResampler->delayMs();
    report.resamplerDelayMs = receiveResampler->delayMs();
    const auto& played = playout->stats();
    constexpr auto nothing = std::numeric_limits<double>::quiet_NaN();
    report.waitMeanMs = played.waits > 0 ? played.waitSumMs / static_cast<double>(played.waits) : nothing;
    report.waitMostMs = played.waits > 0 ? played.waitMostMs : nothing;
    rtcp.read(report.rtcp);
    const auto actions = playout->log().actions();
    report.actions.assign(actions.begin(), actions.end());
    report.actionsLeftOut = playout->log().leftOut();
    report.events = eventWatch->events();
    report.eventsLeftOut = eventWatch->leftOut();
    report.malformedEvents = eventWatch->malformed();
    return report;
}

} // namespace mw
