#include "SipSession.h"

#include "WithoutThrowing.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace mw
{

namespace
{

constexpr const char* softwareName = "Milliwatt";
constexpr uint64_t housekeepingMs = 100, shutdownPollMs = 10;
constexpr uint64_t timersCountedEvery = 10;  // housekeepings: once a second

std::string textOf(const struct pl& part) { return part.p == nullptr ? std::string() : std::string(part.p, part.l); }

/** The number after `name` in an INFO's body ("Duration=160"), or `otherwise`; no peer's number is negative. */
int numberIn(std::string_view body, std::string_view name, int otherwise)
{
    auto at = body.find(name);
    if (at == std::string_view::npos)
        return otherwise;
    at += name.size();
    while (at < body.size() && (body[at] == '=' || body[at] == ' '))
        ++at;
    int value = otherwise;
    std::from_chars(body.data() + at, body.data() + body.size(), value);
    return value < 0 ? otherwise : value;
}

} // namespace

SipSession* SipSession::active = nullptr;

SipSession::SipSession(Surroundings surroundings)
    : around(std::move(surroundings)),
      allLegsInUse("all " + std::to_string(around.config.maxLegs) + " legs are in use"),
      refusedAllInUse("refused: " + allLegsInUse),
      codecs(std::make_shared<SipCodecs>()),
      trace(around.trace, *around.clock, [this](std::string_view callId) { return openEndsOf(callId); },
            [this](LegId id) { return leg(id) != nullptr; }, 4 * static_cast<size_t>(std::max(around.config.maxLegs, 1)) + 256, around.packets)
{
    active = this;
    ::tmr_init(&timer);
}

// ---- start -------------------------------------------------------------------------------------------------------------

Result<std::string> SipSession::start()
{
    auto parsed = ListenAddress::parse(around.config.listen);
    if (! parsed)
        return parsed.error();
    address = parsed.value();
    anyPort = address.port == 0;
    if (auto claimed = address.claim(around.config.udp, around.config.tcp); ! claimed)
        return claimed.error();
    if (auto started = startStack(); ! started)
        return started.error();
    return "sip:" + address.text();
}

Result<void> SipSession::raiseDescriptorLimit()
{
    // Each leg has an RTP and an RTCP socket; TCP signalling and a probe may add one each.
    const auto needed = static_cast<rlim_t>(around.config.maxLegs) * 4 + 256;
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed)
    {
        if (limit.rlim_max < needed)
            return Error { ExitCode::environment, "serve " + std::to_string(around.config.maxLegs) + " legs",
                           "only " + std::to_string(limit.rlim_max) + " open files are allowed",
                           "raise the hard limit of open files to " + std::to_string(needed) + " (ulimit -Hn)" };
        limit.rlim_cur = needed;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            return Error { ExitCode::environment, "raise the limit of open files", std::strerror(errno), "" };
    }
    ::getrlimit(RLIMIT_NOFILE, &limit);
    constexpr rlim_t mostWatched = 65536;
    if (const auto failed = adapter::setDescriptorLimit(static_cast<int>(std::min(limit.rlim_cur, mostWatched))); failed != 0)
        return Error { ExitCode::environment, "set up the event loop", std::strerror(failed), "" };
    return {};
}

std::string SipSession::configurationText() const
{
    const auto& config = around.config;
    return "sip_listen " + address.text() + "\nnet_interface " + address.host
           + "\ncall_local_timeout 0\ncall_max_calls 0\ncall_hold_other_calls no\n"
             "rtp_ports " + std::to_string(config.rtpPortMin + config.rtpPortMin % 2) + "-" + std::to_string(config.rtpPortMax)
           + "\nrtp_timeout 0\nrtp_stats no\nrtcp_mux no\naudio_level no\naudio_buffer 20-160\n"
             "opus_stereo no\nopus_sprop_stereo no\nopus_complexity " + std::to_string(config.opusComplexity) + "\n" + adapter::extraConfiguration();
}

