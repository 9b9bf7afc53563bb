#include "RoleBench.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

namespace mw::lab_test
{

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace
{
/** Every field differs from its default. */
Session fullSession()
{
    Session session;
    Session::Leg leg;
    leg.uri = "sip:alice@192.0.2.1:5080;transport=tcp";
    leg.strip = { -6.5, true, false, 3.25, LegRole::sink };
    session.legs.push_back(leg);
    leg.uri = "sip:b\xc3\xb6" "b@example.org";
    leg.strip = { silenceDb, false, true, 0.0, LegRole::source };
    session.legs.push_back(leg);
    session.masterInGainDb = -1.001;
    session.masterOutGainDb = 2.5;
    session.house[0] = { -3.0, true, false, 0.5, LegRole::source };
    session.house[1] = { 1.0, false, true, -0.5, LegRole::source };
    session.house[2] = { silenceDb, true, true, 20.0, LegRole::source };
    session.dtmfOn = false;
    session.mode = MixMode::matrix;
    session.funnelReturn = true;
    session.cells = { { 0, 1, -6.0 }, { 1, Session::fromHouse(HouseStrip::dtmf), silenceDb }, { 2, Session::fromHouse(HouseStrip::player), 0.0 } };
    session.dtmf.sequence = DtmfSequence::parse("12,3#A").value();
    session.dtmf.onMs = 70;
    session.dtmf.offMs = 80;
    session.dtmf.loop = true;
    session.dtmf.gapMs = 500;
    session.dtmf.lowDbm0 = -13.5;
    session.dtmf.twistDb = -1.5;
    session.playDtmf = true;
    session.toneHz = 1004.5;
    session.toneDbm0 = -16.0;
    auto* const layout = new juce::DynamicObject();
    layout->setProperty("theme", "light");
    layout->setProperty("scalePercent", 150);
    session.layout = juce::var(layout);
    return session;
}

void expectSame(const Session& a, const Session& b)
{
    EXPECT_EQ(a.legs, b.legs);
    EXPECT_EQ(a.masterInGainDb, b.masterInGainDb);
    EXPECT_EQ(a.masterOutGainDb, b.masterOutGainDb);
    EXPECT_EQ(a.house, b.house);
    EXPECT_EQ(a.dtmfOn, b.dtmfOn);
    EXPECT_EQ(a.mode, b.mode);
    EXPECT_EQ(a.funnelReturn, b.funnelReturn);
    EXPECT_EQ(a.cells, b.cells);
    EXPECT_EQ(a.dtmf.sequence.text(), b.dtmf.sequence.text());
    EXPECT_EQ(std::tuple(a.dtmf.onMs, a.dtmf.offMs, a.dtmf.loop, a.dtmf.gapMs, a.dtmf.lowDbm0, a.dtmf.twistDb),
              std::tuple(b.dtmf.onMs, b.dtmf.offMs, b.dtmf.loop, b.dtmf.gapMs, b.dtmf.lowDbm0, b.dtmf.twistDb));
    EXPECT_EQ(a.playDtmf, b.playDtmf);
    EXPECT_EQ(a.toneHz, b.toneHz);
    EXPECT_EQ(a.toneDbm0, b.toneDbm0);
}

std::string with(const std::string& members) { return R"({ "format": "milliwatt-session", "version": 1, )" + members + " }"; }

/** What is wrong with a session's text. */
std::string complaintAbout(const std::string& text)
{
    const auto read = Session::parse(text, "lab.mw");
    if (read.ok())
        return "nothing";
    EXPECT_EQ(read.error().code, ExitCode::wrongUse);
    return read.error().message();
}
} // namespace

TEST(Session, ComesBackFromItsTextWhole)
{
    const auto session = fullSession();
    const auto read = Session::parse(session.encode(), "a");
    ASSERT_TRUE(read.ok()) << read.error().message();
    expectSame(read.value().session, session);
    EXPECT_THAT(read.value().unknownKeys, IsEmpty());
    EXPECT_EQ(read.value().session.layout["theme"].toString(), "light");
    EXPECT_EQ(static_cast<int>(read.value().session.layout["scalePercent"]), 150);
    EXPECT_EQ(read.value().session.encode(), session.encode());
    EXPECT_EQ(session.summary(), "2 legs, matrix");
}

TEST(Session, KeysNameTheirUnitsAndLegsCountFromOne)
{
    const auto root = juce::JSON::parse(juce::String::fromUTF8(fullSession().encode().c_str()));
    EXPECT_EQ(root["format"].toString(), "milliwatt-session");
    EXPECT_EQ(static_cast<int>(root["version"]), 1);
    EXPECT_EQ(static_cast<double>(root["legs"][0]["gainDb"]), -6.5);
    EXPECT_EQ(root["legs"][1]["gainDb"].toString(), "-inf");
    EXPECT_EQ(root["legs"][0]["part"].toString(), "sink");
    EXPECT_EQ(static_cast<int>(root["cells"][0]["leg"]), 1);
    EXPECT_EQ(static_cast<int>(root["cells"][0]["hears"]), 2);
    EXPECT_EQ(root["cells"][1]["hears"].toString(), "dtmf");
    EXPECT_EQ(static_cast<double>(root["tone"]["levelDbm0"]), -16.0);
    EXPECT_EQ(static_cast<int>(root["dtmf"]["onMs"]), 70);
    EXPECT_EQ(static_cast<double>(root["gains"]["masterOutDb"]), 2.5);
}

TEST(Session, WhatIsMissingHasItsDefault)
{
    const auto read = Session::parse(R"({"format":"milliwatt-session","version":1})", "a");
    ASSERT_TRUE(read.ok()) << read.error().message();
    expectSame(read.value().session, Session {});
    const auto half = Session::parse(with(R"("legs": [ { "uri": "sip:a@b" } ], "dtmf": { "onMs": 50 })"), "a");
    ASSERT_TRUE(half.ok()) << half.error().message();
    EXPECT_EQ(half.value().session.legs.at(0).strip, MixerState::Strip {});
    EXPECT_EQ(half.value().session.dtmf.onMs, 50);
    EXPECT_EQ(half.value().session.dtmf.offMs, 100);
}

TEST(Session, ErrorsNameThePlaceAndTheReason)
{
    const std::vector<std::pair<std::string, std::string>> wrong {
        { with(R"("legs": [ {"uri":"sip:a"}, {"uri":"sip:b"}, {"uri":"sip:c","gainDb":40} ])"), "legs[2].gainDb: 40 is not −60…20 dB or \"-inf\"" },
        { with(R"("legs": [ {"uri":"sip:a","gainDb":"loud"} ])"), "legs[0].gainDb: \"loud\" is not −60…20 dB or \"-inf\"" },
        { with(R"("legs": [ {"gainDb":0} ])"), "legs[0].uri: it is missing" },
        { with(R"("legs": [ {"uri":"sip:a b"} ])"), "legs[0].uri: a blank" },
        { with(R"("legs": [ {"uri":"sip:a","part":"drum"} ])"), "legs[0].part: \"drum\" is not \"source\" or \"sink\"" },
        { with(R"("legs": [ {"uri":"sip:a","muted":1} ])"), "legs[0].muted: 1 is neither true nor false" },
        { with(R"("legs": [ "sip:a" ])"), "legs[0]: it is no object in braces" },
        { with(R"("legs": {})"), "legs: it is no list in brackets" },
        { with(R"("mode": "ring")"), "mode: \"ring\" is not \"conference\", \"funnel\" or \"matrix\"" },
        { with(R"("gains": { "masterInDb": -61 })"), "gains.masterInDb: -61 is not" },
        { with(R"("strips": { "tone": { "trimDb": true } })"), "strips.tone.trimDb: true is not" },
        { with(R"("strips": { "tone": 3 })"), "strips.tone: it is no object in braces" },
        { with(R"("cells": [ { "leg": 0, "hears": 1 } ])"), "cells[0].leg: 0 is no whole number 1…2048" },
        { with(R"("cells": [ { "leg": 1, "hears": "drum" } ])"), "cells[0].hears: \"drum\" is not \"dtmf\", \"tone\" or \"player\"" },
        { with(R"("cells": [ { "leg": 1 } ])"), "cells[0].hears: it is missing" },
        { with(R"("dtmf": { "sequence": "12X" })"), "dtmf.sequence: " },
        { with(R"("dtmf": { "onMs": 9 })"), "dtmf.onMs: 9 is no whole number 10…10000 ms" },
        { with(R"("dtmf": { "onMs": 50.5 })"), "dtmf.onMs: 50.5 is no whole number" },
        { with(R"("dtmf": { "lowDbm0": 1 })"), "dtmf.lowDbm0: 1 is not −60…0 dBm0" },
        { with(R"("tone": { "levelDbm0": 4 })"), "tone.levelDbm0: 4 is not −100…3.17 dBm0 or \"-inf\"" },
        { with(R"("tone": { "frequencyHz": "-inf" })"), "tone.frequencyHz: \"-inf\" is not 1…24000 Hz" },
        { with(R"("layout": [ 1 ])"), "layout: it is no object in braces" },
        { R"({"version":1})", "format: it is not \"milliwatt-session\"" },
        { R"({"format":"milliwatt-session"})", "version: it is missing" },
        { R"({"format":"milliwatt-session","version":2})", "version: the session was saved by a later version (format 2, this one knows 1)" },
        { R"({"format":"milliwatt-session","version":"1"})", "version: \"1\" is no whole number" },
        { with(R"("mode": "matrix")") + " and more", "something follows the closing brace" },
        { "[]", "it holds no JSON object" },
        { "", "it holds no JSON object" },
        { std::string("{\0}", 3), "it is no text in UTF-8" },
        { "{ \"\xff\": 1 }", "it is no text in UTF-8" },
        { std::string(100000, '['), "its brackets are nested deeper than" },
        { with(R"("mode": )"), "error" },
    };
    for (const auto& [text, why] : wrong)
    {
        EXPECT_THAT(complaintAbout(text), HasSubstr(why)) << text.substr(0, 200);
        EXPECT_THAT(complaintAbout(text), HasSubstr("lab.mw"));
    }
}

TEST(Session, KeysThatAreNotKnownAreNamed)
{
    const auto read = Session::parse(with(R"("legs": [ {"uri":"sip:a","gian":3} ], "strips": { "flute": {}, "dtmf": { "volume": 1 } }, "loudness": 2,
                                            "layout": { "anything": { "goes": 1 } })"), "a");
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_THAT(read.value().unknownKeys, ::testing::UnorderedElementsAre("loudness", "legs[0].gian", "strips.flute", "strips.dtmf.volume"));
}

TEST(Session, EveryBeginningOfItsTextIsRefused)
{
    const auto text = fullSession().encode();
    for (size_t length = 0; length + 2 < text.size(); ++length)  // the last two are the closing brace and the line's end
        ASSERT_FALSE(Session::parse(text.substr(0, length), "a").ok()) << length << " of " << text.size();
    EXPECT_TRUE(Session::parse(text.substr(0, text.size() - 1), "a").ok());
}

TEST(Session, DamagedTextsAreRefusedOrReadAsSessions)
{
    const auto text = fullSession().encode();
    std::mt19937 random(20);
    int read = 0, refused = 0;
    for (int round = 0; round < 6000; ++round)
    {
        auto damaged = text;
        const auto flips = 1 + random() % 4;
        for (unsigned i = 0; i < flips; ++i)
        {
            const auto at = random() % damaged.size();
            switch (random() % 4)
            {
                case 0: damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8)); break;
                case 1: damaged[at] = static_cast<char>(random()); break;
                case 2: damaged.erase(at, 1 + random() % 20); break;
                default: damaged.insert(at, damaged.substr(random() % damaged.size(), random() % 30)); break;
            }
        }
        const auto result = Session::parse(damaged, "a");
        if (! result.ok())
        {
            EXPECT_FALSE(result.error().message().empty());
            ++refused;
            continue;
        }
        // What was read stands in every range, so that it can be written and read again as the same.
        ++read;
        const auto& session = result.value().session;
        const auto again = Session::parse(session.encode(), "again");
        ASSERT_TRUE(again.ok()) << again.error().message() << "\n" << damaged;
        expectSame(again.value().session, session);
    }
    EXPECT_GT(read, 100);
    EXPECT_GT(refused, 1000);
}

