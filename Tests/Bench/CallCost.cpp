// What a call costs the mixer's threads, and what no call costs: prints one line for each number of legs.
// usage: call_cost [--seconds N] [--rate HZ] [--at-once] [--srtp] [--opus] [--complexity N] [--workers N] [--ordinary] [--waits] [--arrivals FILE]
//                  [--beside PID:PORT] LEGS…
// Scripts/bench calls and workers run it.
//   --at-once           the mixer reads packets as they come, not shortly before the tick
//   --srtp              calls are SRTP with keys by SDES (AES_CM_128_HMAC_SHA1_80); a packet that does not decrypt is an error
//   --opus              calls are opus, else PCMU; --complexity 0…10 of the mixer's encoder, default 10
//   --workers N         threads that help the media thread, default 0; their time is counted as the media thread's
//   --ordinary          the mixer's sip thread asks for no real-time priority
//   --waits             tells on stderr when the media thread waited for a core, or the hypervisor took time: what makes ticks late
//   --arrivals FILE     writes a line for each packet that came to a caller: number of the caller, time of its arrival in the kernel [ns]
//   --beside PID:PORT   calls in at another program, which listens there and answers by itself, in place of our mixer
//
// The mixer is a process of its own (this program, begun once more): engine, SIP stack and all its metering; both threads ask for
// SCHED_FIFO, as `milliwatt` does. This process
// calls in over loopback, sends each leg's packets on time, spread over the frame, and takes what comes back. Processor time
// is the scheduler's own account (/proc/PID/task/*/schedstat, ns), wake-ups are the voluntary switches of each thread; jitter is
// RFC 3550's, of the packets' arrival times in the kernel.
//
// The line: legs; µs a call and frame of the sip thread, of the media thread, of all other threads; wake-ups a second of the three;
// fewest packets a second to a caller; worst caller's jitter [ms], the median of all, both at the end (the jitter remembers some 16
// packets); callers that heard nothing but silence; late ticks, skipped ticks, latest tick [ms], number of ticks by lateness
// (TickStats::latenessHistogram), all since the mixer's start (0 of another program);
// share of a frame that a tick took at last, threads that helped in the last tick, late ticks that were the host's doing
// (TickStats::lateByHost).

#include "Callers.h"
#include "Waits.h"

#include <Support/Process.h>

#include <JuceHeader.h>
#include <mw_lab/mw_lab.h>
#include <mw_sip/mw_sip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace
{

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Settings
{
    int seconds = 10;
    int rateHz = 8000;    ///< of the mix
    bool atOnce = false;  ///< packets are read as they come, not shortly before the tick
    bool srtp = false;    ///< calls are encrypted
    bool opus = false;    ///< calls are opus
    int complexity = 10;  ///< of the mixer's opus encoder
    int workers = 0;      ///< threads that help the media thread
    bool ordinary = false;  ///< sip thread without SCHED_FIFO
    bool waits = false;     ///< tells of the media thread's waits
    std::string arrivals;   ///< file for the times of all packets, may be empty
    std::string beside;   ///< PID:PORT of another program that answers; empty: our mixer
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
    sip.codecs = { settings.opus ? "opus" : "PCMU" };
    sip.opusComplexity = settings.complexity;
    sip.mediaEncryption = settings.srtp ? "srtp-mand" : "";
    sip.maxLegs = legs;
    sip.rtpPortMin = 20000;
    sip.rtpPortMax = 49999;
    sip.port.engineRateHz = settings.rateHz;
    sip.port.maxBlockFrames = settings.rateHz / 50;
    sip.rtpTimeoutMs = 0;  // until all callers are there nobody talks
    sip.waitsForTick = ! settings.atOnce;
    sip.realtimePriority = ! settings.ordinary;  // as the product asks for
    sip.clock = clock;
    mw::Engine::Config config;
    config.sampleRateHz = settings.rateHz;
    config.mixer.maxLegs = legs;
    config.workers = settings.workers;
    config.clock = clock;
    const auto stack = mw::makeSipStack(sip);
    mw::Engine engine(config, *stack);
    if (const auto started = engine.start(); ! started)
        return std::fprintf(stderr, "call_cost: %s\n", started.error().message().c_str()), 3;
    const auto uri = engine.localUri();
    std::printf("listens %s\n", uri.substr(uri.rfind(':') + 1).c_str());
    std::fflush(stdout);
    for (pollfd input { STDIN_FILENO, POLLIN, 0 }; ::poll(&input, 1, 20) == 0;)
        engine.handleEvents();
    const auto& ticks = engine.snapshot().ticks;
    std::printf("ticks %llu %llu %.2f", static_cast<unsigned long long>(ticks.lateTicks), static_cast<unsigned long long>(ticks.skippedTicks),
                static_cast<double>(ticks.maxLatenessNs) * 1e-6);
    for (const auto count : ticks.latenessHistogram)
        std::printf(" %llu", static_cast<unsigned long long>(count));
    std::printf(" %.3f %d %llu\n", ticks.load, ticks.workers, static_cast<unsigned long long>(ticks.lateByHost));
    std::fflush(stdout);
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
        auto& spent = all[name.starts_with("media-") ? "media" : name];  // its workers too
        spent.us += ranNs * 1e-3;
        std::ifstream status(task.path() / "status");
        while (status >> word)
            if (uint64_t count = 0; word == "voluntary_ctxt_switches:" && status >> count)
                spent.wakeUps += count;
    }
    return all;
}