Result<void> SipSession::startStack()
{
    const auto failure = [](const char* what, int error) {
        return Error { ExitCode::environment, what, std::strerror(error), "" };
    };
    ::dbg_handler_set(libreSays, nullptr);
    if (const auto failed = adapter::startLibre(); failed != 0)
        return failure("start libre", failed);
    libreRuns = true;
    ::log_enable_stdout(false);
    ::log_enable_info(false);
    logger.h = baresipSays;
    ::log_register_handler(&logger);
    ::mod_init();
    if (auto raised = raiseDescriptorLimit(); ! raised)
        return raised;
    if (const auto failed = adapter::configure(configurationText()); failed != 0)
        return failure("configure baresip", failed);
    if (const auto failed = ::baresip_init(::conf_config()); failed != 0)
        return failure("start baresip", failed);
    if (! adapter::networkHas(address.host))
        return Error { ExitCode::environment, "listen on " + address.text(), "the system did not name that address as its own", "" };
    auto codecNames = loadCodecs();
    if (! codecNames)
        return codecNames.error();

    struct sa ourHost {};
    ::sa_set_str(&ourHost, address.host.c_str(), 0);
    if (const auto failed = mediaSockets.start(); failed != 0)
        return failure("watch the media sockets", failed);
    seams = std::make_unique<MediaSeams>(around.clock, mediaSockets, around.packets, packetEndOf(&ourHost));
    if (! seams->start(around.config.mediaEncryption))
        return Error { ExitCode::wrongUse, "use the media encryption '" + around.config.mediaEncryption + "'",
                       "baresip has none of that name", "give srtp-mand, or nothing for plain RTP" };

    if (const auto failed = ::ua_init(softwareName, around.config.udp, around.config.tcp, false); failed != 0)
    {
        freePortLost = anyPort && failed == EADDRINUSE;
        return Error { ExitCode::environment, "listen on " + address.text(), std::strerror(failed),
                       failed == EADDRINUSE ? "stop the other program or choose another port" : "" };
    }
    agentsRun = true;
    ::sip_set_trace_handler(::uag_sip(), messagePassed);
    if (const auto failed = adapter::listenToUserAgents(this); failed != 0)
        return failure("listen to user agents", failed);
    if (auto made = agents.start(around.config, address, codecNames.value()); ! made)
        return made;

    sendScratch.reset(::mbuf_alloc(4096));
    if (! sendScratch)
        return failure("take memory for packets", ENOMEM);
    services = std::make_unique<LegServices>(LegServices { around.config, *around.clock, *seams, *codecs, *sendScratch,
                                                           around.report, around.log });
    if (const auto failed = tickWatch.start(around.wakeFd, [this] { drainAll(); }); failed != 0)
        return failure("watch the media thread", failed);
    if (const auto failed = mediaWindow.start(mediaSockets); failed != 0)
        return failure("take a timer for the media sockets", failed);
    if (const auto failed = around.closures->open(); failed != 0)
        return failure("open the queue to the sip thread", failed);
    scheduleHousekeeping();
    agents.registerAccounts();
    return {};
}

Result<std::vector<std::string>> SipSession::loadCodecs()
{
    const auto choices = codecChoices(around.config.port.engineRateHz);
    std::vector<std::string> names, modules;
    for (const auto& wanted : around.config.codecs)
    {
        const auto choice = std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.name == wanted; });
        if (choice == choices.end())
            return Error { ExitCode::wrongUse, "use the codec '" + wanted + "'", "it is not known", "see --codecs in --help" };
        names.insert(names.end(), choice->variants.begin(), choice->variants.end());
        const std::string module = wanted == "G722" ? "g722" : wanted == "opus" ? "opus" : wanted == "L16" ? "l16" : "g711";
        if (std::find(modules.begin(), modules.end(), module) == modules.end())
            modules.push_back(module);
    }
    if (! around.config.mediaEncryption.empty())
        modules.push_back("srtp");
    for (const auto& module : modules)
        if (const auto failed = adapter::loadModule(module.c_str()); failed != 0)
            return Error { ExitCode::environment, "load baresip's module '" + module + "'", std::strerror(failed), "" };
    return names;
}

