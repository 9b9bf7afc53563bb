#include "RawSipPeer.h"
#include "StackUnderTest.h"

#include "../Support/PostConditions.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <sched.h>
#include <thread>

namespace mw::test
{

using Kind = LegEvent::Kind;

TEST(SipLifecycle, Finding04_Finding05_Finding07_TwentyStartsWithLiveCallsLeaveNothing)
{
    StackUnderTest stack;
    stack.start();
    stack.stop();
    const auto before = ProcessState::now();
    for (int round = 0; round < 20; ++round)
    {
        stack.forget();
        stack.start();
        const auto pair = stack.callItself();
        const auto ringing = stack.legs().dial(stack.uri());
        ASSERT_TRUE(ringing.ok());
        stack.stop();
        // A call that arrives during the stop is refused: of that one only the end is told.
        std::map<LegId, int> ends { { pair.caller, 0 }, { pair.callee, 0 }, { ringing.value(), 0 } };
        for (const auto& event : stack.all())
            ends[event.leg] += event.kind == Kind::closed;
        for (const auto& [leg, told] : ends)
            EXPECT_EQ(told, 1) << "leg " << leg << ": its end is told once";
        EXPECT_TRUE(pair.callerPort->isDead());
        EXPECT_TRUE(stack.uri().empty());
    }
    EXPECT_EQ(ProcessState::now().descriptors.size(), before.descriptors.size());
}

TEST(SipLifecycle, Finding06_PortOutlivesTheStack)
{
    std::shared_ptr<LegPort> kept;
    {
        StackUnderTest stack;
        stack.start();
        kept = stack.callItself().callerPort;
    }
    std::array<float, 160> block {};
    kept->pull(block, 0);
    kept->push(block, 0);
    EXPECT_TRUE(kept->isDead());
}

TEST(SipLifecycle, TheSipThreadHasRealTimePriorityBelowTheMediaThreadsWhereTheSystemAllowsIt)
{
    /** SCHED_FIFO's level of the sip thread; 0: it has an ordinary policy. */
    const auto levelOfSip = [](bool wanted) {
        auto config = StackUnderTest::defaultConfig();
        config.realtimePriority = wanted;
        StackUnderTest stack(config);
        stack.start();
        for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
        {
            std::string name;
            std::getline(std::ifstream(task.path() / "comm"), name);
            const auto id = std::stoi(task.path().filename());
            sched_param parameters {};
            if (name == "sip" && ::sched_getparam(id, &parameters) == 0)
                return ::sched_getscheduler(id) == SCHED_FIFO ? parameters.sched_priority : 0;
        }
        return -1;
    };
    OwnedThread other;
    std::promise<void> asked;
    ASSERT_TRUE(other.start("other", ThreadRole::unnamed, [&] { asked.get_future().wait(); }).ok());
    const auto mediaLevel = LegDevice::Config {}.realtimePriorityLevel;
    const auto isAllowed = other.requestRealtime(mediaLevel - 1);
    asked.set_value();
    other.join();
    const auto level = levelOfSip(true);
    EXPECT_LT(level, mediaLevel);
    EXPECT_EQ(level > 0, isAllowed);
    EXPECT_EQ(levelOfSip(false), 0);
}

TEST(SipLifecycle, Finding15_PortInUseIsAnErrorWithItsCause)
{
    for (const auto type : { SOCK_DGRAM, SOCK_STREAM })
    {
        const auto fd = ::socket(AF_INET, type, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        if (type == SOCK_STREAM)
        {
            ASSERT_EQ(::listen(fd, 1), 0);
        }
        socklen_t length = sizeof address;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);

        auto config = StackUnderTest::defaultConfig();
        config.listen = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        auto stack = makeSipStack(config);
        const auto started = stack->start([](LegEvent) {});
        ASSERT_FALSE(started.ok());
        EXPECT_EQ(started.error().code, ExitCode::environment);
        EXPECT_EQ(started.error().what, "listen on " + config.listen);
        EXPECT_EQ(started.error().why, "Address already in use");
        EXPECT_FALSE(started.error().remedy.empty());
        ::close(fd);
        const auto again = stack->start([](LegEvent) {});
        EXPECT_TRUE(again.ok()) << (again.ok() ? "" : again.error().message());
        EXPECT_EQ(stack->localUri(), "sip:" + config.listen);
        stack->stop(0);
    }
}

TEST(SipLifecycle, UnusableSettingsAreRefused)
{
    const auto errorOf = [](auto change) {
        auto config = StackUnderTest::defaultConfig();
        change(config);
        const auto stack = makeSipStack(config);
        const auto started = stack->start([](LegEvent) {});
        EXPECT_FALSE(started.ok());
        return started.ok() ? Error {} : started.error();
    };
    EXPECT_EQ(errorOf([](auto& c) { c.listen = "203.0.113.7:5060"; }).code, ExitCode::environment);  // not ours, RFC 5737
    EXPECT_EQ(errorOf([](auto& c) { c.listen = "localhost:5060"; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.listen = "127.0.0.1:70000"; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.listen = "127.0.0.1:"; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.codecs = { "PCMU", "G729" }; }).what, "use the codec 'G729'");
    EXPECT_EQ(errorOf([](auto& c) { c.codecs = {}; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.ptimeMs = 25; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.maxLegs = 0; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.udp = c.tcp = false; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.mediaEncryption = "rot13"; }).code, ExitCode::wrongUse);
    EXPECT_EQ(errorOf([](auto& c) { c.rtpPortMin = c.rtpPortMax = 20000; }).code, ExitCode::wrongUse);
}

TEST(SipLifecycle, ASecondStackInOneProcessIsRefused)
{
    StackUnderTest first;
    first.start();
    const auto second = makeSipStack(StackUnderTest::defaultConfig());
    const auto refused = second->start([](LegEvent) {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().why, "another one runs in this process");
    first.stop();
    EXPECT_TRUE(second->start([](LegEvent) {}).ok());
    second->stop(0);
}

TEST(SipLifecycle, StopWaitsForTheAnswerToAByeThatWasSentBefore)
{
    RawSipPeer peer;
    StackUnderTest stack;
    stack.start();
    const auto leg = stack.legs().dial("sip:peer@127.0.0.1:" + std::to_string(peer.sip.port()));
    ASSERT_TRUE(leg.ok());
    const auto invite = peer.next("INVITE");
    peer.answer(stack.sipPort(), invite, "200 OK", peer.sdp("0"));
    EXPECT_FALSE(peer.next("ACK").empty());
    stack.waitFor(Kind::mediaReady, leg.value(), "media");

    // The order of Engine::stop(): no new legs, hang up, and only later the end of the stack.
    const auto port = stack.sipPort();
    stack.legs().refuseNewLegs();
    stack.legs().hangUp(leg.value());
    const auto bye = peer.next("BYE");
    std::thread control([&] { stack.stop(60000); });
    const auto again = peer.next("BYE");  // the first one was lost, as the stack must think
    EXPECT_EQ(RawSipPeer::headerOf(again, "CSeq"), RawSipPeer::headerOf(bye, "CSeq"));
    peer.answer(port, again.empty() ? bye : again, "200 OK");
    control.join();
}

TEST(SipLifecycle, ListensOnIpv6Loopback)
{
    auto config = StackUnderTest::defaultConfig();
    config.listen = "[::1]:0";
    const auto stack = makeSipStack(config);
    const auto started = stack->start([](LegEvent) {});
    if (started.ok())
    {
        EXPECT_TRUE(stack->localUri().starts_with("sip:[::1]:"));
    }
    else
    {
        EXPECT_EQ(started.error().code, ExitCode::environment);  // a machine without IPv6
    }
    stack->stop(0);
}

} // namespace mw::test
