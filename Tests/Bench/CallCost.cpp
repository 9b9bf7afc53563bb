// What a G.711 call costs the mixer's threads, and what no call costs: prints one line for each number of legs.
// usage: call_cost [--seconds N] [--rate HZ] [--at-once] LEGS…     Scripts/bench calls runs it
//
// The mixer is a process of its own (this program, begun once more): engine, SIP stack and all its metering. This process
// calls in over loopback, sends each leg's packets on time, spread over the frame, and takes what comes back. Processor time
// is the scheduler's own account (/proc/PID/task/*/schedstat, ns), wake-ups are the voluntary switches of each thread.

#include <Integration/SupportG711.h>
#include <Support/Process.h>
#include <mw_sip/RawSipPeer.h>

#include <JuceHeader.h>
#include <mw_lab/mw_lab.h>
#include <mw_sip/mw_sip.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <numbers>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace
{

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr size_t packetFrames = 160;
constexpr auto frame = 20ms;

struct Settings
{
    int seconds = 10, rateHz = 8000;
    bool atOnce = false;  ///< packets are read as they come, not shortly before the tick
    std::vector<int> legs;
};

// ---- the mixer's process ---------------------------------------------------------------------------------------------

/** Runs until its standard input ends. */
int runMixer(const Settings& settings)
{
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    const auto legs = std::max(settings.legs.front(), 1);
    const std::shared_ptr<mw::Clock> clock = std::make_shared<mw::RealClock>();
    mw::SipConfig sip;
    sip.listen = "127.0.0.1:0";
    sip.codecs = { "PCMU" };
    sip.maxLegs = legs;
    sip.rtpPortMin = 20000;
    sip.rtpPortMax = 49999;
    sip.port.engineRateHz = settings.rateHz;
    sip.port.maxBlockFrames = settings.rateHz / 50;
    sip.waitsForTick = ! settings.atOnce;
    sip.clock = clock;
    mw::Engine::Config config;
    config.sampleRateHz = settings.rateHz;
    config.mixer.maxLegs = legs;
    config.clock = clock;
    const auto stack = mw::makeSipStack(sip);
    mw::Engine engine(config, *stack);
    if (const auto started = engine.start(); ! started)
        return std::fprintf(stderr, "call_cost: %s\n", started.error().message().c_str()), 3;
    const auto uri = engine.localUri();
    std::printf("listens %s\n", uri.substr(uri.rfind(':') + 1).c_str());
    std::fflush(stdout);
    for (pollfd input { STDIN_FILENO, POLLIN, 0 }; ::poll(&input, 1, 50) == 0;)
        engine.handleEvents();
    engine.stop();
    return 0;
}

// ---- what the kernel counted -----------------------------------------------------------------------------------------

struct Spent
{
    double us = 0.0;
    uint64_t wakeUps = 0;
};

/** By thread name. */
std::map<std::string, Spent> spentBy(pid_t process)
{
    std::map<std::string, Spent> all;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task"))
    {
        std::string name, word;
        double ranNs = 0.0;
        std::getline(std::ifstream(task.path() / "comm"), name);
        std::ifstream(task.path() / "schedstat") >> ranNs;
        auto& spent = all[name];
        spent.us += ranNs * 1e-3;
        std::ifstream status(task.path() / "status");
        while (status >> word)
            if (uint64_t count = 0; word == "voluntary_ctxt_switches:" && status >> count)
                spent.wakeUps += count;
    }
    return all;
}

// ---- the callers -----------------------------------------------------------------------------------------------------

struct Caller
{
    mw::test::RawSipPeer peer;
    std::string answer;
    int rtpTo = 0;
    std::vector<uint8_t> packet;
    uint64_t heard = 0;
};

std::vector<std::unique_ptr<Caller>> callIn(int port, int count)
{
    std::vector<std::unique_ptr<Caller>> callers;
    for (int i = 0; i < count; ++i)
    {
        auto& caller = *callers.emplace_back(std::make_unique<Caller>());
        caller.peer.invite(port, caller.peer.sdp("0"));
        caller.answer = caller.peer.next("SIP/2.0 200");
        if (caller.answer.empty())
            throw std::runtime_error("call " + std::to_string(i + 1) + " was not answered");
        caller.peer.acknowledge(caller.answer);
        caller.rtpTo = mw::test::RawSipPeer::audioPortOf(caller.answer);
        std::vector<uint8_t> tone(packetFrames);
        for (size_t n = 0; n < tone.size(); ++n)  // −20 dBm0, of a period that fits the packet
            tone[n] = g711::encode(static_cast<int>(2300.0 * std::sin(2.0 * std::numbers::pi * (3 + i % 50) * static_cast<double>(n) / packetFrames)), g711::Law::mu);
        caller.packet = mw::test::RawSipPeer::rtpPacket(0, 0, 0, 0x5EED0000u + static_cast<uint32_t>(i), tone);
    }
    return callers;
}

/** Sends everybody's packets for a time, each at its own place in the frame, and takes what came. */
class Talk
{
public:
    explicit Talk(std::vector<std::unique_ptr<Caller>>& callersToUse) : callers(callersToUse), begin(Clock::now()) {}

    void last(std::chrono::seconds time)
    {
        for (const auto end = sent + static_cast<uint64_t>(time / frame); sent < end; ++sent)
            for (size_t i = 0; i < std::max<size_t>(callers.size(), 1); ++i)
            {
                const auto places = static_cast<int64_t>(std::max<size_t>(callers.size(), 1));
                const std::chrono::nanoseconds share = std::chrono::nanoseconds(frame) * static_cast<int64_t>(i) / places;
                std::this_thread::sleep_until(begin + static_cast<int64_t>(sent) * frame + share);  // sleeps: it is the legs' clock
                if (! callers.empty())
                    exchange(*callers[i]);
            }
    }

private:
    void exchange(Caller& caller)
    {
        const auto put = [&caller](size_t at, uint32_t value, int octets) {
            for (int i = 0; i < octets; ++i)
                caller.packet[at + static_cast<size_t>(i)] = static_cast<uint8_t>(value >> (8 * (octets - 1 - i)));
        };
        put(2, static_cast<uint32_t>(sent), 2);
        put(4, static_cast<uint32_t>(sent * packetFrames), 4);
        caller.peer.rtp.send(caller.rtpTo, caller.packet.data(), caller.packet.size());
        while (caller.peer.rtp.receive(0ms))
            ++caller.heard;
    }

    std::vector<std::unique_ptr<Caller>>& callers;
    const Clock::time_point begin;
    uint64_t sent = 0;
};

void measure(const std::string& program, const Settings& settings, int legs)
{
    std::vector<std::string> command { program, "--mixer", "--rate", std::to_string(settings.rateHz) };
    if (settings.atOnce)
        command.emplace_back("--at-once");
    command.push_back(std::to_string(legs));
    mw::test::Process mixer(command);
    if (! mixer.waitForOutput("\n", 30s))
        throw std::runtime_error("the mixer does not start: " + mixer.output());
    auto callers = callIn(std::stoi(mixer.standardOutput().substr(8)), legs);
    Talk talk(callers);
    talk.last(2s);

    const auto before = spentBy(mixer.pid());
    std::vector<uint64_t> heard;
    for (const auto& caller : callers)
        heard.push_back(caller->heard);
    const auto begin = Clock::now();
    talk.last(std::chrono::seconds(settings.seconds));
    const auto seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto after = spentBy(mixer.pid());

    double otherUs = 0.0;
    uint64_t otherWakeUps = 0;
    const auto of = [&](const std::string& name) {
        const auto from = before.contains(name) ? before.at(name) : Spent {};
        const auto to = after.contains(name) ? after.at(name) : Spent {};
        return Spent { to.us - from.us, to.wakeUps - from.wakeUps };
    };
    for (const auto& [name, spent] : after)
        if (name != "sip" && name != "media")
        {
            otherUs += of(name).us;
            otherWakeUps += of(name).wakeUps;
        }
    uint64_t fewest = callers.empty() ? 0 : UINT64_MAX;
    for (size_t i = 0; i < callers.size(); ++i)
        fewest = std::min(fewest, callers[i]->heard - heard[i]);
    const auto frames = 50.0 * seconds * std::max(legs, 1);
    const auto sip = of("sip"), media = of("media");
    std::printf("%d %.1f %.1f %.1f %.0f %.0f %.0f %.2f\n", legs, sip.us / frames, media.us / frames, otherUs / frames,
                static_cast<double>(sip.wakeUps) / seconds, static_cast<double>(media.wakeUps) / seconds, static_cast<double>(otherWakeUps) / seconds,
                static_cast<double>(fewest) / seconds);
    std::fflush(stdout);
    mixer.closeInput();
    mixer.wait(30s);
}

} // namespace

int main(int argc, char** argv)
try
{
    Settings settings;
    auto isMixer = false;
    for (int i = 1; i < argc; ++i)
    {
        const std::string word = argv[i];
        int* number = word == "--seconds" ? &settings.seconds : word == "--rate" ? &settings.rateHz : nullptr;
        if (word == "--mixer")
            isMixer = true;
        else if (word == "--at-once")
            settings.atOnce = true;
        else if (number != nullptr && i + 1 < argc)
            *number = std::stoi(argv[++i]);
        else
            settings.legs.push_back(std::stoi(word));
    }
    if (settings.legs.empty() || settings.seconds < 1)
        return std::fprintf(stderr, "usage: call_cost [--seconds N] [--rate HZ] [--at-once] LEGS...\n"), 2;
    if (isMixer)
        return runMixer(settings);
    for (const auto legs : settings.legs)
        measure(std::filesystem::read_symlink("/proc/self/exe").string(), settings, legs);
    return 0;
}
catch (const std::exception& failure)
{
    return std::fprintf(stderr, "call_cost: %s\n", failure.what()), 3;
}
