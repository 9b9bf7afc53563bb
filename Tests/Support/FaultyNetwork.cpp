#include "FaultyNetwork.h"

#include "SipDetour.h"
#include "UdpSocket.h"

#include <mw_core/mw_core.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <tuple>

namespace mw::test
{

namespace
{

constexpr size_t mostCalls = 64, mostWaiting = 65536;
constexpr size_t rtpHeader = 12;
constexpr int64_t nsPerMs = 1'000'000;

uint64_t fnv1a(std::span<const uint8_t> octets)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (const auto octet : octets)
        hash = (hash ^ octet) * 0x100000001b3u;
    return hash;
}

bool isRtp(std::span<const uint8_t> octets)
{
    const auto type = octets.size() > 1 ? octets[1] & 0x7fu : 0u;
    return octets.size() >= rtpHeader && (octets[0] >> 6) == 2 && (type < 64 || type > 95);  // RFC 5761, 4
}

const char* nameOf(PacketFate::Loss loss)
{
    constexpr std::array names { "passed", "lost", "lost in a burst", "lost by period", "lost by list" };
    return names[static_cast<size_t>(loss)];
}

} // namespace

struct FaultyNetwork::Impl
{
    /** One of the four ways of sound and reports of a call. */
    struct Side
    {
        UdpSocket rtp, rtcp;
        uint16_t peerRtp = 0, peerRtcp = 0;  ///< 0: not known yet
    };

    struct Call
    {
        explicit Call(const Config& config, uint64_t index)
            : toCallee(seeded(config.toCallee, index)), toCaller(seeded(config.toCaller, index)), rtcpDice(config.toCallee.seed + index)
        {
            UdpSocket::bindPair(caller.rtp, caller.rtcp);
            UdpSocket::bindPair(callee.rtp, callee.rtcp);
        }

        static NetworkFaults seeded(NetworkFaults faults, uint64_t index)
        {
            faults.seed += index;
            return faults;
        }

        Side caller, callee;  ///< the sockets that face them
        FaultDice toCallee, toCaller;
        std::mt19937_64 rtcpDice;
        std::array<int64_t, 2> lastDueNs {};  ///< by direction
        uint16_t callerSip = 0;
        bool learnsCaller = false;            ///< a link: the caller is who sent last
    };

    struct Waiting
    {
        int64_t dueNs = 0;
        uint64_t order = 0;
        const UdpSocket* from = nullptr;
        uint16_t toPort = 0;
        std::vector<uint8_t> octets;
        size_t logged = 0;
        bool first = true;
        bool operator<(const Waiting& other) const { return std::tie(other.dueNs, other.order) < std::tie(dueNs, order); }
    };

    Impl(uint16_t calleeSipPort, const Config& configToUse) : config(configToUse), calleeSip(calleeSipPort)
    {
        callerFacing.bind();
        calleeFacing.bind();
        wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (wake < 0)
            throw std::runtime_error("no eventfd for a faulty network");
        if (auto started = thread.start("faulty-net", ThreadRole::unnamed, [this] { run(); }); ! started)
        {
            ::close(wake);
            throw std::runtime_error(started.error().message());
        }
    }

    ~Impl()
    {
        {
            const std::scoped_lock lock(mutex);
            stopping = true;
        }
        rouse();
        thread.join();
        ::close(wake);
    }

