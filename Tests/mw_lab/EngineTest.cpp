#include "EngineBench.h"

#include <array>

namespace mw::lab_test
{

TEST_F(EngineBench, PcmuOctetsPassUnchangedAtUnityGain)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto sound = randomOctets(8000, 1);
    const auto speaker = legs.ring("sip:speaker@x", sound);
    const auto listener = legs.ring("sip:listener@x");
    engine->handleEvents();
    steps(70);

    const auto at = find(legs.call(listener).sent, std::span(sound).first(7840));
    EXPECT_GE(at, 0) << "the speaker's octets do not stand in what the listener was sent";

    // Nobody hears themselves: the speaker was sent nothing but silence.
    const auto& back = legs.call(speaker).sent;
    ASSERT_GE(back.size(), 8000u);
    EXPECT_TRUE(std::all_of(back.begin(), back.end(), [](uint8_t octet) { return octet == 0xff; }));
}

TEST_F(EngineBench, EachOfThreeHearsTheOthersAndNotItself)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const std::array frequencies { 431.0, 1009.0, 1873.0 }  /* products of the coding fall elsewhere */;
    std::array<LegId, 3> ids {};
    for (size_t i = 0; i < 3; ++i)
        ids[i] = legs.ring("sip:" + std::to_string(i), muLaw(sine(frequencies[i], -20.0, 3.0)));
    engine->handleEvents();
    steps(125);

    for (size_t i = 0; i < 3; ++i)
    {
        const auto heard = fromMuLaw(legs.call(ids[i]).sent);
        ASSERT_GE(heard.size(), 12000u);
        const auto middle = std::span(heard).subspan(4000, 8000);
        for (size_t j = 0; j < 3; ++j)
        {
            const auto level = levelAt(middle, frequencies[j]);
            if (i == j)
                EXPECT_LT(level, -80.0) << i << " hears itself";
            else
                EXPECT_NEAR(level, -20.0, 0.1) << i << " hears " << j;
        }
    }
}

TEST_F(EngineBench, ARenewedSnapshotMovesOnForTheStripsThatAreAskedForAndTheHouse)
{
    make();
    EngineSnapshot none;
    EXPECT_FALSE(engine->renew(none, {})) << "nothing was taken yet";
    ASSERT_TRUE(engine->start().ok());
    std::array<LegId, 3> ids {};
    for (size_t i = 0; i < 3; ++i)
        ids[i] = legs.ring("sip:" + std::to_string(i), muLaw(sine(431.0, -20.0, 10.0)));
    engine->handleEvents();
    steps(10);
    auto taken = engine->snapshot();
    const auto before = taken;
    steps(10);
    constexpr std::array channels { 1 };
    ASSERT_TRUE(engine->renew(taken, channels));
    const auto whole = engine->snapshot();
    EXPECT_EQ(taken.number, whole.number);
    EXPECT_EQ(taken.timeNs, whole.timeNs);
    EXPECT_EQ(taken.runningNs, whole.runningNs);
    EXPECT_EQ(taken.mixer.samplePosition, whole.mixer.samplePosition);
    EXPECT_EQ(taken.ticks.ticks, whole.ticks.ticks);
    ASSERT_NE(before.strip(1)->in.rms, whole.strip(1)->in.rms) << "the meters still rise";
    EXPECT_EQ(taken.strip(1)->in.rms, whole.strip(1)->in.rms);
    EXPECT_EQ(taken.strip(0)->in.rms, before.strip(0)->in.rms) << "not asked for";
    EXPECT_EQ(taken.transport(1)->media.playout.packets, before.transport(1)->media.playout.packets) << "as it was taken";
    MixerCommand tone;
    tone.kind = MixerCommand::Kind::setTone;
    tone.frequencyHz = 1000.0;
    tone.levelDbm0 = -10.0;
    ASSERT_TRUE(engine->command(tone).ok());
    steps(2);
    ASSERT_TRUE(engine->renew(taken, {}));
    EXPECT_GT(taken.strip(engine->mixer().indexOf(HouseStrip::tone))->in.rms, 0.0f) << "the house is always asked for";
}

