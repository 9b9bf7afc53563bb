#pragma once

#include "Closures.h"
#include "ListenAddress.h"
#include "MediaSeam.h"
#include "MediaWindow.h"
#include "SipCodec.h"
#include "SipLeg.h"
#include "SipStack.h"
#include "SipTrace.h"
#include "UserAgents.h"
#include "adapter/StackAdapter.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace mw
{

/** Everything of libre and baresip between one start and the stop after it. It is made, used and destroyed on the sip
    thread; what its constructor began, its destructor ends, however far start() came (findings 4, 5, 15). */
class SipSession final : private UserAgentEvents
{
public:
    struct Surroundings
    {
        const SipConfig& config;
        std::shared_ptr<Clock> clock;
        std::shared_ptr<Closures> closures;
        std::function<void(LegEvent)> report;
        std::function<void(const std::string&)> log;
        std::atomic<bool>& refusing;        ///< set by control: no new legs
        std::atomic<LegId>& nextLeg;        ///< shared with control, which numbers what it dials
        const std::atomic<int>& stopGraceMs;  ///< set by control when it stops: how long peers may take to answer [ms]; −1 before
        SignallingTrace& trace;             ///< messages for whoever asked for them
        std::atomic<int>& timers;             ///< set here: timers of libre that run
        const std::atomic<int64_t>& nextTickNs;  ///< set by media before it wakes us: when its next tick is due [ns]; 0: not known
        int wakeFd;                         ///< eventfd, written once a tick by media, and by control after stopGraceMs
        PacketTrace* packets = nullptr;     ///< packets for whoever asked for them, or null
    };

    explicit SipSession(Surroundings surroundings);
    ~SipSession() override;

    /** @returns our address as peers call it, or the cause why we cannot be called */
    [[nodiscard]] Result<std::string> start();

    /** After a start() that failed: another program took the port that had just been found free for port 0. It can be tried
        again, with another session. */
    [[nodiscard]] bool hasLostFreePort() const noexcept { return freePortLost; }

    /** Runs the event loop until shut down. */
    void run();

    void dial(LegId id, const std::string& uri) noexcept;

    /** @returns null when the leg is over */
    [[nodiscard]] SipLeg* leg(LegId id);

private:
    // UserAgentEvents
    void incomingCall(struct ua* agent, struct call* call) noexcept override;
    void refusedCall(struct ua* agent, struct call* call, const char* why) noexcept override;
    void registration(struct ua* agent, bool ok, const char* text) noexcept override;

    static void timerFired(void* self) noexcept;
    static void stackClosed(void* self) noexcept;
    static void baresipSays(uint32_t level, const char* text) noexcept;
    static void libreSays(int level, const char* text, size_t length, void*) noexcept;
    static void messagePassed(bool sent, enum sip_transp transport, const struct sa* from, const struct sa* to,
                              const uint8_t* octets, size_t length, void*) noexcept;
    [[nodiscard]] Result<void> startStack();
    [[nodiscard]] Result<void> raiseDescriptorLimit();
    [[nodiscard]] Result<std::vector<std::string>> loadCodecs();
    [[nodiscard]] std::string configurationText() const;
    void beginShutdown(int graceMs) noexcept;
    void drainAll() noexcept;
    void housekeeping() noexcept;
    void removeEnded() noexcept;
    void refuse(struct call* call, uint16_t code, const char* phrase, const char* reason) noexcept;
    void reportFailure(LegId id, const char* uri, bool outgoing, int code, const char* reason) noexcept;
    void note(const char* text) noexcept;
    void scheduleHousekeeping() noexcept;
    void follow(bool sent, const struct sip_msg& message);
    void announceInfo(const struct sip_msg& message);
    [[nodiscard]] SipTrace::Ends openEndsOf(std::string_view callId) const;
    [[nodiscard]] size_t legsInUse() const;

    Surroundings around;
    const std::string allLegsInUse, refusedAllInUse;  ///< made beforehand: they are said when there may be no memory
    ListenAddress address;
    MediaSockets mediaSockets;  // before the seams, which take theirs out of it
    std::unique_ptr<MediaSeams> seams;
    std::shared_ptr<SipCodecs> codecs;
    UserAgents agents;
    RePtr<struct mbuf> sendScratch;
    std::unique_ptr<LegServices> services;
    std::map<LegId, std::unique_ptr<SipLeg>> legs;
    SipTrace trace;
    adapter::ReadWatch tickWatch;
    MediaWindow mediaWindow;
    struct tmr timer {};
    struct log logger {};

    bool libreRuns = false, agentsRun = false, shuttingDown = false;
    int64_t shutdownDeadlineNs = 0;
    uint64_t housekeepings = 0;
    bool anyPort = false, freePortLost = false;
    bool lossOfPacketsTold = false;
    std::set<std::string> unanswered;  ///< Call-IDs whose BYE, CANCEL or REGISTER (that ends a registration) has no answer yet, since new legs are refused

    static SipSession* active;  ///< for the handlers of libre that are given no argument; sip thread only
};

} // namespace mw