    void rouse() const
    {
        const uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake, &one, sizeof one);
    }

    // ---- the thread ---------------------------------------------------------------------------------------------------

    void run()
    {
        std::vector<pollfd> polled;
        for (;;)
        {
            {
                const std::scoped_lock lock(mutex);
                if (stopping)
                    return;
                polled.assign({ { wake, POLLIN, 0 }, { callerFacing.descriptor(), POLLIN, 0 }, { calleeFacing.descriptor(), POLLIN, 0 } });
                for (const auto& call : calls)
                    for (const auto* side : { &call->caller, &call->callee })
                        for (const auto* socket : { &side->rtp, &side->rtcp })
                            polled.push_back({ socket->descriptor(), POLLIN, 0 });
            }
            waitFor(polled);
            const std::scoped_lock lock(mutex);
            uint64_t count = 0;
            [[maybe_unused]] const auto taken = ::read(wake, &count, sizeof count);
            readAll();
            sendDue();
        }
    }

    void waitFor(std::vector<pollfd>& polled)
    {
        timespec timeout {};
        auto* until = &timeout;
        {
            const std::scoped_lock lock(mutex);
            if (waiting.empty())
                until = nullptr;
            else
            {
                const auto left = std::max<int64_t>(0, waiting.top().dueNs - clock.nowNs());
                timeout = { left / 1'000'000'000, left % 1'000'000'000 };
            }
        }
        ::ppoll(polled.data(), polled.size(), until, nullptr);
    }

    void readAll()
    {
        const auto drain = [this](const UdpSocket& socket, auto&& handle) {
            uint16_t from = 0;
            while (const auto count = socket.receive(buffer, from))
                handle(std::span<const uint8_t>(buffer).first(*count), from);
        };
        drain(callerFacing, [this](auto octets, uint16_t from) { signalling(octets, from, NetworkDirection::toCallee); });
        drain(calleeFacing, [this](auto octets, uint16_t from) { signalling(octets, from, NetworkDirection::toCaller); });
        for (size_t i = 0; i < calls.size(); ++i)
        {
            auto& call = *calls[i];
            drain(call.caller.rtp, [&](auto octets, uint16_t from) {
                if (call.learnsCaller)
                    call.caller.peerRtp = from;
                sound(i, octets, NetworkDirection::toCallee);
            });
            drain(call.callee.rtp, [&](auto octets, uint16_t) { sound(i, octets, NetworkDirection::toCaller); });
            drain(call.caller.rtcp, [&](auto octets, uint16_t) { reports(call, octets, NetworkDirection::toCallee); });
            drain(call.callee.rtcp, [&](auto octets, uint16_t) { reports(call, octets, NetworkDirection::toCaller); });
        }
    }

    void signalling(std::span<const uint8_t> octets, uint16_t from, NetworkDirection direction)
    {
        const std::string message(octets.begin(), octets.end());
        const auto id = SipDetour::header(message, "Call-ID");
        if (id.empty())
            return;  // a keep-alive
        auto known = byId.find(id);
        if (known == byId.end())
        {
            if (direction == NetworkDirection::toCaller || calls.size() >= mostCalls)
            {
                faults.push_back("a message of no call: " + message.substr(0, message.find('\r')));
                return;
            }
            calls.push_back(std::make_unique<Call>(config, calls.size()));
            known = byId.emplace(id, calls.size() - 1).first;
        }
        auto& call = *calls[known->second];
        const auto forth = direction == NetworkDirection::toCallee;
        if (forth)
            call.callerSip = from;
        auto& speaker = forth ? call.caller : call.callee;
        if (const auto port = SipDetour::audioPort(message); port.value_or(0) != 0)
        {
            speaker.peerRtp = *port;
            speaker.peerRtcp = static_cast<uint16_t>(*port + 1);
        }
        const auto& out = forth ? calleeFacing : callerFacing;
        const auto rewritten = SipDetour::rewrite(message, out.port(), (forth ? call.callee : call.caller).rtp.port());
        note(out.send(forth ? calleeSip : call.callerSip, std::span(reinterpret_cast<const uint8_t*>(rewritten.data()), rewritten.size())));
    }

    void sound(size_t index, std::span<const uint8_t> octets, NetworkDirection direction)
    {
        auto& call = *calls[index];
        const auto forth = direction == NetworkDirection::toCallee;
        const auto& out = forth ? call.callee : call.caller;
        if (! isRtp(octets))
        {
            note(out.rtp.send(out.peerRtp, octets));
            return;
        }
        auto& dice = forth ? call.toCallee : call.toCaller;
        PacketPassage passage;
        passage.call = index;
        passage.direction = direction;
        passage.number = dice.count();
        passage.fate = dice.next();
        passage.marker = (octets[1] & 0x80u) != 0;
        passage.payloadType = octets[1] & 0x7fu;
        const auto word = [&](size_t at) {
            return uint32_t { octets[at] } << 24 | uint32_t { octets[at + 1] } << 16 | uint32_t { octets[at + 2] } << 8 | octets[at + 3];
        };
        passage.sequence = static_cast<uint16_t>(word(0));
        passage.timestamp = word(4);
        passage.ssrc = word(8);
        passage.octets = octets.size();
        passage.hash = fnv1a(octets);
        passage.arrivedNs = clock.nowNs();
        passages.push_back(passage);
        if (passage.fate.isLost() || out.peerRtp == 0)
            return;

        auto due = passage.arrivedNs + static_cast<int64_t>(passage.fate.delayMs * nsPerMs);
        const auto& rules = forth ? config.toCallee : config.toCaller;
        auto& last = call.lastDueNs[static_cast<size_t>(direction)];
        if (rules.keepsOrder && ! passage.fate.overtaken)
            last = due = std::max(due, last);
        wait({ due, nextOrder++, &out.rtp, out.peerRtp, { octets.begin(), octets.end() }, passages.size() - 1, true });
        if (passage.fate.doubled)
            wait({ std::max(due, passage.arrivedNs + static_cast<int64_t>(passage.fate.copyDelayMs * nsPerMs)), nextOrder++, &out.rtp,
                   out.peerRtp, { octets.begin(), octets.end() }, passages.size() - 1, false });
    }

    void reports(Call& call, std::span<const uint8_t> octets, NetworkDirection direction)
    {
        const auto forth = direction == NetworkDirection::toCallee;
        const auto& out = forth ? call.callee : call.caller;
        const auto loss = (forth ? config.toCallee : config.toCaller).lossProbability;
        if (config.rtcpToo && static_cast<double>(call.rtcpDice() >> 11) / static_cast<double>(uint64_t { 1 } << 53) < loss)
            return;
        note(out.rtcp.send(out.peerRtcp, octets));
    }

    void wait(Waiting packet)
    {
        if (waiting.size() >= mostWaiting)
            faults.push_back("more than " + std::to_string(mostWaiting) + " packets wait");
        else
            waiting.push(std::move(packet));
    }

    void sendDue()
    {
        while (! waiting.empty() && waiting.top().dueNs <= clock.nowNs())
        {
            const auto& packet = waiting.top();
            note(packet.from->send(packet.toPort, packet.octets));
            if (packet.first)
                passages[packet.logged].sentNs = clock.nowNs();
            waiting.pop();
        }
    }

    void note(const std::string& problem)
    {
        if (! problem.empty())
            faults.push_back(problem);
    }

    const Config config;
    const uint16_t calleeSip;
    RealClock clock;
    UdpSocket callerFacing, calleeFacing;
    int wake = -1;

    mutable std::mutex mutex;  ///< guards all below
    std::vector<std::unique_ptr<Call>> calls;
    std::map<std::string, size_t> byId;
    std::priority_queue<Waiting> waiting;
    std::vector<PacketPassage> passages;
    std::vector<std::string> faults;
    std::array<uint8_t, 65536> buffer {};
    uint64_t nextOrder = 0;
    bool stopping = false;  ///< guarded by the mutex

    OwnedThread thread;  // last: it runs on all of the above
};

