#include "SupportBench.h"
#include "SupportEngineHere.h"

#include <Support/FaultyNetwork.h>
#include <Support/ScaledClock.h>

#include <array>
#include <cmath>
#include <numbers>

using namespace mw;

/** What is broken on purpose is named rightly in the report, and nothing else is. */
class NamedFaults : public Bench
{
protected:
    static std::string namesIn(const juce::var& call) { return call["figures"]["faults.names"]["value"].toString().toStdString(); }

    /** The wanted fault is named, and beside it only what a busy machine really does to a call: it stands still, so that packets come late or
        sound is left out. */
    static void expectNamed(const juce::var& call, const std::string& wanted, const std::string& whose)
    {
        auto isNamed = false;
        for (const auto& name : juce::StringArray::fromTokens(call["figures"]["faults.names"]["value"].toString(), ",", ""))
            if (name.toStdString() == wanted)
                isNamed = true;
            else
                EXPECT_TRUE(name == "stall" || name == "late packets" || name == "gaps") << whose << "\n" << told(call);
        EXPECT_TRUE(isNamed) << whose << ": no " << wanted << " in '" << namesIn(call) << "'\n" << told(call);
    }

    /** A row of the table "faults" as "fault: what", all rows; for messages. */
    static std::string told(const juce::var& call)
    {
        std::string text;
        const auto rows = call["tables"]["faults"]["rows"];
        for (int i = 0; i < rows.size(); ++i)
            text += rows[i][0].toString().toStdString() + " = " + rows[i][2].toString().toStdString() + ": " + rows[i][4].toString().toStdString() + "\n";
        return text;
    }

    /** The value of a fault, or nothing. */
    static std::optional<double> valueOf(const juce::var& call, const std::string& name)
    {
        const auto rows = call["tables"]["faults"]["rows"];
        for (int i = 0; i < rows.size(); ++i)
            if (rows[i][0].toString().toStdString() == name)
                return static_cast<double>(rows[i][2]);
        return std::nullopt;
    }

    /** Rows of the table "gaps" with this cause, and this length within 1 ms. */
    static int breaksOf(const juce::var& call, const std::string& cause, double lengthMs)
    {
        const auto table = call["tables"]["gaps"];
        int lengthAt = -1, causeAt = -1;
        for (int i = 0; i < table["columns"].size(); ++i)
        {
            const auto name = table["columns"][i]["name"].toString();
            lengthAt = name == "duration" ? i : lengthAt;
            causeAt = name == "cause" ? i : causeAt;
        }
        int found = 0;
        if (lengthAt < 0 || causeAt < 0)
            return found;
        const auto rows = table["rows"];
        for (int i = 0; i < rows.size(); ++i)
            if (rows[i][causeAt].toString().toStdString() == cause && std::abs(static_cast<double>(rows[i][lengthAt]) - lengthMs) <= 1.0)
                ++found;
        return found;
    }

    static double figure(const juce::var& call, const char* path) { return static_cast<double>(call["figures"][juce::Identifier(path)]["value"]); }

    /** A tone with a silence of 20 ms every ten seconds, the first after five. */
    static std::vector<float> toneWithGaps(double seconds, int rateHz)
    {
        std::vector<float> sound(static_cast<size_t>(seconds * rateHz));
        for (size_t i = 0; i < sound.size(); ++i)
        {
            const auto t = static_cast<double>(i) / rateHz;
            const auto isSilent = std::fmod(t + 5.0, 10.0) < 0.020 && t > 1.0;
            sound[i] = isSilent ? 0.0f : static_cast<float>(0.1 * std::sin(2.0 * std::numbers::pi * 1004.0 * t));
        }
        return sound;
    }
};

