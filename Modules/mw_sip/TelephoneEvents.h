#pragma once

#include "adapter/SipHeaders.h"

#include <mw_legs/mw_legs.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace mw
{

/** Longest duration that one telephone-event packet can name [clock units]. */
inline constexpr uint32_t longestEventSegment = 0xffff;

/** Digit of an event code of RFC 4733, 3.2 (0…15), 0 for any other code. */
[[nodiscard]] char digitOfEventCode(int code) noexcept;

/** Event code of a digit 0-9 * # A-D, -1 for anything else. */
[[nodiscard]] int eventCodeOfDigit(char digit) noexcept;

/** Reads telephone-events (RFC 4733): one report an event, with its whole duration, however many packets told of it.

    An event ends with its first end packet; when all of them were lost, with the next event or after silence. Another SSRC or
    time base of the peer begins anew. Sip thread. */
class TelephoneEventReceiver
{
public:
    /** @param durationMs [ms] as the sender counted it */
    using Report = std::function<void(char digit, int durationMs)>;

    explicit TelephoneEventReceiver(Report report) : onDigit(std::move(report)) {}

    /** @param clockHz of the event format in SDP, the unit of durations [Hz]
        @param audioClockHz of the audio, which some peers stamp events by too [Hz] */
    void setClockRate(int clockHz, int audioClockHz = 0) noexcept
    {
        eventClockHz = clockHz;
        timestampClockHz = std::max(clockHz, audioClockHz);
    }

    void packetArrived(const RtpPacket& packet);

    /** Ends an event whose sender fell silent. To be called every 100 ms or so. @param nowNs engine clock [ns] */
    void checkSilence(int64_t nowNs);

    /** The stream is over: ends an event that is under way. */
    void end();

private:
    void finish();
    [[nodiscard]] bool isOvertaken(uint32_t timestamp, uint32_t ticks) const noexcept;

    Report onDigit;
    int eventClockHz = 8000, timestampClockHz = 8000;
    uint32_t ssrc = 0;           ///< of the current event
    bool underWay = false;
    bool finished = false;       ///< sip thread; the current event was reported; its further packets say nothing new
    int code = 0;
    uint32_t segmentTimestamp = 0;
    uint32_t duration = 0;       ///< of the current segment [clock units]
    uint32_t earlierSegments = 0;  ///< [clock units]
    int64_t lastHeardNs = 0;
};

/** Sends digits one after the other on one leg, by telephone-event or SIP INFO. Sip thread.

    telephone-event: a packet every packet time from the digit's start, all with the timestamp of the start and a growing
    duration; the end packet is sent three times (RFC 4733, 2.5.1.4). While a digit sounds, the leg's audio packets are held
    back, so that the far end does not hear the tone twice. */
class DtmfSender
{
public:
    struct Channel
    {
        std::function<void(const SendPacket&)> sendEvent;
        std::function<void(char digit)> sendInfo;
    };

    explicit DtmfSender(Channel channel);
    ~DtmfSender();
    DtmfSender(const DtmfSender&) = delete;
    DtmfSender& operator=(const DtmfSender&) = delete;

    /** What SDP agreed on. @param payloadType of telephone-event, negative when the peer takes none: then INFO is used
        @param clockHz of the RTP timestamps, @param eventClockHz of the event format [Hz]
        @param packetTimeMs [ms] */
    void configure(int payloadType, int clockHz, int eventClockHz, int packetTimeMs) noexcept;

    /** @param onMs, offMs of each digit [ms] */
    void send(const std::string& digits, DtmfMethod method, int onMs, int offMs);

    /** The leg sent audio with this timestamp; the next event begins after it. */
    void audioSent(uint32_t timestamp) noexcept;

    /** Whether the leg's audio is to be held back now. */
    [[nodiscard]] bool holdsAudioBack() const noexcept { return sounding; }

private:
    struct Digit
    {
        char digit;
        DtmfMethod method;
        int onMs, offMs;
    };

    static void timerFired(void* self) noexcept;
    void step();
    void beginNext();
    void sendUpdate();
    void wakeAt(uint64_t timeMs) noexcept;

    /** libre's INFO names 250 ms whatever was asked for; digits are kept at least that far apart. */
    static constexpr int infoDurationMs = 250;
    static constexpr int endPackets = 3;

    Channel channel;
    std::deque<Digit> waiting;
    struct tmr timer {};
    int eventPayloadType = -1;
    int rtpClockHz = 8000, clockHz = 8000, ptimeMs = 20;
    uint32_t nextTimestamp = 0;  ///< where the leg's audio goes on

    bool sounding = false;
    bool timerRuns = false;
    Digit current {};
    uint64_t startedMs = 0;      ///< tmr_jiffies() [ms]
    int updatesSent = 0, endsSent = 0;
    uint32_t eventTimestamp = 0;
};

} // namespace mw