FaultyNetwork::FaultyNetwork(uint16_t calleeSipPort, const Config& config) : impl(std::make_unique<Impl>(calleeSipPort, config)) {}

FaultyNetwork::~FaultyNetwork() = default;

uint16_t FaultyNetwork::sipPort() const { return impl->callerFacing.port(); }

uint16_t FaultyNetwork::addLink(uint16_t targetPort)
{
    const std::scoped_lock lock(impl->mutex);
    if (impl->calls.size() >= mostCalls)
        throw std::runtime_error("a faulty network carries no more than " + std::to_string(mostCalls) + " calls");
    impl->calls.push_back(std::make_unique<Impl::Call>(impl->config, impl->calls.size()));
    auto& call = *impl->calls.back();
    call.learnsCaller = true;
    call.callee.peerRtp = targetPort;
    impl->rouse();
    return call.caller.rtp.port();
}

std::vector<PacketPassage> FaultyNetwork::log() const
{
    const std::scoped_lock lock(impl->mutex);
    return impl->passages;
}

std::vector<std::string> FaultyNetwork::problems() const
{
    const std::scoped_lock lock(impl->mutex);
    return impl->faults;
}

std::string FaultyNetwork::text(const std::vector<PacketPassage>& log)
{
    std::string text;
    std::array<char, 200> line {};
    for (const auto& packet : log)
    {
        std::snprintf(line.data(), line.size(), "%zu %s %llu seq %u ts %u type %u %zu octets %016llx: %s, %.6f ms%s%s\n", packet.call,
                      packet.direction == NetworkDirection::toCallee ? "forth" : "back", static_cast<unsigned long long>(packet.number),
                      unsigned { packet.sequence }, unsigned { packet.timestamp }, unsigned { packet.payloadType }, packet.octets,
                      static_cast<unsigned long long>(packet.hash), nameOf(packet.fate.loss), packet.fate.delayMs,
                      packet.fate.overtaken ? ", overtaken" : "", packet.fate.doubled ? ", doubled" : "");
        text += line.data();
    }
    return text;
}

std::vector<PacketPassage> FaultyNetwork::of(const std::vector<PacketPassage>& log, size_t call, NetworkDirection direction)
{
    std::vector<PacketPassage> some;
    std::copy_if(log.begin(), log.end(), std::back_inserter(some), [&](const PacketPassage& packet) {
        return packet.call == call && packet.direction == direction;
    });
    return some;
}

} // namespace mw::test
