#include "SipStack.h"

#include "SipSession.h"
#include "WithoutThrowing.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <future>
#include <new>
#include <sys/eventfd.h>
#include <unistd.h>

namespace mw
{

namespace
{

constexpr int mostPortAttempts = 5;

/** libre's state is global: whether a stack of this process has it. */
std::atomic<bool> stackRuns { false };

Error wrongSetting(const std::string& what, const std::string& why, const std::string& remedy)
{
    return { ExitCode::wrongUse, what, why, remedy };
}

/** Everything that can be judged without touching the network. */
Result<void> checkSipConfig(const SipConfig& config)
{
    constexpr std::array packetTimes { 5, 10, 20, 30, 40, 60 };
    if (config.opusComplexity < 0 || config.opusComplexity > 10)
        return wrongSetting("encode opus with complexity " + std::to_string(config.opusComplexity), "it is not 0 to 10", "");
    if (std::find(packetTimes.begin(), packetTimes.end(), config.ptimeMs) == packetTimes.end())
        return wrongSetting("send packets of " + std::to_string(config.ptimeMs) + " ms", "it is not one of 5, 10, 20, 30, 40, 60", "");
    if (config.maxLegs < 1 || config.maxLegs > 2048)
        return wrongSetting("serve " + std::to_string(config.maxLegs) + " legs", "it is not within 1 to 2048", "");
    if (! config.udp && ! config.tcp)
        return wrongSetting("listen", "neither UDP nor TCP is wanted", "enable one of them");
    if (config.codecs.empty())
        return wrongSetting("negotiate a codec", "the list of codecs is empty", "give at least one, for example PCMU");
    const auto known = availableCodecs();
    for (const auto& name : config.codecs)
        if (std::find(known.begin(), known.end(), name) == known.end())
        {
            std::string names;
            for (const auto& each : known)
                names += (names.empty() ? "" : ", ") + each;
            return wrongSetting("use the codec '" + name + "'", "it is not known", "choose from " + names);
        }
    if (config.rtpPortMin < 1024 || config.rtpPortMax > 65535 || config.rtpPortMax - config.rtpPortMin < 2 * config.maxLegs)
        return wrongSetting("use the RTP ports " + std::to_string(config.rtpPortMin) + "-" + std::to_string(config.rtpPortMax),
                            "within 1024 to 65535, two ports are needed for each of " + std::to_string(config.maxLegs) + " legs", "");
    if (! config.mediaEncryption.empty() && config.mediaEncryption != "srtp-mand")
        return wrongSetting("use the media encryption '" + config.mediaEncryption + "'", "it is not known",
                            "give srtp-mand, or nothing for plain RTP");
    if (auto checked = config.port.check(); ! checked)
        return checked;
    if (config.rtpTimeoutMs < 0 || config.answerTimeoutMs < 1)
        return wrongSetting("use the timeouts", "they must be positive (an RTP timeout of 0 means never)", "");
    return {};
}

/** The control side: starts and joins the sip thread and hands it closures. */
class SipStack final : public LegFactory
{
public:
    explicit SipStack(SipConfig settings)
        : config(std::move(settings)),
          clock(config.clock ? config.clock : std::make_shared<RealClock>()),
          clockIsReal(dynamic_cast<RealClock*>(clock.get()) != nullptr)
    {
    }

    ~SipStack() override
    {
        stop(0);
        if (wakeFd >= 0)
            ::close(wakeFd);
    }

    Result<void> start(EventHandler newHandler) override
    {
        try
        {
            return tryToStart(std::move(newHandler));
        }
        catch (const std::bad_alloc&)
        {
            return Error { ExitCode::environment, "start the SIP stack", noMemory, "" };
        }
    }

    void stop(int graceMs) override
    {
        if (! thread.isRunning())
            return;
        refusing = true;
        stopGraceMs = std::max(graceMs, 0);  // no closure: an end has to work without memory too
        wake();
        thread.join();
        stackRuns = false;
        uri.clear();
    }

    FactoryFigures figures() const noexcept override { return { timers.load(std::memory_order_relaxed), trace.lost() }; }
    void setTrace(bool on) override { trace.setOn(on); }
    std::vector<SignallingMessage> takeTrace() override { return trace.takeAll(); }
    void setPacketTrace(std::shared_ptr<PacketTrace> destination) override { packets = std::move(destination); }
    void refuseNewLegs() override { refusing = true; }
    std::string localUri() const override { return uri; }

    Result<LegId> dial(const std::string& wanted) override
    {
        if (! thread.isRunning() || refusing)
            return Error { ExitCode::callFailed, "call " + wanted, thread.isRunning() ? "no new calls are made any more" : "the SIP stack is not running", "" };
        auto target = wanted;
        if (target.find(':') == std::string::npos || (! target.starts_with("sip:") && ! target.starts_with("sips:") && ! target.starts_with("<")))
            target = "sip:" + target;
        if (target.find_first_of(" \t\r\n") != std::string::npos || target.size() <= 4)
            return Error { ExitCode::wrongUse, "call '" + wanted + "'", "it is not a SIP address", "give sip:user@host or sip:user@host:port" };
        const auto id = nextLeg.fetch_add(1);
        try
        {
            post([id, target](SipSession& session) { session.dial(id, target); });
        }
        catch (const std::bad_alloc&)
        {
            return Error { ExitCode::environment, "call " + wanted, noMemory, "" };
        }
        return id;
    }