// ---- a measurement --------------------------------------------------------------------------------------------------

/** Our mixer in a process of its own, or the program that was named. */
struct Mixer
{
    std::unique_ptr<mw::test::Process> process;
    pid_t pid = 0;
    int port = 0;
};

Mixer mixerFor(const std::string& program, const Settings& settings, int legs)
{
    Mixer mixer;
    if (! settings.beside.empty())
    {
        const auto colon = settings.beside.find(':');
        mixer.pid = std::stoi(settings.beside);
        mixer.port = std::stoi(settings.beside.substr(colon + 1));
        return mixer;
    }
    std::vector<std::string> command { program, "--mixer", "--rate", std::to_string(settings.rateHz) };
    if (settings.atOnce)
        command.emplace_back("--at-once");
    if (settings.srtp)
        command.emplace_back("--srtp");
    if (settings.opus)
        command.emplace_back("--opus");
    for (const auto& [name, value] : { std::pair { "--complexity", settings.complexity }, std::pair { "--workers", settings.workers } })
        command.insert(command.end(), { name, std::to_string(value) });
    if (settings.ordinary)
        command.emplace_back("--ordinary");
    command.push_back(std::to_string(legs));
    mixer.process = std::make_unique<mw::test::Process>(command);
    if (! mixer.process->waitForOutput("\n", 30s))
        throw std::runtime_error("the mixer does not start: " + mixer.process->output());
    mixer.pid = mixer.process->pid();
    mixer.port = std::stoi(mixer.process->standardOutput().substr(8));
    return mixer;
}