// ---- end ---------------------------------------------------------------------------------------------------------------

void SipSession::beginShutdown(int graceMs) noexcept
{
    shuttingDown = true;
    shutdownDeadlineNs = around.clock->nowNs() + int64_t { std::max(graceMs, 0) } * 1'000'000;
    for (auto& [id, leg] : legs)
        leg->hangUp("shutting down");
    ::uag_set_exit_handler(stackClosed, this);
    ::ua_stop_all(false);
    scheduleHousekeeping();
}

void SipSession::stackClosed(void*) noexcept { ::re_cancel(); }

SipSession::~SipSession()
{
    around.closures->close();  // afterwards nobody can post; what waited has been done
    if (libreRuns)
        ::tmr_cancel(&timer);
    tickWatch.stop();
    mediaWindow.stop();
    legs.clear();
    agents.forget();
    if (libreRuns)
    {
        ::uag_set_exit_handler(nullptr, nullptr);
        [[maybe_unused]] const auto ended = adapter::listenToUserAgents(nullptr);
        if (agentsRun)
            ::ua_stop_all(true);  // ends what still waits for a peer that will never answer
        ::ua_close();
        seams.reset();
        mediaSockets.stop();
        codecs->releaseAll();  // before the modules whose code the states need
        ::conf_close();
        ::baresip_close();
        ::mod_close();
        sendScratch.reset();
        ::log_unregister_handler(&logger);
        ::libre_close();
    }
    ::dbg_handler_set(nullptr, nullptr);
    active = nullptr;
}

void SipSession::run() { [[maybe_unused]] const auto ended = ::re_main(nullptr); }

// ---- calls ---------------------------------------------------------------------------------------------------------------

SipLeg* SipSession::leg(LegId id)
{
    const auto found = legs.find(id);
    return found == legs.end() || found->second->isOver() ? nullptr : found->second.get();
}

size_t SipSession::legsInUse() const
{
    return static_cast<size_t>(std::count_if(legs.begin(), legs.end(), [](const auto& entry) { return ! entry.second->isOver(); }));
}

void SipSession::dial(LegId id, const std::string& uri) noexcept
{
    withoutThrowing(
        [&] {
            auto* agent = agents.agentFor(uri);
            if (around.refusing.load() || shuttingDown)
                reportFailure(id, uri.c_str(), true, 0, "shutting down");
            else if (legsInUse() >= static_cast<size_t>(around.config.maxLegs) || agent == nullptr)
                reportFailure(id, uri.c_str(), true, 0, allLegsInUse.c_str());
            else
            {
                auto& made = *legs.emplace(id, std::make_unique<SipLeg>(id, *services, true)).first->second;
                made.dial(agent, uri, agents.proxyOf(agent));
                if (made.baresipCall() != nullptr)
                    trace.bind(::call_id(made.baresipCall()), true, id);
            }
        },
        [&] {
            if (const auto made = legs.find(id); made != legs.end())
                made->second->giveUp();
            else
                reportFailure(id, uri.c_str(), true, 500, noMemory);
        });
}

void SipSession::incomingCall(struct ua* agent, struct call* call) noexcept
{
    agents.callArrived(agent);
    if (around.refusing.load() || shuttingDown)
        return refuse(call, 486, "Busy Here", "refused: shutting down");
    if (legsInUse() >= static_cast<size_t>(around.config.maxLegs))
        return refuse(call, 486, "Busy Here", refusedAllInUse.c_str());

    const auto id = around.nextLeg.fetch_add(1);
    SipLeg* leg = nullptr;
    withoutThrowing([&] { leg = legs.emplace(id, std::make_unique<SipLeg>(id, *services, false)).first->second.get(); });
    if (leg == nullptr)
        refuse(call, 500, "No Memory", noMemory);
    else
    {
        trace.bind(::call_id(call), false, id);
        withoutThrowing([&] { leg->takeIncoming(call); }, [&] { leg->giveUp(); });
    }
}

