#include "TelephoneEvents.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace mw
{

namespace
{
constexpr std::string_view digitsByCode = "0123456789*#ABCD";  // RFC 4733, table 3
}

char digitOfEventCode(int code) noexcept
{
    return code >= 0 && code < static_cast<int>(digitsByCode.size()) ? digitsByCode[static_cast<size_t>(code)] : '\0';
}

int eventCodeOfDigit(char digit) noexcept
{
    const auto at = digitsByCode.find(digit);
    return digit == '\0' || at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// ---- receiving ---------------------------------------------------------------------------------------------------------

void TelephoneEventReceiver::packetArrived(const RtpPacket& packet)
{
    if (packet.payload.size() < 4)
        return;
    const auto newCode = int { packet.payload[0] };
    const auto isEnd = (packet.payload[1] & 0x80u) != 0;
    const auto newDuration = static_cast<uint32_t>((packet.payload[2] << 8) | packet.payload[3]);
    if (underWay && packet.ssrc != ssrc)
    {
        end();
        underWay = false;  // its timestamps say nothing of the new source's
    }

    // RFC 4733, 2.5.1.3: an event beyond the 16 bits of a duration goes on as a segment where the last one ended.
    const auto continues = underWay && ! finished && newCode == code && ! packet.marker
                           && packet.timestamp == segmentTimestamp + longestEventSegment;
    if (continues)
    {
        earlierSegments += packet.timestamp - segmentTimestamp;
        segmentTimestamp = packet.timestamp;
        duration = 0;
    }
    else if (! underWay || packet.timestamp != segmentTimestamp)
    {
        if (underWay && isOvertaken(packet.timestamp, newDuration))
            return;
        if (underWay && ! finished)
            finish();
        underWay = true;
        finished = false;
        code = newCode;
        ssrc = packet.ssrc;
        segmentTimestamp = packet.timestamp;
        duration = earlierSegments = 0;
    }
    lastHeardNs = packet.arrivalNs;
    if (finished)
        return;
    duration = std::max(duration, newDuration);
    if (isEnd)
        finish();
}

/** Whether a packet is old news: of an event that was over within two seconds before the current one. What lies further back
    is of a new time base. */
bool TelephoneEventReceiver::isOvertaken(uint32_t timestamp, uint32_t ticks) const noexcept
{
    const auto beginsBehind = int64_t { static_cast<int32_t>(segmentTimestamp - timestamp) };
    return beginsBehind > 0 && beginsBehind - int64_t { ticks } < int64_t { 2 } * timestampClockHz;
}

void TelephoneEventReceiver::checkSilence(int64_t nowNs)
{
    constexpr int64_t silenceNs = 250'000'000;  // a sender's updates come every 10 to 50 ms
    if (underWay && ! finished && nowNs - lastHeardNs > silenceNs)
        finish();
}

void TelephoneEventReceiver::end()
{
    if (underWay && ! finished)
        finish();
}

void TelephoneEventReceiver::finish()
{
    finished = true;
    const auto total = uint64_t { earlierSegments } + duration;
    if (const auto digit = digitOfEventCode(code); digit != '\0')
    {
        constexpr uint64_t longestMs = std::numeric_limits<int>::max();
        onDigit(digit, static_cast<int>(std::min(total * 1000 / static_cast<uint64_t>(std::max(eventClockHz, 1)), longestMs)));
    }
}

// ---- sending -----------------------------------------------------------------------------------------------------------

DtmfSender::DtmfSender(Channel digitsChannel) : channel(std::move(digitsChannel)), nextTimestamp(::rand_u32())
{
    ::tmr_init(&timer);
}

DtmfSender::~DtmfSender() { ::tmr_cancel(&timer); }

void DtmfSender::configure(int payloadType, int rtpClock, int eventClock, int packetTimeMs) noexcept
{
    eventPayloadType = payloadType;
    rtpClockHz = rtpClock;
    clockHz = eventClock;
    ptimeMs = packetTimeMs;
}

void DtmfSender::send(const std::string& digits, DtmfMethod method, int onMs, int offMs)
{
    for (const auto digit : digits)
        waiting.push_back({ digit, method, onMs, offMs });
    if (! timerRuns)
        beginNext();
}

void DtmfSender::audioSent(uint32_t timestamp) noexcept
{
    nextTimestamp = timestamp + static_cast<uint32_t>(rtpClockHz / 1000 * ptimeMs);
}

void DtmfSender::timerFired(void* self) noexcept
{
    auto& sender = *static_cast<DtmfSender*>(self);
    sender.timerRuns = false;
    sender.step();
}

void DtmfSender::step()
{
    if (sounding || endsSent > 0)
        sendUpdate();
    else
        beginNext();
}

void DtmfSender::beginNext()
{
    if (waiting.empty())
        return;
    current = waiting.front();
    waiting.pop_front();
    startedMs = ::tmr_jiffies();
    if (current.method == DtmfMethod::sipInfo || eventPayloadType < 0)
    {
        channel.sendInfo(current.digit);
        wakeAt(startedMs + static_cast<uint64_t>(std::max(current.onMs, infoDurationMs) + current.offMs));
        return;
    }
    sounding = true;
    updatesSent = endsSent = 0;
    eventTimestamp = nextTimestamp;
    sendUpdate();
}

void DtmfSender::sendUpdate()
{
    const auto elapsedMs = std::min((updatesSent + 1) * ptimeMs, current.onMs);
    const auto isEnd = elapsedMs >= current.onMs;
    const auto total = static_cast<uint32_t>(int64_t { elapsedMs } * clockHz / 1000);
    // Durations are 16 bits wide; a longer event goes on as a further segment that begins where the last one ended.
    const auto segment = total == 0 ? 0 : (total - 1) / longestEventSegment;
    const auto duration = total - segment * longestEventSegment;

    const std::array<uint8_t, 4> payload { static_cast<uint8_t>(eventCodeOfDigit(current.digit)),
                                           static_cast<uint8_t>((isEnd ? 0x80 : 0) | 10),  // 10: −10 dBm0
                                           static_cast<uint8_t>(duration >> 8), static_cast<uint8_t>(duration & 0xff) };
    SendPacket packet;
    packet.timestamp = eventTimestamp + segment * longestEventSegment;
    packet.payloadType = static_cast<uint8_t>(eventPayloadType);
    packet.marker = updatesSent == 0;
    packet.payload = payload;
    channel.sendEvent(packet);

    ++updatesSent;
    if (isEnd && ++endsSent == endPackets)
    {
        endsSent = 0;
        sounding = false;
        nextTimestamp = eventTimestamp + static_cast<uint32_t>(int64_t { current.onMs + current.offMs } * rtpClockHz / 1000);
        wakeAt(startedMs + static_cast<uint64_t>(current.onMs + current.offMs));
        return;
    }
    if (isEnd)
        sounding = false;  // audio goes on while the end is being repeated
    wakeAt(startedMs + static_cast<uint64_t>(updatesSent * ptimeMs));
}

void DtmfSender::wakeAt(uint64_t timeMs) noexcept
{
    const auto now = ::tmr_jiffies();
    timerRuns = true;
    ::tmr_start(&timer, timeMs > now ? timeMs - now : 0, timerFired, this);
}

} // namespace mw