TEST_F(EngineBench, WhereCallsComeGoOrChangeASnapshotIsNotRenewedButTakenAnew)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto first = legs.ring("sip:first@x");
    engine->handleEvents();
    steps(3);
    auto taken = engine->snapshot();
    const auto renewsAgain = [&] {
        const auto renewed = engine->renew(taken, {});
        taken = engine->snapshot();
        return renewed;
    };
    steps(1);
    EXPECT_TRUE(renewsAgain());
    engine->hold(first, true);
    EXPECT_FALSE(renewsAgain()) << "a call is on hold now";
    EXPECT_TRUE(taken.calls.front().onHold);
    EXPECT_TRUE(renewsAgain());
    const auto second = legs.ring("sip:second@x");
    engine->handleEvents();
    EXPECT_FALSE(renewsAgain()) << "a call came";
    steps(3);
    EXPECT_FALSE(renewsAgain()) << "its strip and its row came";
    EXPECT_EQ(taken.legs.size(), 2u);
    EXPECT_TRUE(renewsAgain());
    legs.peerHangsUp(second);
    engine->handleEvents();
    EXPECT_FALSE(renewsAgain()) << "a call went";
    steps(3);
    legs.peerHangsUp(first);
    legs.ring("sip:third@x");
    legs.ring("sip:fourth@x");
    engine->handleEvents();
    steps(3);
    EXPECT_FALSE(renewsAgain()) << "others have the channels now";
    engine->stop();
    ASSERT_TRUE(engine->start().ok());
    EXPECT_FALSE(engine->renew(taken, {})) << "another run";
}

TEST_F(EngineBench, ACallerWhomTheFactoryRefusesIsSeenAndCounted)
{
    make(2);
    ASSERT_TRUE(engine->start().ok());
    std::vector<CallInfo> seen;
    engine->addListener([&](const LegEvent&, const CallInfo& info) { seen.push_back(info); });
    const auto mute = legs.turnAway("sip:mute@nowhere", 488, "no common codec");
    legs.turnAway("sip:late@nowhere", 486, "Busy Here");
    engine->handleEvents();

    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].reason, "no common codec");
    EXPECT_EQ(seen[1].sipCode, 486);
    const auto snapshot = engine->snapshot();
    EXPECT_EQ(snapshot.callsTotal, 1u);
    EXPECT_EQ(snapshot.callsFailed, 1u);
    EXPECT_EQ(snapshot.legsRefused, 1u);
    const auto kept = engine->call(mute);
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->state, CallState::closed);
    EXPECT_EQ(kept->peerUri, "sip:mute@nowhere");
    EXPECT_TRUE(kept->failed);
}

TEST_F(EngineBench, ALegBeyondTheLimitIsRefusedAndTheOthersGoOn)
{
    make(2);
    ASSERT_TRUE(engine->start().ok());
    const auto sound = randomOctets(16000, 2);
    const auto first = legs.ring("sip:1", sound);
    const auto second = legs.ring("sip:2");
    engine->handleEvents();
    std::vector<std::pair<LegEvent::Kind, CallInfo>> seen;
    steps(20);
    engine->addListener([&](const LegEvent& event, const CallInfo& info) { seen.emplace_back(event.kind, info); });

    const auto third = legs.ring("sip:3");
    engine->handleEvents();
    EXPECT_EQ(legs.call(third).rejectedWith, 486);
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.front().first, LegEvent::Kind::incoming);
    EXPECT_EQ(seen.front().second.state, CallState::closed);
    EXPECT_EQ(seen.front().second.channel, -1);
    EXPECT_EQ(seen.front().second.sipCode, 486);

    const auto dialled = engine->dial("sip:4", "dial");
    ASSERT_FALSE(dialled.ok());
    EXPECT_EQ(dialled.error().code, ExitCode::callFailed);
    EXPECT_NE(dialled.error().message().find("all 2 legs are taken"), std::string::npos);

    steps(60);
    const auto snapshot = engine->snapshot();
    EXPECT_EQ(snapshot.legsRefused, 1u);
    EXPECT_EQ(snapshot.callsTotal, 2u);
    EXPECT_EQ(snapshot.callsFailed, 0u);
    EXPECT_GE(find(legs.call(second).sent, std::span(sound).first(9600)), 0) << "the refusal disturbed the others' sound";
    EXPECT_TRUE(legs.call(first).established);
}