    void answer(LegId leg) override { with(leg, [](SipLeg& it) { it.answer(); }); }
    void reject(LegId leg, int sipCode, const std::string& reason) override
    {
        with(leg, [sipCode, reason](SipLeg& it) { it.reject(sipCode, reason); });
    }
    void hangUp(LegId leg) override { with(leg, [](SipLeg& it) { it.hangUp("hung up"); }); }
    void hold(LegId leg, bool onHold) override { with(leg, [onHold](SipLeg& it) { it.hold(onHold); }); }
    void sendDtmf(LegId leg, const std::string& digits, DtmfMethod method, int onMs, int offMs) override
    {
        with(leg, [=](SipLeg& it) { it.sendDtmf(digits, method, onMs, offMs); });
    }

    void tickDone(int64_t nextTickNs) noexcept override
    {
        nextTick.store(clockIsReal ? nextTickNs : 0, std::memory_order_relaxed);
        wake();
    }

private:
    void wake() noexcept
    {
        const uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wakeFd, &one, sizeof one);
    }

    Result<void> tryToStart(EventHandler newHandler)
    {
        if (thread.isRunning())
            return Error { ExitCode::environment, "start the SIP stack", "it is running", "stop it first" };
        if (auto checked = checkSipConfig(config); ! checked)
            return checked;
        if (wakeFd < 0 && (wakeFd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
            return Error { ExitCode::environment, "take a descriptor to wake the SIP stack with", std::strerror(errno),
                           "raise the limit of open files (ulimit -n)" };
        if (stackRuns.exchange(true))
            return Error { ExitCode::environment, "start the SIP stack", "another one runs in this process", "stop it first" };
        const struct Claim
        {
            const OwnedThread& thread;
            ~Claim() { stackRuns = thread.isRunning(); }
        } claim { thread };
        return begin(std::move(newHandler));
    }

    Result<void> begin(EventHandler newHandler)
    {
        handler = std::move(newHandler);
        refusing = false;
        stopGraceMs = -1;
        std::promise<Result<std::string>> outcome;
        auto begun = outcome.get_future();
        closures = std::make_shared<Closures>();
        if (auto made = thread.start("sip", ThreadRole::sip, [this, &outcome] { runSipThread(outcome); }); ! made)
            return made;
        auto started = begun.get();
        if (started)
        {
            uri = std::move(started).value();
            // Packets that wait for a busy host's scheduler are late in every leg at once.
            if (config.realtimePriority)
                static_cast<void>(thread.requestRealtime(priorityLevel));
            return {};
        }
        thread.join();
        return started.error();
    }

    void runSipThread(std::promise<Result<std::string>>& outcome)
    {
        try
        {
            for (auto attempt = 1; ! runSession(outcome, attempt == mostPortAttempts); ++attempt) {}
        }
        catch (const std::exception& failure)  // before it runs: everything that was begun has been ended
        {
            outcome.set_value(Error { ExitCode::environment, "start the SIP stack",
                                      dynamic_cast<const std::bad_alloc*>(&failure) != nullptr ? noMemory : failure.what(), "" });
        }
    }

    /** @param isLast whether the outcome is told whatever it is
        @returns false when the free port found for port 0 was lost to another program: worth another attempt */
    bool runSession(std::promise<Result<std::string>>& outcome, bool isLast)
    {
        SipSession session({ config, clock, closures, [this](LegEvent event) { handler(std::move(event)); },
                             [this](const std::string& text) { log(text); }, refusing, nextLeg, stopGraceMs, trace, timers, nextTick, wakeFd, packets.get() });
        current = &session;
        auto started = session.start();
        if (! started && session.hasLostFreePort() && ! isLast)
            return false;
        const auto running = started.ok();
        outcome.set_value(std::move(started));  // takes no memory
        if (running)
            session.run();
        return true;
    }

    void post(std::function<void(SipSession&)> work)
    {
        if (closures)
            closures->post([this, work = std::move(work)] { work(*current); });
    }

    template <typename Work>
    void with(LegId leg, Work work)
    {
        post([leg, work](SipSession& session) {
            if (auto* found = session.leg(leg))
                withoutThrowing([&] { work(*found); }, [&] { found->giveUp(); });
        });
    }

    void log(const std::string& text) const
    {
        if (config.log)
            config.log(text);
    }

    static constexpr int priorityLevel = 40;  ///< SCHED_FIFO; LegDevice's is 50

    const SipConfig config;
    const std::shared_ptr<Clock> clock;
    const bool clockIsReal;
    std::atomic<int64_t> nextTick { 0 };  // [ns]; for the media window
    std::atomic<int> wakeFd { -1 };  // eventfd; made at the first start, when media may tick already, and kept
    EventHandler handler;        // set before the thread starts, called by it
    std::shared_ptr<Closures> closures;
    SipSession* current = nullptr;  // sip thread only
    std::atomic<bool> refusing { false };
    SignallingTrace trace;
    std::shared_ptr<PacketTrace> packets;  // set before the thread starts, used by it; null: nobody traces
    std::atomic<int> timers { 0 };        // of libre, as of the last second; for figures()
    std::atomic<int> stopGraceMs { -1 };  // [ms]; −1 while nobody wants it to stop
    std::atomic<LegId> nextLeg { 1 };
    std::string uri;             // control thread only
    OwnedThread thread;          // last: it is joined before anything that it uses goes
};

} // namespace

std::unique_ptr<LegFactory> makeSipStack(const SipConfig& config) { return std::make_unique<SipStack>(config); }

std::vector<std::string> availableCodecs()
{
    std::vector<std::string> names;
    for (const auto& choice : codecChoices(16000))
        names.push_back(choice.name);
    return names;
}

} // namespace mw
