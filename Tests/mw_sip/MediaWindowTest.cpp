#include "RawCall.h"

#include <mw_sip/MediaWindow.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace mw::test
{

namespace
{

/** How often the sip thread of this process gave its processor up of its own accord. */
uint64_t sipThreadWakeUps()
{
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    {
        std::string name, word;
        std::ifstream(task.path() / "comm") >> name;
        std::ifstream status(task.path() / "status");
        uint64_t count = 0;
        while (name == "sip" && status >> word)
            if (word == "voluntary_ctxt_switches:" && status >> count)
                return count;
    }
    ADD_FAILURE() << "there is no thread `sip`";
    return 0;
}

/** A call by a raw peer, and the test's thread as the media thread that tells its ticks. */
struct WindowBench
{
    explicit WindowBench(const SipConfig& config = StackUnderTest::defaultConfig()) : stack(config)
    {
        stack.start();
        call = std::make_unique<RawCall>(stack, "0");
    }

    /** Returns when the sip thread has seen all that it was told before. */
    void meetSipThread()
    {
        for (int i = 0; i < 2; ++i)
        {
            const auto leg = stack.legs().dial("sip:nobody@127.0.0.1:" + std::to_string(deaf.sip.port()));
            ASSERT_TRUE(leg.ok());
            stack.legs().hangUp(leg.value());
            stack.waitFor(LegEvent::Kind::closed, leg.value(), "the end of a call that was given up");
        }
    }

    /** The next tick is due so long from now that a test is over before. */
    void closeWindow()
    {
        stack.legs().tickDone(clock.nowNs() + 60'000'000'000);
        meetSipThread();
    }

    /** @returns packets that the leg was given up to now */
    uint64_t received()
    {
        std::array<float, 160> block {};
        call->port->pull(block, clock.nowNs());
        return call->port->mediaStats().playout.packets;
    }

    void send() { call->send(call->peer.rtp, ++sequence, std::vector<uint8_t>(160, 0xff)); }

    RealClock clock;
    StackUnderTest stack;
    RawSipPeer deaf;
    std::unique_ptr<RawCall> call;
    uint16_t sequence = 0;
};

} // namespace

TEST(MediaWindow, OpensTheEarlierTheMoreLegsThereAre)
{
    EXPECT_GT(MediaWindow::leadNs(1), 0);
    EXPECT_GT(MediaWindow::leadNs(100), MediaWindow::leadNs(1));
    EXPECT_LE(MediaWindow::leadNs(8), 5'000'000) << "a quarter of a tick of 20 ms";
}

TEST(MediaWindow, PacketsWaitInTheKernelAndWakeNobodyUntilTheTickIsNear)
{
    WindowBench bench;
    bench.send();
    ASSERT_TRUE(bench.call->reaches(1)) << "before the first tick they are taken as they come";
    bench.closeWindow();

    constexpr uint64_t packets = 100;
    const auto before = sipThreadWakeUps();
    for (uint64_t i = 0; i < packets; ++i)
    {
        bench.send();
        bench.clock.sleepUntilNs(bench.clock.nowNs() + 2'000'000);
    }
    const auto wakeUps = sipThreadWakeUps() - before;
    EXPECT_LT(wakeUps, packets / 2) << "a packet woke the thread; its timers are ten a second";
    EXPECT_EQ(bench.received(), 1u);

    const auto lastSentNs = bench.clock.nowNs();
    bench.stack.legs().tickDone(0);
    EXPECT_TRUE(bench.call->reaches(1 + packets)) << "when the next tick is not known, they are taken at once";
    EXPECT_LE(bench.call->port->mediaStats().playout.lastArrivalNs, lastSentNs) << "the kernel's time, not that of the reading";
}

TEST(MediaWindow, OpensByItselfBeforeTheTickThatWasTold)
{
    WindowBench bench;
    bench.stack.legs().tickDone(bench.clock.nowNs() + 200'000'000);
    bench.meetSipThread();
    bench.send();
    EXPECT_TRUE(bench.call->reaches(1)) << "no tick came, and nobody opened";
}

TEST(MediaWindow, StaysOpenForATickThatIsDueOrOver)
{
    WindowBench bench;
    bench.closeWindow();
    bench.send();
    bench.stack.legs().tickDone(bench.clock.nowNs());
    EXPECT_TRUE(bench.call->reaches(1));
}

TEST(MediaWindow, CanBeLeftOutByTheConfiguration)
{
    auto config = StackUnderTest::defaultConfig();
    config.waitsForTick = false;
    WindowBench bench(config);
    bench.closeWindow();
    bench.send();
    EXPECT_TRUE(bench.call->reaches(1)) << "it is read as it comes, though the next tick is far";
}

TEST(MediaWindow, TheJitterOfAStreamIsTheSameWhetherItsPacketsWaitOrNot)
{
    for (const auto waits : { false, true })
    {
        SCOPED_TRACE(waits ? "they wait" : "each is read as it comes");
        auto config = StackUnderTest::defaultConfig();
        config.waitsForTick = waits;
        WindowBench bench(config);
        bench.closeWindow();
        // Packets of 20 ms, 5 and 35 ms apart: RFC 3550, A.8, from the times at which they were sent in truth.
        constexpr int packets = 40;
        double jitterMs = 0.0, previousMs = 0.0, unsureMs = 0.0;
        auto dueNs = bench.clock.nowNs();
        for (int i = 0; i < packets; ++i)
        {
            dueNs += i % 2 == 0 ? 5'000'000 : 35'000'000;
            bench.clock.sleepUntilNs(dueNs);
            const auto sentMs = 1e-6 * static_cast<double>(bench.clock.nowNs());
            bench.send();
            unsureMs = std::max(unsureMs, 1e-6 * static_cast<double>(bench.clock.nowNs()) - sentMs);
            if (i > 0)
                jitterMs += (std::abs(sentMs - previousMs - 20.0) - jitterMs) / 16.0;
            previousMs = sentMs;
        }
        bench.stack.legs().tickDone(0);
        ASSERT_TRUE(bench.call->reaches(packets));
        // By the time of reading it would be near 20 ms, that of packets that all come at once, when they waited.
        EXPECT_NEAR(bench.call->port->mediaStats().playout.jitterMs, jitterMs, 2.0 * unsureMs + 2.0);
    }
}

TEST(MediaWindow, ACallEndsAndTheStackStopsWhileItIsClosed)
{
    WindowBench bench;
    bench.closeWindow();
    bench.send();
    bench.stack.legs().hangUp(bench.call->leg);
    bench.stack.waitFor(LegEvent::Kind::closed, bench.call->leg, "the end of the call");
    EXPECT_TRUE(bench.call->peer.next("BYE").starts_with("BYE"));
    bench.stack.stop(0);
    bench.stack.forget();
    bench.stack.start();
    RawCall next(bench.stack, "0");
    next.send(next.peer.rtp, 1, std::vector<uint8_t>(160, 0xff));
    EXPECT_TRUE(next.reaches(1)) << "the next run begins open";
}

} // namespace mw::test