/** A call that gets no leg: told to the peer and, once, to control. */
void SipSession::refuse(struct call* call, uint16_t code, const char* phrase, const char* reason) noexcept
{
    const RePtr<struct call> last(call);
    const auto id = around.nextLeg.fetch_add(1);
    trace.bind(::call_id(call), false, id);
    ::call_hangup(call, code, phrase);
    reportFailure(id, ::call_peeruri(call), false, code, reason);
}

void SipSession::reportFailure(LegId id, const char* uri, bool outgoing, int code, const char* reason) noexcept
{
    withoutThrowing(
        [&] {
            LegEvent failed;
            failed.leg = id;
            failed.peerUri = uri == nullptr ? "" : uri;
            failed.outgoing = outgoing;
            failed.sipCode = code;
            failed.reason = reason;
            failed.failed = true;
            around.report(std::move(failed));
        },
        [this] { note("no memory to tell of a call that failed"); });
}

void SipSession::note(const char* text) noexcept
{
    withoutThrowing([&] { around.log(text); });
}

void SipSession::refusedCall(struct ua*, struct call* call, const char* why) noexcept
{
    const std::string_view words = why == nullptr ? "" : why;
    const auto id = around.nextLeg.fetch_add(1);
    trace.bind(call != nullptr ? ::call_id(call) : nullptr, false, id);
    reportFailure(id, call != nullptr ? ::call_peeruri(call) : nullptr, false, 488,
                  words.find("codec") != std::string_view::npos ? "no common codec" : words.data());
}

void SipSession::registration(struct ua* agent, bool ok, const char* words) noexcept
{
    withoutThrowing(
        [&] {
            const std::string_view text = words == nullptr ? "" : words;
            LegEvent what;
            what.kind = ok ? LegEvent::Kind::registered : LegEvent::Kind::registrationFailed;
            what.peerUri = agents.accountOf(agent);
            const auto* end = text.data() + text.size();
            const auto [rest, failed] = std::from_chars(text.data(), end, what.sipCode);
            what.reason = failed == std::errc() && rest != end ? std::string(rest + 1, end) : std::string(text);
            what.failed = ! ok;
            around.report(std::move(what));
        },
        [this] { note("no memory to tell of a registration"); });
}

// ---- media and timers ----------------------------------------------------------------------------------------------------

void SipSession::drainAll() noexcept
{
    uint64_t ticks = 0;
    if (::read(around.wakeFd, &ticks, sizeof ticks) < 0)
        return;
    if (const auto graceMs = around.stopGraceMs.load(); graceMs >= 0 && ! shuttingDown)
    {
        around.closures->runWaiting();  // what control asked for before
        beginShutdown(graceMs);
    }
    for (auto& [id, leg] : legs)
        leg->drain();
    if (around.config.waitsForTick)
        mediaWindow.tickOver(around.clock->nowNs(), around.nextTickNs.load(std::memory_order_relaxed), legs.size());
}

void SipSession::scheduleHousekeeping() noexcept
{
    ::tmr_start(&timer, shuttingDown ? shutdownPollMs : housekeepingMs, timerFired, this);
}

void SipSession::timerFired(void* self) noexcept
{
    auto& session = *static_cast<SipSession*>(self);
    session.scheduleHousekeeping();
    session.housekeeping();
}

void SipSession::housekeeping() noexcept
{
    const auto now = around.clock->nowNs();
    for (auto& [id, leg] : legs)
        leg->check(now);
    removeEnded();
    codecs->freeReturned();
    if (mediaSockets.lostForMemory() > 0 && ! std::exchange(lossOfPacketsTold, true))
        note("no memory for packets that came in; they are lost");
    if (++housekeepings % timersCountedEvery == 1)
        around.timers.store(adapter::runningTimers(), std::memory_order_relaxed);
    if (shuttingDown && (unanswered.empty() || now >= shutdownDeadlineNs))
        ::re_cancel();
}