TEST_F(NamedFaults, AMutedLegAnEchoTooMuchGainAndASwappedLeg)
{
    constexpr std::array<const char*, 4> names { "alice", "bob", "carol", "dave" };
    EngineHere mixer(4);
    ASSERT_TRUE(mixer.engine.start().ok());
    const auto cell = [&](int listener, int speaker, double gainDb) {
        MixerCommand command;
        command.kind = MixerCommand::Kind::setCell;
        command.leg = listener;
        command.from = speaker;
        command.gainDb = gainDb;
        EXPECT_TRUE(mixer.engine.command(command).ok());
    };

    // Alice should hear bob and carol, bob alice and carol, carol alice and bob; dave should hear alice, and neither bob nor carol.
    const std::array<std::string, 4> expected { "hears: {bob: true, carol: true}", "hears: {alice: true, carol: true}", "hears: {alice: true, bob: true}",
                                                "hears: {alice: true, bob: false}" };
    std::vector<std::unique_ptr<Milliwatt>> sources;
    for (size_t i = 0; i < names.size(); ++i)
    {
        const std::vector<std::string> arguments {
            "source", "--call", mixer.engine.localUri(), "--codecs", "L16", "--rate", std::to_string(EngineHere::rateHz),
            "--jitter-buffer", std::to_string(here::depthMs), "--max-backlog", std::to_string(here::backlogMs),
            "--pilot", std::to_string(i + 1) + "@-20", "--pilot-names", "1=alice@-20,2=bob@-20,3=carol@-20,4=dave@-20",
            "--report", std::string(names[i]) + ".json", "--expect", expected[i] };
        sources.push_back(std::make_unique<Milliwatt>(folder(), arguments));
        ASSERT_TRUE(mixer.waitUntil([&] { return mixer.established() == i + 1; })) << sources.back()->log();
        if (i == 0)
        {
            cell(0, 1, 3.0);         // too much gain
            cell(1, 1, -30.0);       // self-echo
            cell(2, 0, silenceDb);   // muted
            cell(3, 0, silenceDb);   // swapped: bob in place of alice
            cell(0, 3, silenceDb);   // dave only listens
            cell(1, 3, silenceDb);
            cell(2, 3, silenceDb);
        }
    }
    ASSERT_TRUE(mixer.waitForSound(9.0));  // with all four
    const std::array<std::string, 4> wanted { "gain", "echo", "muted", "swapped" };
    for (size_t i = 0; i < names.size(); ++i)
    {
        const auto isAsExpected = i < 2;  // bob's echo and alice's gain break no expectation
        EXPECT_EQ(sources[i]->interrupt(), isAsExpected ? 0 : static_cast<int>(ExitCode::expectationFailed)) << sources[i]->log();
        const auto call = json(file(std::string(names[i]) + ".json"))["calls"][0];
        expectNamed(call, wanted[i], names[i]);
        EXPECT_NE(sources[i]->log().find("fault (mixer"), std::string::npos) << sources[i]->log();
        std::cout << names[i] << ": " << told(call);
        if (wanted[i] == "gain")
        {
            EXPECT_NEAR(valueOf(call, "gain").value_or(0.0), 3.0, 0.2);
        }
        if (wanted[i] == "echo")
        {
            EXPECT_NEAR(valueOf(call, "echo").value_or(0.0), -30.0, 0.3);
        }
        if (wanted[i] == "muted" || wanted[i] == "swapped")
        {
            EXPECT_NE(told(call).find("alice"), std::string::npos) << told(call);
        }
    }
    mixer.engine.handleEvents();
}

