#include "SipBench.h"

#include "Fuzz.h"

#include <charconv>
#include <cmath>
#include <sys/eventfd.h>
#include <unistd.h>

namespace mw::fuzz
{

namespace
{

std::string_view headerIn(std::string_view message, std::string_view name)
{
    const auto at = message.find("\r\n" + std::string(name) + ": ");
    if (at == std::string_view::npos)
        return {};
    const auto from = at + 2 + name.size() + 2;
    return message.substr(from, message.find("\r\n", from) - from);
}

} // namespace

SipBench::SipBench(const std::string& mediaEncryption)
{
    wakeFd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    config.listen = "127.0.0.1:0";
    config.tcp = false;
    config.rtpPortMin = 20000;
    config.rtpPortMax = 49999;
    config.maxLegs = 8;
    config.mediaEncryption = mediaEncryption;
    config.port.engineRateHz = engineRateHz;
    config.port.maxBlockFrames = blockFrames;
    config.port.ringBytes = 16384;
    running = std::make_unique<SipSession>(SipSession::Surroundings { config, clock, closures, [this](LegEvent event) { note(event); },
                                                                      [](const std::string&) {}, refusing, nextLeg, stopGraceMs, trace, timers, nextTick, wakeFd });
    const auto started = running->start();
    MW_PROMISE(started.ok());
    const auto& uri = started.value();
    const auto port = uri.substr(uri.rfind(':') + 1);
    std::from_chars(port.data(), port.data() + port.size(), sipPort);
    sipDescriptor = SipWire::descriptorOf(sipPort);
    MW_PROMISE(sipDescriptor >= 0);
    run();
}

SipBench::~SipBench()
{
    stopGraceMs = 0;
    tick();
    advanceMs(100);
    codecs->releaseAll();
    running.reset();
    ::close(wakeFd);
}

void SipBench::begin()
{
    wire.reset();
    known.clear();
    known['P'] = std::to_string(peerPort);
    known['S'] = std::to_string(sipPort);
    mediaPort = 0;
    firstLeg = nextLeg.load();
    descriptorsAtRest = SipWire::lowestFreeDescriptor();  // each time: a sanitizer may open its own between two inputs
}

void SipBench::end()
{
    constexpr int transactionEndMs = 40'000;  // beyond timers B, F and H (RFC 3261, 17)
    forEachLeg([](SipLeg& leg) { leg.hangUp("the input is over"); });
    ports.clear();
    for (int round = 0; round < 4; ++round)
        advanceMs(transactionEndMs);
    for (auto id = firstLeg; id < nextLeg.load(); ++id)
        MW_PROMISE(running->leg(id) == nullptr);
    MW_PROMISE(ports.empty());
    MW_PROMISE(SipWire::lowestFreeDescriptor() == descriptorsAtRest);
    closings.clear();
    known.clear();
    wire.reset();
}

void SipBench::forEachLeg(const std::function<void(SipLeg&)>& act)
{
    for (auto id = firstLeg; id < nextLeg.load(); ++id)
        if (auto* leg = running->leg(id))
            act(*leg);
    run();
}

void SipBench::dialPeer()
{
    running->dial(nextLeg.fetch_add(1), "sip:peer@127.0.0.1:" + std::to_string(peerPort));
    run();
}

void SipBench::advanceMs(int ms)
{
    clock->advanceNs(int64_t { ms } * 1'000'000);
    wire.advanceMs(ms);
    run();
}

void SipBench::run()
{
    wire.run();
    codecs->freeReturned();
    look(wire.takeSent());
}

void SipBench::tick()
{
    const auto nowNs = clock->nowNs();
    for (const auto& [id, port] : ports)
    {
        port->pull(block, nowNs);
        for (const auto sample : block)
            MW_PROMISE(std::isfinite(sample) && std::abs(sample) < 4.0f);
        port->push(block, nowNs);
    }
    const uint64_t one = 1;
    MW_PROMISE(::write(wakeFd, &one, sizeof one) == static_cast<ssize_t>(sizeof one));
    advanceMs(20);
}

void SipBench::sipArrives(std::string_view text)
{
    const auto message = replaced(text);
    octetsArrive({ reinterpret_cast<const uint8_t*>(message.data()), message.size() });
}

void SipBench::octetsArrive(std::span<const uint8_t> octets)
{
    wire.deliver(sipDescriptor, peerPort, octets);
    run();
}

void SipBench::rtpArrives(std::span<const uint8_t> octets)
{
    if (const auto descriptor = mediaPort == 0 ? -1 : SipWire::descriptorOf(mediaPort); descriptor >= 0)
        wire.deliver(descriptor, peerRtpPort, octets);
    run();
    MW_PROMISE(wire.allRead());
}

void SipBench::rtcpArrives(std::span<const uint8_t> octets)
{
    const auto port = static_cast<uint16_t>(mediaPort + 1);
    if (const auto descriptor = mediaPort == 0 ? -1 : SipWire::descriptorOf(port); descriptor >= 0)
        wire.deliver(descriptor, peerRtpPort + 1, octets);
    run();
    MW_PROMISE(wire.allRead());
}

std::string SipBench::replaced(std::string_view text) const
{
    std::string result;
    for (size_t i = 0; i < text.size(); ++i)
    {
        const auto c = text[i];
        if (c == '\n' && (i == 0 || text[i - 1] != '\r'))
            result += "\r\n";
        else if (c == '$' && i + 1 < text.size())
        {
            const auto name = text[++i];
            if (const auto found = known.find(name); found != known.end())
                result += found->second;
            else
                result += { '$', name };
        }
        else
            result += c;
    }
    // The body is what it is only now.
    if (const auto place = result.find("$B"); place != std::string::npos)
    {
        const auto blank = result.find("\r\n\r\n");
        const auto body = blank == std::string::npos ? 0 : result.size() - blank - 4;
        result.replace(place, 2, std::to_string(body));
    }
    return result;
}

void SipBench::note(const LegEvent& event)
{
    MW_PROMISE(event.leg != 0 || event.kind == LegEvent::Kind::registered || event.kind == LegEvent::Kind::registrationFailed);
    MW_PROMISE(event.sipCode >= 0 && event.sipCode <= 699);
    switch (event.kind)
    {
        case LegEvent::Kind::mediaReady:
            MW_PROMISE(event.port != nullptr);
            ports[event.leg] = event.port;
            break;
        case LegEvent::Kind::dtmf:
            MW_PROMISE(std::string_view("0123456789ABCD*#").find(event.digit) != std::string_view::npos);
            MW_PROMISE(event.dtmfDurationMs >= 0);
            break;
        case LegEvent::Kind::closed:
            MW_PROMISE(++closings[event.leg] == 1);
            if (const auto found = ports.find(event.leg); found != ports.end())
            {
                MW_PROMISE(found->second->isDead());
                ports.erase(found);
            }
            break;
        default: MW_PROMISE(closings.count(event.leg) == 0);
    }
}

void SipBench::look(const std::vector<SipWire::Datagram>& sent)
{
    for (const auto& datagram : sent)
    {
        if (datagram.descriptor != sipDescriptor)
            continue;
        const auto text = textOf(datagram.octets);
        if (const auto at = text.find("m=audio "); at != std::string_view::npos)
            std::from_chars(text.data() + at + 8, text.data() + text.size(), mediaPort);
        const auto to = headerIn(text, "To");
        if (text.starts_with("SIP/2.0 "))
        {
            if (const auto tag = to.find(";tag="); tag != std::string_view::npos)
                known['T'] = std::string(to.substr(tag + 5, to.find(';', tag + 5) - tag - 5));
            continue;
        }
        known['V'] = std::string(headerIn(text, "Via"));
        known['F'] = std::string(headerIn(text, "From"));
        known['O'] = std::string(to);
        known['C'] = std::string(headerIn(text, "Call-ID"));
        const auto sequence = headerIn(text, "CSeq");
        known['N'] = std::string(sequence.substr(0, sequence.find(' ')));
        known['M'] = std::string(text.substr(0, text.find(' ')));
    }
}

} // namespace mw::fuzz