void SipSession::removeEnded() noexcept
{
    for (auto& [id, leg] : legs)
        if (! leg->isEndTold())
            leg->tellEnd();
    std::erase_if(legs, [](const auto& entry) { return entry.second->isOver() && entry.second->isEndTold(); });
}

// ---- what libre and baresip say --------------------------------------------------------------------------------------------

void SipSession::messagePassed(bool sent, enum sip_transp transport, const struct sa* from, const struct sa* to,
                               const uint8_t* octets, size_t length, void*) noexcept
{
    if (active == nullptr)
        return;
    const std::string_view start(reinterpret_cast<const char*>(octets), std::min<size_t>(length, 8));
    const auto isInfo = ! sent && start.starts_with("INFO ");
    // Control refuses new legs before it hangs up the others, so the answers to these BYEs are waited for too.
    const auto isFollowed = active->shuttingDown || active->around.refusing.load();
    const auto isTraced = active->trace.isOn();
    if (! isInfo && ! isFollowed && ! isTraced)
        return;

    RePtr<struct mbuf> copy(::mbuf_alloc(length));
    if (! copy || ::mbuf_write_mem(copy.get(), octets, length) != 0)
        return;
    copy->pos = 0;
    struct sip_msg* decoded = nullptr;
    if (::sip_msg_decode(&decoded, copy.get()) != 0)
        return;
    const RePtr<struct sip_msg> message(decoded);
    if (isTraced)
        active->trace.passed(sent, transport, from, to, *message, { reinterpret_cast<const char*>(octets), length });
    // Without memory to note a message, a shutdown waits for its whole grace, and a digit's duration is not known.
    withoutThrowing([&] {
        if (isInfo)
            active->announceInfo(*message);
        else if (isFollowed)
            active->follow(sent, *message);
    });
}

SipTrace::Ends SipSession::openEndsOf(std::string_view callId) const
{
    SipTrace::Ends ends;
    for (const auto& [id, leg] : legs)
    {
        const auto* known = leg->isOver() ? nullptr : ::call_id(leg->baresipCall());
        if (known != nullptr && callId == known)
            (leg->isOutgoing() ? ends.caller : ends.callee) = id;
    }
    return ends;
}

void SipSession::announceInfo(const struct sip_msg& message)
{
    const auto callId = textOf(message.callid);
    const std::string sender(textOf(message.from.tag));
    const std::string_view body(reinterpret_cast<const char*>(::mbuf_buf(message.mb)), ::mbuf_get_left(message.mb));
    for (auto& [id, leg] : legs)
    {
        const auto* known = leg->isOver() ? nullptr : ::call_id(leg->baresipCall());
        if (known != nullptr && callId == known)
            leg->infoAnnounced(message.cseq.num, sender, numberIn(body, "Duration", 0));
    }
}

void SipSession::follow(bool sent, const struct sip_msg& message)
{
    const auto callId = textOf(message.callid);
    const auto wantsAnswer = [&message](const char* method) { return ::pl_strcmp(&message.met, method) == 0; };
    if (sent && message.req && (wantsAnswer("BYE") || wantsAnswer("CANCEL") || wantsAnswer("REGISTER")))
        unanswered.insert(callId);
    else if (! sent && ! message.req && message.scode >= 200 && ::pl_strcmp(&message.cseq.met, "CANCEL") != 0)
        unanswered.erase(callId);
}

void SipSession::baresipSays(uint32_t level, const char* text) noexcept
{
    if (active != nullptr && level >= LEVEL_WARN && text != nullptr)
        active->note(text);
}

void SipSession::libreSays(int level, const char* text, size_t length, void*) noexcept
{
    if (active != nullptr && level <= DBG_WARNING && text != nullptr)
        withoutThrowing([&] { active->around.log(std::string(text, length)); });
}

} // namespace mw
