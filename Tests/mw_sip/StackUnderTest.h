#pragma once

#include <gtest/gtest.h>
#include <mw_sip/mw_sip.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mw::test
{

/** A SIP stack on a free port of 127.0.0.1, and everything that it reported. The test's thread plays control and media.

    Waiting is for events, with a deadline that only a hung test reaches. */
class StackUnderTest
{
public:
    static constexpr std::chrono::seconds deadline { 60 };

    static SipConfig defaultConfig()
    {
        SipConfig config;
        config.listen = "127.0.0.1:0";
        config.rtpPortMin = 20000;
        config.rtpPortMax = 49999;
        config.rtpTimeoutMs = 0;
        config.maxLegs = 16;
        config.port.engineRateHz = 8000;
        config.port.maxBlockFrames = 960;
        return config;
    }

    explicit StackUnderTest(const SipConfig& config = defaultConfig()) : factory(makeSipStack(config)) {}
    ~StackUnderTest()
    {
        ports.clear();
        factory->stop(1000);
    }

    Result<void> tryToStart()
    {
        return factory->start([this](LegEvent event) { take(std::move(event)); });
    }

    void start()
    {
        const auto started = tryToStart();
        ASSERT_TRUE(started.ok()) << started.error().message();
    }

    void stop(int graceMs = 1000) { factory->stop(graceMs); }

    LegFactory& legs() { return *factory; }
    std::string uri() const { return factory->localUri(); }
    std::string uriOf(const std::string& user) const { return "sip:" + user + "@" + uri().substr(4); }
    int sipPort() const { return std::stoi(uri().substr(uri().rfind(':') + 1)); }

    using Predicate = std::function<bool(const LegEvent&)>;

    /** The nth event that fits, counting from 1; a test failure when it does not come. */
    LegEvent waitFor(const Predicate& fits, const std::string& what, size_t nth = 1)
    {
        std::unique_lock lock(mutex);
        std::optional<LegEvent> found;
        const auto seen = changed.wait_for(lock, deadline, [&] {
            size_t number = 0;
            for (const auto& event : events)
                if (fits(event) && ++number == nth)
                {
                    found = event;
                    return true;
                }
            return false;
        });
        EXPECT_TRUE(seen) << "no event: " << what;
        return found.value_or(LegEvent {});
    }

    LegEvent waitFor(LegEvent::Kind kind, LegId leg, const std::string& what)
    {
        return waitFor([=](const LegEvent& event) { return event.kind == kind && event.leg == leg; }, what);
    }

    /** @param before incoming calls that came earlier */
    LegEvent waitForIncoming(size_t before = 0)
    {
        return waitFor([](const LegEvent& event) { return event.kind == LegEvent::Kind::incoming; }, "incoming call", before + 1);
    }

    std::vector<LegEvent> all() const
    {
        const std::scoped_lock lock(mutex);
        return events;
    }

    size_t count(LegEvent::Kind kind) const
    {
        const std::scoped_lock lock(mutex);
        size_t number = 0;
        for (const auto& event : events)
            number += event.kind == kind;
        return number;
    }

    void forget()
    {
        const std::scoped_lock lock(mutex);
        events.clear();
    }

    /** Incoming calls are answered as they ring. */
    void answerAll() { answers = true; }

    struct Pair
    {
        LegId caller = 0, callee = 0;
        std::shared_ptr<LegPort> callerPort, calleePort;
    };

    /** Calls itself and answers. @param parameters of the URI, such as ";transport=tcp" */
    Pair callItself(const std::string& parameters = {})
    {
        const auto incomingBefore = count(LegEvent::Kind::incoming);
        const auto dialled = factory->dial(uriOf("anyone") + parameters);
        EXPECT_TRUE(dialled.ok());
        Pair pair;
        pair.caller = dialled.value();
        pair.callee = waitForIncoming(incomingBefore).leg;
        factory->answer(pair.callee);
        pair.callerPort = waitFor(LegEvent::Kind::mediaReady, pair.caller, "the caller's media").port;
        pair.calleePort = waitFor(LegEvent::Kind::mediaReady, pair.callee, "the callee's media").port;
        EXPECT_TRUE(pair.callerPort && pair.calleePort);
        return pair;
    }

private:
    void take(LegEvent event)
    {
        if (answers && event.kind == LegEvent::Kind::incoming)
            factory->answer(event.leg);
        const std::scoped_lock lock(mutex);
        events.push_back(std::move(event));
        changed.notify_all();
    }

    std::vector<std::shared_ptr<LegPort>> ports;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<LegEvent> events;
    std::atomic<bool> answers { false };
    std::unique_ptr<LegFactory> factory;
};

} // namespace mw::test