TEST(Session, IsWrittenWholeAndReadFromTheFile)
{
    TestFolder folder;
    const auto file = folder.file("new").getChildFile("lab.mw");
    const auto session = fullSession();
    ASSERT_TRUE(session.save(file).ok());
    const auto read = Session::load(file);
    ASSERT_TRUE(read.ok()) << read.error().message();
    expectSame(read.value().session, session);
    EXPECT_EQ(file.getParentDirectory().getNumberOfChildFiles(juce::File::findFiles), 1) << "a neighbour was left behind";

    const auto missing = Session::load(folder.file("none.mw"));
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, ExitCode::environment);
    EXPECT_THAT(missing.error().message(), HasSubstr("none.mw"));
    EXPECT_EQ(Session::load(folder.folder).error().code, ExitCode::environment);

    ASSERT_TRUE(folder.file("plain").replaceWithText("x"));
    const auto unwritable = session.save(folder.file("plain").getChildFile("lab.mw"));
    ASSERT_FALSE(unwritable.ok());
    EXPECT_EQ(unwritable.error().code, ExitCode::environment);
}

// ---- engines --------------------------------------------------------------------------------------------------------------

TEST_F(RoleBench, ASessionIsCapturedAppliedAndCapturedAgainAsTheSame)
{
    auto session = fullSession();
    session.legs[1].uri = "sip:bob";
    session.playDtmf = true;
    auto config = mixer();
    ASSERT_TRUE(session.applyTo(config).ok());
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 0.5);
    auto captured = Session::capture(role->engine());
    EXPECT_EQ(captured.legs, session.legs);
    EXPECT_THAT(captured.cells, ::testing::UnorderedElementsAreArray(session.cells));
    captured.cells = session.cells;
    expectSame(captured, session);
    EXPECT_EQ(role->engine().snapshot().strip(0)->role, LegRole::sink);
    EXPECT_TRUE(role->engine().snapshot().strip(0)->muted);
    ASSERT_TRUE(role->finish(true).code == ExitCode::passed);
}

