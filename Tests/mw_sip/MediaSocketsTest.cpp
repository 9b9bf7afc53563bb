#include "../Support/FailureInjector.h"
#include "RawSipPeer.h"

#include <mw_sip/MediaSockets.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::test
{

namespace
{

/** libre on the test's own thread. */
class Loop
{
public:
    Loop() { EXPECT_EQ(adapter::startLibre(), 0); }
    ~Loop() { ::libre_close(); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /** Runs until it is so, or for 30 s. */
    void runUntil(const std::function<bool()>& isSo)
    {
        done = &isSo;
        stepsLeft = 15'000;
        look(this);
        EXPECT_EQ(::re_main(nullptr), 0);
    }

    void runFor(int ms)
    {
        int steps = 0;
        runUntil([&] { return ++steps > ms / stepMs; });
    }

private:
    static constexpr int stepMs = 2;

    static void look(void* self) noexcept
    {
        auto& loop = *static_cast<Loop*>(self);
        if ((*loop.done)() || --loop.stepsLeft == 0)
            ::re_cancel();
        else
            ::tmr_start(&loop.timer, stepMs, look, self);
    }

    const std::function<bool()>* done = nullptr;
    int stepsLeft = 0;
    struct tmr timer {};
};

/** A socket of libre on loopback, and what arrived at it. */
struct Listener
{
    Listener()
    {
        struct sa local {};
        struct udp_sock* made = nullptr;
        EXPECT_EQ(::sa_set_str(&local, "127.0.0.1", 0), 0);
        EXPECT_EQ(::udp_listen(&made, &local, received, this), 0);
        socket.reset(made);
        EXPECT_EQ(::udp_local_get(made, &local), 0);
        port = ::sa_port(&local);
    }

    static void received(const struct sa*, struct mbuf* packet, void* self) noexcept
    {
        auto& listener = *static_cast<Listener*>(self);
        listener.texts.emplace_back(reinterpret_cast<const char*>(::mbuf_buf(packet)), ::mbuf_get_left(packet));
        if (listener.onPacket)
            listener.onPacket(packet);
    }

    RePtr<struct udp_sock> socket;
    int port = 0;
    std::vector<std::string> texts;
    std::function<void(struct mbuf*)> onPacket;
};

} // namespace

/** The sockets under test, begun, in libre's loop; a listener that is not in them yet, and somebody who sends. */
class MediaSockets : public ::testing::Test
{
protected:
    void SetUp() override { ASSERT_EQ(sockets.start(), 0); }

    void TearDown() override
    {
        sockets.remove(listener.socket.get());
        sockets.stop();
    }

    Loop loop;
    mw::MediaSockets sockets;
    RawSocket sender;
    Listener listener;
};

TEST_F(MediaSockets, PacketsOfAllSocketsWaitUntilTheyAreWatchedAndComeInOrder)
{
    std::vector<std::unique_ptr<Listener>> listeners;
    for (int i = 0; i < 150; ++i)
    {
        listeners.push_back(std::make_unique<Listener>());
        ASSERT_EQ(sockets.add(listeners.back()->socket.get()), 0);
    }
    const std::vector<std::string> sent { "first", "second, which is longer", "3" };
    sockets.watch(false);
    for (const auto& text : sent)
        for (const auto& listener : listeners)
            sender.send(listener->port, text);
    loop.runFor(30);
    for (const auto& listener : listeners)
        ASSERT_TRUE(listener->texts.empty()) << "nobody looks at them";
    sockets.watch(true);
    loop.runUntil([&] { return std::all_of(listeners.begin(), listeners.end(), [&](const auto& each) { return each->texts.size() >= sent.size(); }); });
    for (const auto& listener : listeners)
    {
        EXPECT_EQ(listener->texts, sent);
        sockets.remove(listener->socket.get());
    }
}

TEST_F(MediaSockets, WhatOnePacketClosesIsNotReadInTheSameTurn)
{
    std::vector<std::unique_ptr<Listener>> listeners;
    for (int i = 0; i < 3; ++i)
    {
        listeners.push_back(std::make_unique<Listener>());
        ASSERT_EQ(sockets.add(listeners.back()->socket.get()), 0);
    }
    // The first of them that is read ends the others, whose packets are in the same turn; a new one takes the place of each.
    std::vector<std::string> heard;
    std::vector<std::unique_ptr<Listener>> successors;
    for (size_t own = 0; own < listeners.size(); ++own)
        listeners[own]->onPacket = [&, own](struct mbuf*) {
            heard.push_back(listeners[own]->texts.back());
            for (size_t other = 0; other < listeners.size(); ++other)
                if (other != own && listeners[other])
                {
                    sockets.remove(listeners[other]->socket.get());
                    const auto freed = adapter::descriptorOf(listeners[other]->socket.get(), AF_INET);
                    listeners[other].reset();
                    successors.push_back(std::make_unique<Listener>());
                    EXPECT_EQ(adapter::descriptorOf(successors.back()->socket.get(), AF_INET), freed) << "the kernel gives the lowest number";
                    EXPECT_EQ(sockets.add(successors.back()->socket.get()), 0);
                }
        };
    sockets.watch(false);
    for (const auto& listener : listeners)
        sender.send(listener->port, "it is you or I");
    sockets.watch(true);
    loop.runUntil([&] { return ! heard.empty(); });
    loop.runFor(20);
    EXPECT_EQ(heard, std::vector<std::string> { "it is you or I" });
    ASSERT_EQ(successors.size(), 2u);
    for (const auto& successor : successors)
    {
        EXPECT_TRUE(successor->texts.empty()) << "that was not its packet";
        sender.send(successor->port, "now");
        loop.runUntil([&] { return ! successor->texts.empty(); });
        EXPECT_EQ(successor->texts, std::vector<std::string> { "now" });
    }
}

TEST_F(MediaSockets, APacketThatSomebodyKeepsIsNotWrittenOver)
{
    ASSERT_EQ(sockets.add(listener.socket.get()), 0);
    std::vector<RePtr<struct mbuf>> kept;
    listener.onPacket = [&](struct mbuf* packet) { kept.emplace_back(static_cast<struct mbuf*>(::mem_ref(packet))); };
    sender.send(listener.port, "one");
    sender.send(listener.port, "two");
    loop.runUntil([&] { return kept.size() == 2; });
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(kept[0]->buf), kept[0]->end), "one");
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(kept[1]->buf), kept[1]->end), "two");
}