TEST_F(EngineBench, AChannelIsUsedAgainWithItsStripAtDefaults)
{
    make(1);
    ASSERT_TRUE(engine->start().ok());
    const auto first = legs.ring("sip:1", muLaw(sine(800.0, -15.0, 2.0)));
    engine->handleEvents();
    steps(20);
    engine->mixer().setStripGainDb(0, -20.0);
    engine->mixer().setStripMuted(0, true);
    engine->mixer().setStripSoloed(0, true);
    MixerCommand trim;
    trim.kind = MixerCommand::Kind::setTrim;
    trim.leg = 0;
    trim.gainDb = -30.0;
    engine->mixer().post(trim);
    steps(5);
    ASSERT_NE(engine->snapshot().strip(0), nullptr);

    legs.peerHangsUp(first);
    steps(2);
    EXPECT_EQ(engine->snapshot().strip(0), nullptr) << "an ended leg still has an active strip";
    EXPECT_EQ(engine->call(first)->state, CallState::closed);
    EXPECT_EQ(engine->call(first)->channel, -1);

    const auto second = legs.ring("sip:2", muLaw(sine(800.0, -15.0, 2.0)));
    engine->handleEvents();
    steps(50);
    EXPECT_EQ(engine->call(second)->channel, 0);
    const auto snapshot = engine->snapshot();
    const auto* strip = snapshot.strip(0);
    ASSERT_NE(strip, nullptr);
    EXPECT_FLOAT_EQ(strip->gainDb, 0.0f);
    EXPECT_FALSE(strip->muted);
    EXPECT_FALSE(strip->soloed);
    EXPECT_NEAR(dbm0FromRms(static_cast<double>(strip->in.rms), Law::mu), -15.0, 0.5) << "the former leg's trim is still there";
}

TEST_F(EngineBench, ADeadPortIsSilenceAndTheRestGoesOn)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto dying = legs.ring("sip:1", muLaw(sine(700.0, -10.0, 9.0)));
    const auto other = legs.ring("sip:2", muLaw(sine(1500.0, -10.0, 9.0)));
    const auto listener = legs.ring("sip:3");
    engine->handleEvents();
    steps(50);
    legs.call(dying).port->markDead();  // the sip thread knows, control does not yet
    steps(5);
    const auto from = legs.call(listener).sent.size();
    steps(50);
    const auto heard = fromMuLaw(legs.call(listener).sent);
    const auto after = std::span(heard).subspan(from, 8000);
    EXPECT_LT(levelAt(after, 700.0), -70.0);
    EXPECT_NEAR(levelAt(after, 1500.0), -10.0, 0.2);
    EXPECT_TRUE(legs.call(other).established);
}

TEST_F(EngineBench, AReplacedPortCarriesOn)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto speaker = legs.ring("sip:1", muLaw(sine(1000.0, -10.0, 9.0)));
    const auto listener = legs.ring("sip:2");
    engine->handleEvents();
    steps(30);
    legs.replacePort(speaker);  // a re-INVITE
    steps(70);
    const auto heard = fromMuLaw(legs.call(listener).sent);
    EXPECT_NEAR(levelAt(std::span(heard).last(8000), 1000.0), -10.0, 0.2);
}

TEST_F(EngineBench, TheSnapshotJoinsAllItsSources)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto in = legs.ring("sip:caller@x", muLaw(sine(1000.0, -12.0, 5.0)));
    const auto out = engine->dial("sip:callee@x", "sink");
    ASSERT_TRUE(out.ok());
    steps(100);
    legs.peerSendsDigit(in, '5');
    legs.peerSendsDigit(in, '#');
    steps(1);

    const auto snapshot = engine->snapshot();
    EXPECT_GT(snapshot.number, 0u);
    EXPECT_EQ(snapshot.timeNs, clock->nowNs());
    EXPECT_EQ(snapshot.mixer.samplePosition, 101u * 160u);
    EXPECT_EQ(snapshot.ticks.ticks, 101u);
    EXPECT_EQ(snapshot.mixer.activeLegs, 2);
    ASSERT_EQ(snapshot.calls.size(), 2u);
    const auto caller = *engine->call(in), callee = *engine->call(out.value());
    EXPECT_EQ(caller.codec, "PCMU/8000");
    EXPECT_EQ(caller.ptimeMs, 20);
    EXPECT_EQ(caller.digitsReceived, "5#");
    EXPECT_EQ(caller.state, CallState::established);
    EXPECT_FALSE(caller.outgoing);
    EXPECT_EQ(callee.tag, "sink");
    EXPECT_TRUE(callee.outgoing);
    ASSERT_NE(snapshot.transport(caller.channel), nullptr);
    EXPECT_EQ(snapshot.transport(caller.channel)->media.playout.packets, 101u - 1u) << "media began with the second tick";
    ASSERT_NE(snapshot.strip(caller.channel), nullptr);
    EXPECT_NEAR(dbm0FromRms(static_cast<double>(snapshot.strip(caller.channel)->in.rms), Law::mu), -12.0, 0.1);
    ASSERT_TRUE(engine->mediaStats(in).has_value());
    EXPECT_EQ(engine->mediaStats(in)->playout.packets, snapshot.transport(caller.channel)->media.playout.packets);

    legs.peerHangsUp(in, 0, "BYE");
    engine->handleEvents();
    ASSERT_TRUE(engine->mediaStats(in).has_value()) << "the transport figures of an ended call are gone";
    EXPECT_GE(engine->mediaStats(in)->playout.packets, 100u);
}

