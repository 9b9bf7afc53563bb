#include "Program.h"

#include <mw_lab/mw_lab.h>
#include <mw_sip/mw_sip.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <thread>
#include <unistd.h>

namespace
{

/** What a thread has used since its start. */
struct Used
{
    int64_t sleeps = 0;    ///< times it gave the processor away by itself
    double cpuMs = 0.0;    ///< processor time, whatever else the machine does [ms]
};

/** Of every thread of a process by name, from /proc. */
std::map<std::string, Used> threadsOf(pid_t process)
{
    std::map<std::string, Used> all;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task"))
    {
        std::string name, word;
        std::getline(std::ifstream(task.path() / "comm"), name);
        auto& used = all[name];
        std::ifstream status(task.path() / "status");
        while (status >> word)
            if (word == "voluntary_ctxt_switches:")
                status >> used.sleeps;
        double onCpuNs = 0.0;
        std::ifstream(task.path() / "schedstat") >> onCpuNs;
        used.cpuMs = onCpuNs / 1e6;
    }
    return all;
}

std::vector<std::string> environmentNow()
{
    std::vector<std::string> all;
    for (auto** entry = ::environ; *entry != nullptr; ++entry)
        all.emplace_back(*entry);
    return all;
}

} // namespace

/** Nothing is measured against the wall clock: the media thread sleeps once a tick, and what the others did is counted in its
    ticks. A thread that waits busily never sleeps and uses the whole tick (20 ms); one that polls sleeps too often. */
TEST(Idle, Finding11_AnIdleMixerSleepsBetweenItsTicks)
{
    const program::Folder folder;
    program::Listener mixer(folder, "mixer", { "mixer", "--ptime", "20" });
    ASSERT_FALSE(mixer.address.empty()) << mixer.end(SIGTERM).all();

    const auto before = threadsOf(mixer.process->pid());
    ASSERT_TRUE(before.contains("media") && before.contains("sip"));
    std::map<std::string, Used> after;
    int64_t ticks = 0;
    do
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));  // sleeps: the kernel's counters are only to be read
        after = threadsOf(mixer.process->pid());
        ticks = after["media"].sleeps - before.at("media").sleeps;
    } while (ticks < 150 && mixer.process->isRunning());
    ASSERT_GE(ticks, 150);

    double cpuMs = 0.0;
    for (const auto& [name, used] : after)
    {
        const auto start = before.contains(name) ? before.at(name) : Used {};
        cpuMs += used.cpuMs - start.cpuMs;
        EXPECT_LE(used.sleeps - start.sleeps, 6 * ticks) << name << " polls";
    }
    EXPECT_LT(cpuMs / static_cast<double>(ticks), 5.0) << "of each tick's 20 ms: something waits busily";
    EXPECT_EQ(mixer.end(SIGTERM).code, 0);
}

TEST(Idle, Finding10_ARunWithCallsWritesNoEnvironmentVariable)
{
    const auto before = environmentNow();
    mw::SipConfig sip;
    sip.listen = "127.0.0.1:0";
    sip.codecs = { "PCMU", "opus" };
    for (int run = 0; run < 2; ++run)
    {
        const auto stack = mw::makeSipStack(sip);
        mw::MixerRoleConfig config;
        config.engine.sampleRateHz = 16000;
        config.engine.mixer.maxLegs = 4;
        const auto role = mw::makeMixerRole(config, *stack);
        ASSERT_TRUE(role->start().ok());
        // It calls itself: one leg out and one in, both with media.
        ASSERT_TRUE(role->engine().dial(stack->localUri()).ok());
        for (int i = 0; i < 1000 && role->engine().snapshot().legs.size() < 2; ++i)
            juce::MessageManager::getInstance()->runDispatchLoopUntil(10);
        EXPECT_EQ(environmentNow(), before) << "while it runs";
        EXPECT_EQ(role->engine().snapshot().legs.size(), 2u);
        EXPECT_EQ(role->finish(true).code, mw::ExitCode::passed);
    }
    EXPECT_EQ(environmentNow(), before);
}
