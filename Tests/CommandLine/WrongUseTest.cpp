#include "Program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::HasSubstr;

namespace
{
struct WrongUse
{
    const char* name;
    std::vector<std::string> arguments;
    std::vector<const char*> complaint;  ///< parts of what standard error must say
};

void PrintTo(const WrongUse& wrongUse, std::ostream* stream) { *stream << wrongUse.name; }
} // namespace

class CommandLineWrongUse : public ::testing::TestWithParam<WrongUse>
{
};

TEST_P(CommandLineWrongUse, EndsWithCode2AndSaysWhatIsRight)
{
    const auto outcome = program::run(GetParam().arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.all();
    for (const auto* part : GetParam().complaint)
        EXPECT_THAT(outcome.err, HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(
    All, CommandLineWrongUse,
    ::testing::Values(
        WrongUse { "UnknownCommand", { "mixr" }, { "unknown command mixr", "did you mean mixer?" } },
        WrongUse { "UnknownOption", { "mixer", "--lges", "8" }, { "unknown option --lges", "did you mean --legs?" } },
        WrongUse { "UnknownOptionWithValue", { "sink", "--expect-dtfm=12" }, { "unknown option --expect-dtfm;", "did you mean --expect-dtmf?" } },
        WrongUse { "UnknownOptionUnlikeAny", { "mixer", "--zzzzzzzzzz" }, { "unknown option --zzzzzzzzzz\n" } },
        WrongUse { "ExpectAnUnknownFigure", { "sink", "--expect", "level.actve_dbm0: -16" },
                   { "--expect", "nothing measures 'level.actve_dbm0'", "did you mean level.active_dbm0?" } },
        WrongUse { "ExpectNonsense", { "sink", "--expect", "transport.lost: some" }, { "column 17: a number is missing" } },
        WrongUse { "HearNonsense", { "mixer", "--hear", "1-2" }, { "'1-2' is not LEG:FROM[@dB]" } },
        WrongUse { "HearEndless", { "mixer", "--hear", "1:2@1." + std::string(100000, '0') }, { "is not LEG:FROM[@dB]" } },
        WrongUse { "HearTooLoud", { "mixer", "--hear", "1:2@21" }, { "-inf or -60 to 20 dB" } },
        WrongUse { "HearNoSuchLeg", { "mixer", "--legs", "4", "--hear", "1:5" }, { "legs are numbered from 1 to 4" } },
        WrongUse { "UnexpectedArgument", { "mixer", "surplus" }, { "unexpected argument surplus" } },
        WrongUse { "ValueMissing", { "mixer", "--legs" }, { "--legs: a value is missing" } },
        WrongUse { "GivenTwice", { "mixer", "--legs", "1", "--legs", "2" }, { "--legs", "more than once" } },
        WrongUse { "LegsTooFew", { "mixer", "--legs", "0" }, { "--legs", "0 is out of range", "1 to 2048" } },
        WrongUse { "LegsTooMany", { "mixer", "--legs", "2049" }, { "--legs", "1 to 2048" } },
        WrongUse { "LegsNotWhole", { "mixer", "--legs", "1.5" }, { "not a whole number" } },
        WrongUse { "LegsNoNumber", { "mixer", "--legs", "many" }, { "'many' is not a number" } },
        WrongUse { "LegsWithRest", { "mixer", "--legs", "8x" }, { "'8x' is not a number" } },
        WrongUse { "PtimeNotOffered", { "mixer", "--ptime", "25" }, { "5, 10, 20, 30, 40 or 60 ms" } },
        WrongUse { "TickLongerThanPackets", { "mixer", "--tick", "20", "--ptime", "10" }, { "ticks of 20 ms with packets of 10 ms", "a --tick that --ptime is a multiple of" } },
        WrongUse { "TickThatPacketsAreNoMultipleOf", { "source", "--call", "a@127.0.0.1", "--tick", "20", "--ptime", "30" }, { "unevenly", "multiple" } },
        WrongUse { "TickNotOffered", { "sink", "--tick", "7" }, { "--tick", "5, 10, 20, 30, 40 or 60 ms" } },
        WrongUse { "WorkersTooMany", { "mixer", "--workers", "64" }, { "--workers", "0 to 63 threads" } },
        WrongUse { "OpusComplexityTooHigh", { "mixer", "--opus-complexity", "11" }, { "--opus-complexity", "0 to 10" } },
        WrongUse { "RateNotOffered", { "mixer", "--rate", "44100" }, { "8000, 16000, 32000 or 48000 Hz" } },
        WrongUse { "GainTooHigh", { "mixer", "--gain-in", "20.5" }, { "--gain-in", "-inf or -60 to 20 dB" } },
        WrongUse { "GainTooLow", { "mixer", "--dtmf-gain", "-61" }, { "--dtmf-gain", "-inf or -60 to 20 dB" } },
        WrongUse { "GainNotANumber", { "mixer", "--gain-in", "nan" }, { "--gain-in", "is not a number" } },
        WrongUse { "ModeUnknown", { "mixer", "--mode", "ring" }, { "'ring' is not known", "conference, funnel or matrix" } },
        WrongUse { "SinkInConference", { "mixer", "--mode", "conference", "--sink", "127.0.0.1:5070" }, { "--sink", "--mode conference" } },
        WrongUse { "MoreDialledThanLegs", { "mixer", "--legs", "1", "--dial", "sip:a@127.0.0.1", "--dial", "sip:b@127.0.0.1" }, { "dial 2 legs", "--legs is 1" } },
        WrongUse { "Finding21_WrongDigit", { "mixer", "--dtmf", "12X" }, { "--dtmf", "'X'", "position 3" } },
        WrongUse { "DigitTimeTooShort", { "mixer", "--dtmf", "1", "--dtmf-on", "9" }, { "--dtmf-on", "10 to 10000 ms" } },
        WrongUse { "TooManyDigits", { "mixer", "--dtmf", std::string(129, '1') }, { "--dtmf", "128" } },
        WrongUse { "CodecUnknown", { "mixer", "--codecs", "PCMU,G729" }, { "'G729' is not a known codec", "PCMU" } },
        WrongUse { "RtpPortsTurned", { "mixer", "--rtp-ports", "20000-10000" }, { "--rtp-ports", "pair" } },
        WrongUse { "RtpPortsNoRange", { "mixer", "--rtp-ports", "10000" }, { "10000-19999" } },
        WrongUse { "ListenNoPort", { "mixer", "--listen", "127.0.0.1" }, { "lacks a port" } },
        WrongUse { "ListenPortTooHigh", { "mixer", "--listen", "127.0.0.1:65536" }, { "0 to 65535" } },
        WrongUse { "ListenNoAddress", { "mixer", "--listen", "nowhere:5060" }, { "'nowhere' is not a numeric address" } },
        WrongUse { "BacklogTooSmall", { "mixer", "--max-backlog", "19" }, { "20 to 2000 ms" } },
        WrongUse { "DriftCorrectionWord", { "mixer", "--drift-correction", "maybe" }, { "'maybe' is not known", "on or off" } },
        WrongUse { "PreloadTooMany", { "mixer", "--preload", "51" }, { "1 to 50 packets" } },
        WrongUse { "JitterLimitsTurned", { "mixer", "--jitter-min", "300", "--jitter-max", "200" }, { "--jitter-min 300 ms is more than --jitter-max 200 ms" } },
        WrongUse { "AccountPart", { "mixer", "--account", "sip:a@b;paswd=c" }, { "'paswd' is not a part of an account" } },
        WrongUse { "SourceWithoutCall", { "source", "--play", "silence" }, { "--call URI is needed" } },
        WrongUse { "SourceUriWithBlank", { "source", "--call", "sip:a b" }, { "blank" } },
        WrongUse { "SourceUriPort", { "source", "--call", "sip:a@b:99999" }, { "wrong port" } },
        WrongUse { "PlayNothingKnown", { "source", "--call", "127.0.0.1:9", "--play", "tone:loud" }, { "--play", "tone:" } },
        WrongUse { "PlayWrongDigit", { "source", "--call", "127.0.0.1:9", "--play", "dtmf:1Z" }, { "--play", "'Z'", "position 2" } },
        WrongUse { "LevelMisspelt", { "sink", "--expect-level", "loud" }, { "--expect-level", "-10±0.5" } },
        WrongUse { "LevelTolerance", { "sink", "--expect-level", "-10±" }, { "tolerance" } },
        WrongUse { "ToneTooHigh", { "sink", "--expect-tone", "1000000" }, { "--expect-tone", "out of range" } },
        WrongUse { "ExpectWrongDigit", { "sink", "--expect-dtmf", "1E" }, { "'E'", "position 2" } }),
    [](const auto& instance) { return instance.param.name; });