void measure(const std::string& program, const Settings& settings, int legs)
{
    const auto mixer = mixerFor(program, settings, legs);
    auto callers = mw::bench::callIn(mixer.port, legs, { settings.srtp, settings.opus });
    for (auto& caller : callers)
        caller->keepsArrivals = ! settings.arrivals.empty();
    mw::bench::Talk talk(callers);
    talk.last(2s);

    std::unique_ptr<mw::bench::Waits> waits;
    if (settings.waits)
        waits = std::make_unique<mw::bench::Waits>(mixer.pid, "media");
    const auto before = spentBy(mixer.pid);
    std::vector<std::pair<uint64_t, uint64_t>> heard;
    for (const auto& caller : callers)
        heard.emplace_back(caller->heard, caller->sounding);
    const auto begin = Clock::now();
    talk.last(std::chrono::seconds(settings.seconds));
    const auto seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto after = spentBy(mixer.pid);
    waits.reset();

    Spent other;
    const auto of = [&](const std::string& name) {
        const auto from = before.contains(name) ? before.at(name) : Spent {};
        const auto to = after.contains(name) ? after.at(name) : Spent {};
        return Spent { to.us - from.us, to.wakeUps - from.wakeUps };
    };
    for (const auto& [name, spent] : after)
        if (! settings.beside.empty() || (name != "sip" && name != "media"))
        {
            other.us += of(name).us;
            other.wakeUps += of(name).wakeUps;
        }
    const auto sip = settings.beside.empty() ? of("sip") : Spent {}, media = settings.beside.empty() ? of("media") : Spent {};

    auto fewest = callers.empty() ? uint64_t { 0 } : UINT64_MAX;
    size_t deaf = 0;
    std::vector<double> jitterMs { 0.0 };
    for (size_t i = 0; i < callers.size(); ++i)
    {
        fewest = std::min(fewest, callers[i]->heard - heard[i].first);
        deaf += callers[i]->sounding == heard[i].second ? 1u : 0u;
        jitterMs.push_back(callers[i]->jitterMs);
        if (callers[i]->unreadable > 0)
            throw std::runtime_error("caller " + std::to_string(i + 1) + " was sent " + std::to_string(callers[i]->unreadable)
                                     + " packets that do not decrypt with the key of the mixer's answer");
    }
    std::sort(jitterMs.begin(), jitterMs.end());

    if (! settings.arrivals.empty())
    {
        std::ofstream file(settings.arrivals);
        for (size_t i = 0; i < callers.size(); ++i)
            for (const auto arrivalNs : callers[i]->arrivalsNs)
                file << i << ' ' << arrivalNs << '\n';
        if (! file.flush())
            throw std::runtime_error("cannot write " + settings.arrivals + ": " + std::strerror(errno) + "; is there room, and the right to write?");
    }

    unsigned long long late = 0, skipped = 0, lateByHost = 0;
    double latestMs = 0.0;
    decltype(mw::TickStats::latenessHistogram) byLateness {};
    auto load = 0.0;
    auto workers = 0;
    if (mixer.process != nullptr)
    {
        mixer.process->closeInput();
        mixer.process->waitForOutput("ticks", 30s);
        mixer.process->wait(60s);
        const auto told = mixer.process->standardOutput();
        const auto ticks = told.find("ticks ");
        if (ticks == std::string::npos)
            throw std::runtime_error("the mixer did not end as it should: " + mixer.process->output());
        std::istringstream figures(told.substr(ticks + 6));
        figures >> late >> skipped >> latestMs;
        for (auto& count : byLateness)
            figures >> count;
        figures >> load >> workers >> lateByHost;
    }
    const auto frames = 50.0 * seconds * std::max(legs, 1);
    const auto aSecond = [seconds](uint64_t count) { return static_cast<double>(count) / seconds; };
    std::printf("%d %.1f %.1f %.1f %.0f %.0f %.0f %.2f %.2f %.2f %zu %llu %llu %.2f", legs, sip.us / frames, media.us / frames, other.us / frames,
                aSecond(sip.wakeUps), aSecond(media.wakeUps), aSecond(other.wakeUps), aSecond(fewest), jitterMs.back(), jitterMs[jitterMs.size() / 2],
                deaf, late, skipped, latestMs);
    for (const auto count : byLateness)
        std::printf(" %llu", static_cast<unsigned long long>(count));
    std::printf(" %.3f %d %llu\n", load, workers, lateByHost);
    std::fflush(stdout);
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
        int* number = word == "--seconds"      ? &settings.seconds
                      : word == "--rate"       ? &settings.rateHz
                      : word == "--complexity" ? &settings.complexity
                      : word == "--workers"    ? &settings.workers
                                               : nullptr;
        if (word == "--mixer")
            isMixer = true;
        else if (word == "--at-once")
            settings.atOnce = true;
        else if (word == "--srtp")
            settings.srtp = true;
        else if (word == "--opus")
            settings.opus = true;
        else if (word == "--ordinary")
            settings.ordinary = true;
        else if (word == "--waits")
            settings.waits = true;
        else if (word == "--arrivals" && i + 1 < argc)
            settings.arrivals = argv[++i];
        else if (word == "--beside" && i + 1 < argc)
            settings.beside = argv[++i];
        else if (number != nullptr && i + 1 < argc)
            *number = std::stoi(argv[++i]);
        else
            settings.legs.push_back(std::stoi(word));
    }
    if (settings.legs.empty() || settings.seconds < 1)
        return std::fprintf(stderr, "usage: call_cost [--seconds N] [--rate HZ] [--at-once] [--srtp] [--opus] [--complexity N] [--workers N] [--ordinary] [--waits] [--arrivals FILE] "
                                    "[--beside PID:PORT] LEGS...\n"), 2;
    rlimit descriptors {};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
    {
        descriptors.rlim_cur = descriptors.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &descriptors);
    }
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
