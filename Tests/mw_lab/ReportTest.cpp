#include "LabBench.h"
#include "ReadingBench.h"

#include <mw_lab/report/Numbers.h>

#include <gtest/gtest.h>

#include <sstream>

namespace mw::lab_test
{

namespace
{

/** Columns that a line takes on a terminal: code points, colour sequences left out. */
size_t columns(const std::string& line)
{
    size_t count = 0;
    for (size_t i = 0; i < line.size(); ++i)
    {
        if (line[i] == '\x1b')
        {
            i = line.find('m', i);
            continue;
        }
        count += (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80 ? 1u : 0u;
    }
    return count;
}

/** A snapshot with every kind of call in it. */
EngineSnapshot busySnapshot()
{
    EngineSnapshot snapshot;
    snapshot.number = 4711;
    snapshot.timeNs = 90'000'000'000;
    snapshot.runningNs = 3'725'000'000'000;
    snapshot.maxLegs = 64;
    snapshot.localUri = "sip:127.0.0.1:5060";
    snapshot.mixer.samplePosition = 1'000'000;
    snapshot.mixer.sampleRateHz = 16000.0;
    snapshot.mixer.blockFrames = 320;
    snapshot.mixer.dtmfDigit = '7';
    snapshot.mixer.master.rms = static_cast<float>(rmsFromDbm0(-12.5, Law::mu));
    snapshot.ticks.ticks = 5000;
    snapshot.ticks.lateTicks = 3;
    snapshot.ticks.load = 0.07;
    snapshot.callsTotal = 4;
    snapshot.callsFailed = 1;
    snapshot.legsRefused = 2;

    StripRow strip;
    strip.index = 0;
    strip.in.rms = static_cast<float>(rmsFromDbm0(-18.2, Law::mu));
    strip.out.rms = 0.0f;
    strip.gainDb = -6.0f;
    strip.muted = true;
    snapshot.strips.push_back(strip);
    strip = {};
    strip.index = 64;
    snapshot.strips.push_back(strip);

    LegRow row;
    row.channel = 0;
    row.media.playout.packets = 1550;  // all doubled but for 5, and telephone-events among them
    row.media.playout.inTime = 995;
    row.media.playout.lost = 5;
    row.media.playout.jitterMs = 1.25;
    row.media.playout.depthMs = 40.0;
    row.media.playout.driftKnown = true;
    row.media.playout.driftPpm = -37.5;
    row.media.playout.resampling = true;
    row.media.playout.resamplings = 2;
    snapshot.legs.push_back(row);

    CallInfo call;
    call.leg = 1;
    call.channel = 0;
    call.peerUri = "sip:speaker@192.0.2.1";
    call.peerName = "speaker";
    call.state = CallState::established;
    call.codec = "PCMU/8000";
    call.ptimeMs = 20;
    call.startedNs = 1'000'000'000;
    call.establishedNs = 2'000'000'000;
    call.digitsReceived = "12345678901234567890";
    snapshot.calls.push_back(call);
    call = {};
    call.leg = 2;
    call.channel = 1;
    call.outgoing = true;
    call.peerUri = "sip:très-long-name-with-ümlauts-and-more@host.example.org";
    call.state = CallState::ringing;
    snapshot.calls.push_back(call);
    call = {};
    call.leg = 3;
    call.peerUri = "sip:gone\x1b[31m@x";
    call.state = CallState::closed;
    call.failed = true;
    call.sipCode = 486;
    call.reason = "Busy Here";
    snapshot.calls.push_back(call);
    return snapshot;
}

} // namespace

// A peer's name that ended inside a character made JUCE read beyond it.
TEST(JuceText, ReplacesWhatIsNoUtf8AndKeepsTheRest)
{
    const std::string rest = "\xef\xbf\xbd";
    const auto text = [](std::string_view octets) { return juceText(octets).toStdString(); };
    EXPECT_EQ(text("caf\xc3\xa9 \xe2\x88\x92\xf0\x9f\x8e\xb5"), "caf\xc3\xa9 \xe2\x88\x92\xf0\x9f\x8e\xb5");
    EXPECT_EQ(text("a\xf0"), "a" + rest);
    EXPECT_EQ(text("a\xe2\x88"), "a" + rest + rest);
    EXPECT_EQ(text("\xc0\x80\xff" "b"), rest + rest + rest + "b");
    EXPECT_EQ(text("\xc3(\x80"), rest + "(" + rest);
    EXPECT_EQ(text(std::string_view("a\0b", 3)), "a");
    EXPECT_EQ(text(""), "");
    // Memory that ends where the text does.
    for (int first = 0; first < 256; ++first)
    {
        const std::vector<char> octet(1, static_cast<char>(first));
        const auto shown = text({ octet.data(), octet.size() });
        EXPECT_EQ(shown, first == 0 ? "" : first < 0x80 ? std::string(1, octet[0]) : rest) << first;
    }
}

TEST(Numbers, HaveRealMinusSignsAndWordsForWhatIsNone)
{
    EXPECT_EQ(fixedText(-18.25, 1), "−18.2");
    EXPECT_EQ(fixedText(0.04, 1), "0.0");
    EXPECT_EQ(fixedText(-0.04, 1), "0.0");
    EXPECT_EQ(fixedText(silenceDb, 1), "−∞");
    EXPECT_EQ(fixedText(std::numeric_limits<double>::quiet_NaN(), 1), "—");
    EXPECT_EQ(fixedText(1e300, 0).size(), 301u);
}

TEST(StatusTable, FitsEveryWidthWithAndWithoutColour)
{
    const auto snapshot = busySnapshot();
    for (int width = 20; width <= 220; ++width)
        for (const auto colour : { false, true })
            for (const auto& line : linesOf(statusTable(snapshot, width, colour)))
                ASSERT_LE(columns(line), static_cast<size_t>(width)) << line;
    EXPECT_EQ(statusTable(snapshot, 120, false).find('\x1b'), std::string::npos) << "an escape sequence of a peer's name came through";
}

TEST(StatusTable, ShowsWhatWasMeasuredAndDashesForTheRest)
{
    const auto lines = linesOf(statusTable(busySnapshot(), 160, false));
    ASSERT_GE(lines.size(), 7u);
    EXPECT_NE(lines[0].find("01:02:05"), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find("2/64 legs"), std::string::npos) << lines[0];
    EXPECT_NE(lines[1].find("mix −12.5 dBm0"), std::string::npos) << lines[1];
    EXPECT_NE(lines[1].find("DTMF 7"), std::string::npos) << lines[1];
    EXPECT_EQ(lines[2], "INCIDENTS: late ticks 3, calls failed 1, callers refused 2");
    for (const auto* unit : { "in dBm0", "out dBm0", "gain dB", "lost %", "jitter ms", "buffer ms" })
        EXPECT_NE(lines[3].find(unit), std::string::npos) << unit;
    for (const auto* part : { "speaker", "established", "PCMU/8000", "−18.2", "−∞", "−6.0", "M", "0.5", "1.2", "40", "…678901234567890", "█" })
        EXPECT_NE(lines[4].find(part), std::string::npos) << part << " in " << lines[4];
    EXPECT_NE(lines[5].find("ringing"), std::string::npos);
    EXPECT_NE(lines[5].find("—"), std::string::npos);
    EXPECT_EQ(lines[5].find("0.0"), std::string::npos) << "a number that nobody measured: " << lines[5];
    EXPECT_NE(lines[6].find("failed 486 Busy Here"), std::string::npos) << lines[6];
}

TEST(StatusTable, AnEmptyEngineHasNoNumbersOfSound)
{
    const auto table = statusTable(EngineSnapshot {}, 80, false);
    EXPECT_NE(table.find("no calls"), std::string::npos);
    EXPECT_NE(table.find("mix — dBm0"), std::string::npos);
    EXPECT_NE(statusLine(EngineSnapshot {}).find("no sound yet"), std::string::npos);
}

TEST(StatusLine, IsOneLineWithUnits)
{
    const auto line = statusLine(busySnapshot());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    for (const auto* part : { "mix −12.5 dBm0", "1 speaker −18.2 dBm0", "DTMF 7", "5000 ticks", "INCIDENTS: late ticks 3, calls failed 1, callers refused 2" })
        EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
}

TEST(SnapshotJson, IsValidCompleteAndNullWhereNothingWasMeasured)
{
    const auto text = juce::JSON::toString(toJson(busySnapshot()), true);
    juce::var json;
    ASSERT_TRUE(juce::JSON::parse(text, json).wasOk()) << text;
    EXPECT_FALSE(text.contains("nan"));
    EXPECT_FALSE(text.contains("inf"));
    EXPECT_FALSE(text.contains("undefined"));
    EXPECT_EQ(json["schema"].toString(), "milliwatt.metrics/1");
    EXPECT_EQ(static_cast<int>(json["number"]), 4711);
    EXPECT_EQ(json["levels"]["law"].toString(), "mu");
    EXPECT_DOUBLE_EQ(json["levels"]["fullScaleSineDbm0"], 3.17);
    EXPECT_NEAR(static_cast<double>(json["mixer"]["master"]["levelDbm0"]), -12.5, 1e-4);

    const auto strip = json["strips"][0];
    EXPECT_NEAR(static_cast<double>(strip["in"]["levelDbm0"]), -18.2, 1e-4);
    EXPECT_TRUE(strip["out"]["levelDbm0"].isVoid()) << "silence is not a number";
    EXPECT_EQ(json["strips"][1]["name"].toString(), "dtmf");

    const auto call = json["calls"][0];
    EXPECT_EQ(call["state"].toString(), "established");
    EXPECT_NEAR(static_cast<double>(call["media"]["received"]["lossPercent"]), 0.5, 1e-9);
    EXPECT_DOUBLE_EQ(static_cast<double>(call["media"]["received"]["driftPpm"]), -37.5);
    EXPECT_TRUE(static_cast<bool>(call["media"]["received"]["resampling"]));
    EXPECT_EQ(static_cast<int>(call["media"]["received"]["resamplings"]), 2);
    EXPECT_EQ(call["digitsReceived"].toString(), "12345678901234567890");
    EXPECT_TRUE(json["calls"][1]["codec"].isVoid());
    EXPECT_TRUE(json["calls"][1]["media"].isVoid());
    EXPECT_TRUE(json["calls"][1]["establishedS"].isVoid());
    EXPECT_TRUE(json["calls"][2]["channel"].isVoid());
    EXPECT_EQ(static_cast<int>(json["calls"][2]["sipCode"]), 486);
}

TEST(MetricsWriter, WritesOneObjectALineAndEndedCallsOnce)
{
    const TestFolder folder;
    const auto file = folder.file("metrics.jsonl");
    file.replaceWithText("something old that is longer than nothing\n");
    {
        auto writer = MetricsWriter::open(file);
        ASSERT_TRUE(writer.ok());
        auto snapshot = busySnapshot();
        for (int i = 0; i < 3; ++i)
            ASSERT_TRUE(writer.value()->write(snapshot).ok());
        snapshot.calls[0].state = CallState::closed;
        ASSERT_TRUE(writer.value()->write(snapshot).ok());
        ASSERT_TRUE(writer.value()->write(snapshot).ok());
        EXPECT_EQ(writer.value()->lines(), 5u);
    }
    juce::StringArray lines;
    file.readLines(lines);
    lines.removeEmptyStrings();
    ASSERT_EQ(lines.size(), 5);
    const std::array expected { 3, 2, 2, 2, 1 };
    for (int i = 0; i < 5; ++i)
    {
        juce::var json;
        ASSERT_TRUE(juce::JSON::parse(lines[i], json).wasOk()) << lines[i];
        EXPECT_EQ(json["calls"].size(), expected[static_cast<size_t>(i)]) << i;
    }
}

TEST(MetricsWriter, Finding22_FailuresNameFileAndReason)
{
    const auto missing = MetricsWriter::open(juce::File("/no/such/folder/m.jsonl"));
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().message().find("/no/such/folder/m.jsonl"), std::string::npos);
    EXPECT_NE(missing.error().message().find("No such file or directory"), std::string::npos);

    auto full = MetricsWriter::open(juce::File("/dev/full"));
    ASSERT_TRUE(full.ok()) << full.error().message();
    const auto first = full.value()->write(busySnapshot());
    ASSERT_FALSE(first.ok());
    EXPECT_NE(first.error().message().find("No space left on device"), std::string::npos) << first.error().message();
    EXPECT_FALSE(full.value()->write(busySnapshot()).ok());
}

} // namespace mw::lab_test
