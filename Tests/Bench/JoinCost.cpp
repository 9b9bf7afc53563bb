// How soon who joins hears the others, and what a call takes of memory: prints one line for each number of calls that talk already.
// usage: join_cost MILLIWATT [--joins N] [--rate HZ] LEGS…      MILLIWATT: the program; Scripts/bench joins runs it
//
// The program's mixer, with ticks of 20 ms, is called by LEGS callers that talk, then by N (20) more, one after another, that only listen. A join is from the ACK that
// we send to the first packet that is not silence, by its arrival in the kernel. Memory is the resident set of the mixer (VmRSS).
//
// The line: legs; joins, median and latest [ms]; KiB a call of the LEGS calls, with their SIP dialogues; number of joins after more than two ticks.

#include "Callers.h"

#include <Support/Process.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace
{

using namespace std::chrono_literals;

constexpr auto tickMs = 20.0;

double residentKib(pid_t process)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;)
        if (double kib = 0.0; word == "VmRSS:" && status >> kib)
            return kib;
    throw std::runtime_error("the mixer has ended");
}

/** One more call that listens. @returns from our ACK to the first packet that is not silence [ms] */
double join(mw::bench::Caller& caller)
{
    for (const auto end = std::chrono::steady_clock::now() + 10s; caller.firstSoundNs == 0; caller.listen())
    {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("a call that joined heard nothing within 10 s");
        std::this_thread::sleep_for(1ms);  // sleeps: packets wait in the kernel, which notes when they came
    }
    return static_cast<double>(caller.firstSoundNs - caller.acknowledgedNs) * 1e-6;
}

void measure(const std::string& program, int joins, int rateHz, int legs)
{
    const auto folder = std::filesystem::temp_directory_path() / ("milliwatt-joins-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto uriFile = folder / "uri";
    std::filesystem::remove(uriFile);
    mw::test::Process mixer({ program, "mixer", "-q", "--listen", "127.0.0.1:0", "--uri-file", uriFile.string(), "--legs", std::to_string(legs + joins), "--rate",
                              std::to_string(rateHz), "--codecs", "PCMU", "--rtp-timeout", "0", "--rtp-ports", "20000-32000" });
    std::string uri;
    for (const auto end = std::chrono::steady_clock::now() + 30s; uri.empty() && std::chrono::steady_clock::now() < end && mixer.isRunning();)
    {
        std::this_thread::sleep_for(50ms);  // sleeps: a file that is written tells nobody
        std::getline(std::ifstream(uriFile), uri);
    }
    if (uri.empty())
        throw std::runtime_error("the mixer does not start: " + mixer.output());
    const auto port = std::stoi(uri.substr(uri.rfind(':') + 1));

    const auto before = residentKib(mixer.pid());
    auto callers = mw::bench::callIn(port, legs, {});
    std::atomic<bool> ends { false };
    std::thread talking([&] {
        mw::bench::Talk talk(callers);
        while (! ends.load())
            talk.last(1s);
    });
    std::this_thread::sleep_for(3s);
    const auto aCall = (residentKib(mixer.pid()) - before) / legs;

    std::vector<double> heardMs;
    mw::bench::Callers joined;
    std::string failure;
    try
    {
        for (int i = 0; i < joins; ++i)
        {
            heardMs.push_back(join(*joined.emplace_back(std::make_unique<mw::bench::Caller>(port, legs + i, legs, mw::bench::Calling {}))));
            std::this_thread::sleep_for(std::chrono::milliseconds(53));  // sleeps: joins have phases of their own
        }
    }
    catch (const std::exception& error)
    {
        failure = error.what();
    }
    ends = true;
    talking.join();
    std::filesystem::remove_all(folder);
    if (! failure.empty())
        throw std::runtime_error(failure);

    std::sort(heardMs.begin(), heardMs.end());
    std::printf("%d %.1f %.1f %.0f %d\n", legs, heardMs[heardMs.size() / 2], heardMs.back(), aCall,
                static_cast<int>(std::count_if(heardMs.begin(), heardMs.end(), [](double ms) { return ms > 2 * tickMs; })));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
try
{
    std::string program;
    auto joins = 20, rateHz = 8000;
    std::vector<int> legs;
    for (int i = 1; i < argc; ++i)
    {
        const std::string word = argv[i];
        int* number = word == "--joins" ? &joins : word == "--rate" ? &rateHz : nullptr;
        if (number != nullptr && i + 1 < argc)
            *number = std::stoi(argv[++i]);
        else if (program.empty())
            program = word;
        else
            legs.push_back(std::stoi(word));
    }
    if (program.empty() || legs.empty() || joins < 1 || *std::min_element(legs.begin(), legs.end()) < 1)
        return std::fprintf(stderr, "usage: join_cost MILLIWATT [--joins N] [--rate HZ] LEGS...\n"), 2;
    rlimit descriptors {};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
    {
        descriptors.rlim_cur = descriptors.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &descriptors);
    }
    for (const auto count : legs)
        measure(program, joins, rateHz, count);
    return 0;
}
catch (const std::exception& failure)
{
    return std::fprintf(stderr, "join_cost: %s\n", failure.what()), 3;
}