TEST_F(EngineBench, CommandsThatFindTheQueueFullWaitInOrder)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto leg = engine->dial("sip:sink@x");
    ASSERT_TRUE(leg.ok());
    steps(2);

    MixerCommand filler;
    filler.kind = MixerCommand::Kind::resetMeters;
    while (engine->mixer().hasRoomForCommand())
        ASSERT_NE(engine->mixer().post(filler), 0u);
    ASSERT_TRUE(engine->setRole(leg.value(), LegRole::sink).ok());
    ASSERT_TRUE(engine->command(mode(MixMode::funnel)).ok());
    auto snapshot = engine->snapshot();
    EXPECT_EQ(snapshot.commandsWaiting, 2u);
    EXPECT_EQ(snapshot.strip(0)->role, LegRole::source);

    steps(1);  // makes room; what waits goes with the next batch and takes effect a block later
    steps(1);
    snapshot = engine->snapshot();
    EXPECT_EQ(snapshot.commandsWaiting, 0u);
    EXPECT_EQ(snapshot.strip(0)->role, LegRole::sink) << "the role was lost in a full queue";
    EXPECT_EQ(snapshot.mixer.mode, MixMode::funnel);
    EXPECT_EQ(snapshot.mixer.commandsRefused, 0u) << "waiting is not a refusal";

    EXPECT_FALSE(engine->setRole(99, LegRole::sink).ok()) << "there is no such call";
    auto wrong = mode(MixMode::funnel);
    wrong.kind = MixerCommand::Kind::setCell;
    wrong.from = 4000;
    EXPECT_FALSE(engine->command(wrong).ok());
    EXPECT_TRUE(engine->command(mode(MixMode::conference)).ok()) << "a refused command blocks those behind it";
    steps(1);
    EXPECT_EQ(engine->snapshot().mixer.commandsRefused, 1u);
}

TEST_F(EngineBench, CallsThatFailCarryCodeAndReason)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    legs.callees["sip:busy@x"] = ScriptedLegs::Callee::busy;
    legs.callees["sip:nowhere@x"] = ScriptedLegs::Callee::refusedAtOnce;
    const auto busy = engine->dial("sip:busy@x");
    ASSERT_TRUE(busy.ok());
    const auto nowhere = engine->dial("sip:nowhere@x");
    EXPECT_FALSE(nowhere.ok());
    engine->handleEvents();
    const auto info = *engine->call(busy.value());
    EXPECT_EQ(info.state, CallState::closed);
    EXPECT_TRUE(info.failed);
    EXPECT_EQ(info.sipCode, 486);
    EXPECT_EQ(info.reason, "Busy Here");
    EXPECT_EQ(engine->snapshot().callsFailed, 1u);

    // The channels of both were given back.
    for (int i = 0; i < 8; ++i)
        EXPECT_TRUE(engine->dial("sip:good" + std::to_string(i)).ok()) << i;
}

TEST_F(EngineBench, DigitsArePassedOnWithoutPauses)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    const auto leg = engine->dial("sip:x");
    ASSERT_TRUE(leg.ok());
    engine->sendDtmf(leg.value(), DtmfSequence::parse("1,2,,#").value(), DtmfMethod::telephoneEvent, 100, 100);
    EXPECT_EQ(legs.digitsSent[leg.value()], "12#");
}

TEST_F(EngineBench, AListenerMayHangUpDialAndLeave)
{
    make();
    ASSERT_TRUE(engine->start().ok());
    int number = 0, calls = 0;
    number = engine->addListener([&](const LegEvent& event, const CallInfo& info) {
        if (event.kind != LegEvent::Kind::established)
            return;
        ++calls;
        engine->hangUp(info.leg);
        [[maybe_unused]] const auto dialled = engine->dial("sip:next");
        engine->removeListener(number);
    });
    legs.ring("sip:1");
    steps(3);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(engine->snapshot().callsTotal, 2u);
    EXPECT_EQ(legs.openCalls(), 1u);
}

} // namespace mw::lab_test