TEST_F(RoleBench, ALegOfASessionIsHeardAtItsGain)
{
    legs.sounds["sip:one"] = muLaw(sine(431.0, -20.0, 30.0));
    Session session;
    session.legs = { { "sip:one", { -6.0, false, false, 0.0, LegRole::source } }, { "sip:two", {} } };
    session.masterOutGainDb = -3.0;
    session.toneHz = 1013.0;
    session.toneDbm0 = -25.0;
    auto config = mixer();
    ASSERT_TRUE(session.applyTo(config).ok());
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 3.0);
    const auto atTwo = fromMuLaw(legs.call(role->engine().calls()[1].leg).sent);
    EXPECT_NEAR(levelAt(std::span(atTwo).last(8000), 431.0), -29.0, 0.1);
    EXPECT_NEAR(levelAt(std::span(atTwo).last(8000), 1013.0), -28.0, 0.1);
    ASSERT_EQ(role->finish(true).code, ExitCode::passed);
}

TEST_F(RoleBench, ARunningEngineTakesASessionAndKeepsTheCallsThatItHas)
{
    const auto role = makeMixerRole(mixer(), legs);
    ASSERT_TRUE(role->start().ok());
    auto& engine = role->engine();
    legs.ring("sip:caller");
    run(*role, 0.2);
    const auto kept = engine.dial("sip:bob", "dial");
    ASSERT_TRUE(kept.ok());
    MixerCommand cell;
    cell.kind = MixerCommand::Kind::setCell;
    cell.leg = 4;
    cell.from = 5;
    ASSERT_TRUE(engine.command(cell).ok());
    run(*role, 0.2);

    auto session = fullSession();
    session.legs[0].uri = "sip:alice";
    session.legs[1].uri = "sip:bob";
    ASSERT_TRUE(session.applyTo(engine).ok());
    run(*role, 0.2);
    EXPECT_EQ(engine.calls().size(), 3u) << "bob was called a second time";
    const auto captured = Session::capture(engine);
    // The caller sits on channel 0, bob on 1, alice on 2: the legs come back in the order of their channels.
    ASSERT_EQ(captured.legs.size(), 2u);
    EXPECT_EQ(captured.legs[0], session.legs[1]);
    EXPECT_EQ(captured.legs[1], session.legs[0]);
    // Cells are of legs and not of channels: alice (the session's first) hears bob (its second).
    EXPECT_THAT(captured.cells, ::testing::Contains(Session::Cell { 1, 0, -6.0 }));
    EXPECT_EQ(captured.cells.size(), 3u) << "the cell that was set before is gone";
    EXPECT_EQ(engine.mixer().stripGainDb(2), -6.5);
    EXPECT_EQ(engine.mixer().stripGainDb(0), 0.0) << "the caller is none of the session's legs";
    EXPECT_EQ(captured.mode, MixMode::matrix);
    ASSERT_EQ(role->finish(true).code, ExitCode::passed);
}