TEST_F(MediaSockets, Finding19_WithoutMemoryAPacketIsLostAndTheNextIsRead)
{
    ASSERT_EQ(sockets.add(listener.socket.get()), 0);
    RePtr<struct mbuf> kept;
    listener.onPacket = [&](struct mbuf* packet) { kept.reset(static_cast<struct mbuf*>(::mem_ref(packet))); };
    sender.send(listener.port, "kept");
    loop.runUntil([&] { return listener.texts.size() == 1; });
    {
        FailureInjector injector(Resource::libreMemory, 1, {}, Extent::fromThenOn);
        sender.send(listener.port, "lost");
        loop.runUntil([&] { return injector.hasFailed(); });
        loop.runFor(20);
        EXPECT_EQ(injector.uses(), 1u) << "it is not offered again and again";
        EXPECT_EQ(sockets.lostForMemory(), 1u);
    }
    sender.send(listener.port, "next");
    loop.runUntil([&] { return listener.texts.size() == 2; });
    EXPECT_EQ(listener.texts, (std::vector<std::string> { "kept", "next" }));
}

TEST_F(MediaSockets, APacketComesWithTheTimeOfItsArrival)
{
    ASSERT_EQ(sockets.add(listener.socket.get()), 0);
    std::vector<std::optional<timespec>> arrivals;
    listener.onPacket = [&](struct mbuf*) { arrivals.push_back(sockets.arrival()); };
    const auto wallNs = [](const timespec& time) { return int64_t { time.tv_sec } * 1'000'000'000 + time.tv_nsec; };
    // The kernel begins to note times a while after the first socket of the machine asked for it; until then the time is that of the reading.
    auto isNoted = false;
    for (int tries = 0; tries < 1000 && ! isNoted; ++tries)
    {
        timespec before {}, after {}, read {};
        arrivals.clear();
        sockets.watch(false);
        ::clock_gettime(CLOCK_REALTIME, &before);
        sender.send(listener.port, "one");
        ::clock_gettime(CLOCK_REALTIME, &after);
        loop.runFor(20);
        sockets.watch(true);
        loop.runUntil([&] { return ! arrivals.empty(); });
        ::clock_gettime(CLOCK_REALTIME, &read);
        ASSERT_TRUE(arrivals.size() == 1 && arrivals[0].has_value());
        ASSERT_GE(wallNs(*arrivals[0]), wallNs(before));
        ASSERT_LE(wallNs(*arrivals[0]), wallNs(read));
        isNoted = wallNs(*arrivals[0]) <= wallNs(after);
    }
    EXPECT_TRUE(isNoted) << "always that of the reading";
}

TEST_F(MediaSockets, AWatchThatFailsIsTriedAgain)
{
    ASSERT_EQ(sockets.add(listener.socket.get()), 0);
    sockets.watch(false);
    sender.send(listener.port, "patience");
    {
        FailureInjector injector(Resource::watch, 1);
        sockets.watch(true);
        EXPECT_TRUE(injector.hasFailed());
    }
    loop.runFor(20);
    EXPECT_TRUE(listener.texts.empty());
    sockets.watch(true);
    loop.runUntil([&] { return ! listener.texts.empty(); });
    EXPECT_EQ(listener.texts, std::vector<std::string> { "patience" });
}

TEST_F(MediaSockets, ASocketThatCannotBeTakenStaysInTheLoop)
{
    {
        FailureInjector injector(Resource::watch, 1);
        EXPECT_EQ(sockets.add(listener.socket.get()), ENOSPC);
    }
    sockets.watch(false);
    sender.send(listener.port, "as ever");
    loop.runUntil([&] { return listener.texts.size() == 1; });
    EXPECT_EQ(listener.texts, std::vector<std::string> { "as ever" });
}

} // namespace mw::test