TEST_F(NamedFaults, LossLatePacketsGapsDigitsAndDrift)
{
    // Programs that start, and a machine that falls idle, move the quickest packets by some tenths of a millisecond, as 50 ppm do within
    // seconds: so all talk for long, and for equally long.
    constexpr auto soundS = 28.0;
    const auto duration = std::to_string(soundS);
    const std::vector<std::string> common { "--codecs", "PCMU", "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000" };
    const auto with = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), common.begin(), common.end());
        return arguments;
    };
    ListeningProgram sink(folder(), "sink", with({ "--calls", "6", "--report", "sink.json" }));
    WavFile::write(file("gaps.wav"), toneWithGaps(soundS, 8000), 8000);

    test::FaultyNetwork::Config lossy, stalling;
    lossy.toCallee.periodicLoss = test::NetworkFaults::Periodic { 100, 1, 50 };
    stalling.toCallee.stalls.push_back({ 300, 30, 20.0, 600.0 });
    test::FaultyNetwork loses(sink.sipPort(), lossy), stalls(sink.sipPort(), stalling);

    struct Case
    {
        std::string caller;
        std::vector<std::string> arguments;
        std::string wanted;
        double value = 0.0, tolerance = 0.0;
    };
    const std::vector<Case> cases {
        { "loses", { "--call", loses.uri(), "--play", "tone:1004@-13", "--duration", duration }, "loss", 1.0, 0.11 },
        { "stalls", { "--call", stalls.uri(), "--play", "tone:1004@-13", "--duration", duration }, "late packets" },
        { "breaks", { "--call", sink.uri(), "--play", "gaps.wav" }, "gaps" },
        { "hurries", { "--call", sink.uri(), "--play", "dtmf:159D*0#,159D*0#", "--dtmf-on", "30", "--dtmf-off", "70" }, "short digit", 28.0, 1.0 },
        { "twists", { "--call", sink.uri(), "--play", "dtmf:159D*0#,159D*0#", "--dtmf-twist", "6" }, "twist", 6.0, 0.3 },
    };
    std::vector<std::unique_ptr<Milliwatt>> sources;
    for (const auto& each : cases)
    {
        auto arguments = with(each.arguments);
        arguments.insert(arguments.begin(), { "source", "--user", each.caller });
        sources.push_back(std::make_unique<Milliwatt>(folder(), arguments));
    }

    EngineHere fast(1, std::make_shared<test::ScaledClock>(50.0), "PCMU");
    MixerCommand tone;
    tone.kind = MixerCommand::Kind::setTone;
    tone.frequencyHz = 1004.0;
    tone.levelDbm0 = -13.0;
    ASSERT_TRUE(fast.engine.start().ok());
    const auto leg = fast.engine.dial(sink.uri(), "fast");
    ASSERT_TRUE(leg.ok());
    ASSERT_TRUE(fast.engine.command(tone).ok());
    ASSERT_TRUE(fast.waitUntil([&] { return fast.established() == 1; }));
    ASSERT_TRUE(fast.waitForSound(soundS - 1.0));
    fast.engine.hangUp(leg.value());
    fast.engine.handleEvents();

    for (const auto& source : sources)
        EXPECT_EQ(source->finish(), 0) << source->log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    const auto calls = json(file("sink.json"))["calls"];
    ASSERT_EQ(calls.size(), 6);
    const auto callOf = [&](const std::string& caller) {
        for (int i = 0; i < calls.size(); ++i)
            if (calls[i]["peerUri"].toString().startsWith("sip:" + juce::String(caller) + "@"))
                return calls[i];
        ADD_FAILURE() << "no call of " << caller;
        return juce::var();
    };
    for (const auto& each : cases)
    {
        const auto call = callOf(each.caller);
        std::cout << each.caller << ": " << told(call);
        expectNamed(call, each.wanted, each.caller);
        if (each.tolerance > 0.0)
        {
            EXPECT_NEAR(valueOf(call, each.wanted).value_or(-999.0), each.value, each.tolerance) << each.caller;
        }
    }
    const auto drifting = callOf("milliwatt");
    std::cout << "drifts: " << told(drifting);
    expectNamed(drifting, "drift", "drifts");
    EXPECT_NEAR(valueOf(drifting, "drift").value_or(0.0), 50.0, 10.0);

    // The three breaks of the gappy sound are the sender's, those of the lossy network the network's. A sender that stood still makes others, and
    // a sink that stood still just then takes one upon itself.
    const auto ofSender = breaksOf(callOf("breaks"), "sender", 20.0);
    EXPECT_TRUE(ofSender == 3 || ofSender == 2) << ofSender << "\n" << juce::JSON::toString(callOf("breaks")["tables"]["gaps"]);
    EXPECT_EQ(figure(callOf("breaks"), "gaps.from_network"), 0.0);
    EXPECT_GE(figure(callOf("loses"), "gaps.from_network"), 9.0);
    EXPECT_GT(figure(callOf("stalls"), "gaps.from_jitter_buffer"), 0.0);
}