TEST_F(RoleBench, ASessionThatDoesNotFitChangesNothing)
{
    auto config = mixer();
    config.engine.mixer.maxLegs = 2;
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    legs.ring("sip:caller");
    run(*role, 0.2);
    const auto before = Session::capture(role->engine()).encode();

    Session session;
    session.masterInGainDb = -20.0;
    session.mode = MixMode::matrix;
    session.legs = { { "sip:a", {} }, { "sip:b", {} } };
    auto applied = session.applyTo(role->engine());
    ASSERT_FALSE(applied.ok());
    EXPECT_THAT(applied.error().message(), HasSubstr("legs: there are 2, and room for 1"));
    session.legs.resize(1);
    session.cells = { { 0, 2, 0.0 } };
    EXPECT_THAT(session.applyTo(role->engine()).error().message(), HasSubstr("cells[0]: there are 2 legs"));
    session.cells.clear();
    session.toneHz = 4000.0;
    EXPECT_THAT(session.applyTo(role->engine()).error().message(), HasSubstr("tone"));

    session.toneHz = 1000.0;
    session.legs = { { "sip:never", {} } };
    legs.callees["sip:never"] = ScriptedLegs::Callee::refusedAtOnce;
    EXPECT_FALSE(session.applyTo(role->engine()).ok());
    run(*role, 0.2);
    EXPECT_EQ(Session::capture(role->engine()).encode(), before);
    EXPECT_EQ(legs.openCalls(), 1u);
    role->finish(true);
}

TEST(Session, LivesInTheXdgPlace)
{
    const auto file = Session::lastSessionFile();
    EXPECT_EQ(file.getFileName(), "last-session.json");
    EXPECT_EQ(file.getParentDirectory().getFileName(), "milliwatt");
    const char* configured = std::getenv("XDG_CONFIG_HOME");
    const auto expected = configured != nullptr && *configured == '/' ? juce::File(juce::String::fromUTF8(configured))
                                                                      : juce::File(juce::String::fromUTF8(std::getenv("HOME"))).getChildFile(".config");
    EXPECT_EQ(file.getParentDirectory().getParentDirectory(), expected);
}

} // namespace mw::lab_test
