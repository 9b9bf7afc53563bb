#include "SupportBench.h"

using namespace std::chrono_literals;

namespace
{

struct CodecCase
{
    const char* codec;
    const char* rateHz;
    double toneHz;
    double toleranceDb;  ///< of the level that arrives
    const char* tickMs = "20";  ///< of both ends; packets are 20 ms whatever the tick
};

} // namespace

/** A call between two processes of ours over each codec: the tone that arrives, measured in the sink's recording. */
class CodecCalls : public Bench, public ::testing::WithParamInterface<CodecCase>
{
};

TEST_P(CodecCalls, ToneArrivesAtItsLevel)
{
    const auto& each = GetParam();
    const std::string hz = std::to_string(static_cast<int>(each.toneHz));
    ListeningProgram sink(folder(), "sink", { "--rate", each.rateHz, "--codecs", each.codec, "--tick", each.tickMs, "--jitter-buffer", "200", "--max-backlog", "1000",
                                       "--expect-tone", hz + "±2", "--expect-level", "-10±1", "--expect", "transport.ptime_ms: 20", "--min-seconds", "2", "--calls", "1",
                                       "--report", "sink.json", "--record", "sink.wav" });
    Milliwatt source(folder(), { "source", "--call", sink.uri(), "--codecs", each.codec, "--rate", each.rateHz, "--tick", each.tickMs,
                                 "--play", "tone:" + hz + "@-10", "--duration", "6" });
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    EXPECT_NE(readText(file("sink.json")).find(each.codec), std::string::npos) << readText(file("sink.json"));

    // −10 dBm0 is −13.17 dB below a full-scale sine (µ-law reference, the default).
    const auto recording = WavFile::read(file("sink.wav"));
    const auto span = activeSpan(recording.samples, recording.rateHz);
    const auto part = std::span<const float>(recording.samples).subspan(span.begin, span.end - span.begin);
    const auto level = sound::medianToneLevelDbfs(part, each.toneHz, recording.rateHz, 0.5, 0.1);
    ASSERT_TRUE(level.has_value()) << part.size();
    EXPECT_NEAR(*level, -13.17, each.toleranceDb);
    RecordProperty("levelDbfs", std::to_string(*level));

    // Nothing but the tone: a second one, or noise, would lift the whole above it.
    const auto middle = part.subspan(part.size() / 3, static_cast<size_t>(recording.rateHz) / 2);
    EXPECT_NEAR(sound::rmsDbfs(middle), *level, 0.5);
}

INSTANTIATE_TEST_SUITE_P(SourceToSink, CodecCalls,
                         ::testing::Values(CodecCase { "PCMU", "8000", 1000.0, 0.2 }, CodecCase { "PCMA", "8000", 1000.0, 0.2 },
                                           CodecCase { "G722", "16000", 3100.0, 0.5 }, CodecCase { "opus", "48000", 3100.0, 0.7 },
                                           CodecCase { "L16", "16000", 3100.0, 0.1 }, CodecCase { "PCMU", "16000", 1000.0, 0.2, "5" },
                                           CodecCase { "L16", "16000", 3100.0, 0.1, "10" }),
                         [](const auto& chosen) {
                             const std::string tickMs = chosen.param.tickMs;
                             return std::string(chosen.param.codec) + (tickMs == "20" ? "" : "InTicksOf" + tickMs + "Ms");
                         });
