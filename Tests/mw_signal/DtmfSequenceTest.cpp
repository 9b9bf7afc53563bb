#include "SignalTools.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <limits>
#include <set>

using mw::DtmfSequence;
using mw::DtmfSettings;

TEST(DtmfSequence, TakesEveryDigitAndThePause)
{
    const auto parsed = DtmfSequence::parse("0123456789ABCD*#,abcd");
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed.value().text(), "0123456789ABCD*#,ABCD");
}

TEST(DtmfSequence, Finding02_EveryLengthUpTo128IsTakenAndNoMore)
{
    for (size_t length = 0; length <= DtmfSequence::maxLength; ++length)
    {
        const auto parsed = DtmfSequence::parse(std::string(length, '5'));
        ASSERT_TRUE(parsed.ok()) << length;
        EXPECT_EQ(parsed.value().length, length);
        EXPECT_EQ(parsed.value().text(), std::string(length, '5'));
    }
    const auto tooLong = DtmfSequence::parse(std::string(129, '5'));
    ASSERT_FALSE(tooLong.ok());
    EXPECT_EQ(tooLong.error().code, mw::ExitCode::wrongUse);
    EXPECT_NE(tooLong.error().message().find("129"), std::string::npos);
    EXPECT_NE(tooLong.error().message().find("128"), std::string::npos);
}

TEST(DtmfSequence, Finding21_NamesTheWrongCharacterAndItsPosition)
{
    const auto parsed = DtmfSequence::parse("12X4Y");
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().code, mw::ExitCode::wrongUse);
    EXPECT_EQ(parsed.error().why, "character 'X' at position 3 is no DTMF digit");
    EXPECT_EQ(DtmfSequence::parse("\x07").error().why, "character 0x07 at position 1 is no DTMF digit");
    EXPECT_EQ(DtmfSequence::parse("1 2").error().why, "character ' ' at position 2 is no DTMF digit");
    EXPECT_EQ(DtmfSequence::parse("1\xc3\xa4").error().why, "character 0xc3 at position 2 is no DTMF digit");
    EXPECT_EQ(DtmfSequence::parse(std::string_view("1\0", 2)).error().why, "character 0x00 at position 2 is no DTMF digit");
}

TEST(DtmfSequence, Finding21_EveryByteAtEveryPlaceIsTakenOrNamedWithItsPosition)
{
    const std::string taken = "0123456789ABCDabcd*#,";
    for (const size_t length : { 1, 2, 3, 64, 127, 128 })
        for (const auto place : std::set<size_t> { 0, length / 2, length - 1 })
            for (int code = 0; code < 256; ++code)
            {
                const auto symbol = static_cast<char>(code);
                std::string text(length, '7');
                text[place] = symbol;
                const auto parsed = DtmfSequence::parse(text);
                ASSERT_EQ(parsed.ok(), taken.find(symbol) != std::string::npos) << code << " at " << place;
                if (parsed.ok())
                {
                    auto expected = text;
                    expected[place] = symbol >= 'a' && symbol <= 'd' ? static_cast<char>(symbol - 32) : symbol;
                    ASSERT_EQ(parsed.value().text(), expected);
                    continue;
                }
                std::array<char, 8> hex {};
                std::snprintf(hex.data(), hex.size(), "0x%02x", code);
                const auto shown = code >= 32 && code < 127 ? std::string("'") + symbol + "'" : std::string(hex.data());
                ASSERT_EQ(parsed.error().why, "character " + shown + " at position " + std::to_string(place + 1) + " is no DTMF digit");
                ASSERT_EQ(parsed.error().code, mw::ExitCode::wrongUse);
            }
}

TEST(DtmfSequence, Finding21_TheFirstOfSeveralWrongCharactersIsNamed)
{
    EXPECT_EQ(DtmfSequence::parse("1!2?").error().why, "character '!' at position 2 is no DTMF digit");
    EXPECT_EQ(DtmfSequence::parse("E0F").error().why, "character 'E' at position 1 is no DTMF digit");
    EXPECT_EQ(DtmfSequence::parse("123\n\t").error().why, "character 0x0a at position 4 is no DTMF digit");
}

TEST(DtmfSequence, WrongCharacterIsNamedEvenInATextThatIsTooLong)
{
    const auto parsed = DtmfSequence::parse(std::string(200, '1') + "x");
    ASSERT_FALSE(parsed.ok());
    EXPECT_NE(parsed.error().why.find("position 201"), std::string::npos);
}

TEST(DtmfSettings, CheckNamesValueRangeAndUnit)
{
    const auto failureOf = [](auto change) {
        DtmfSettings settings;
        change(settings);
        EXPECT_FALSE(settings.isValid());
        const auto checked = settings.check();
        EXPECT_FALSE(checked.ok());
        return checked.ok() ? std::string() : checked.error().message();
    };
    EXPECT_TRUE(DtmfSettings {}.check().ok());
    EXPECT_TRUE(DtmfSettings {}.isValid());

    const auto on = failureOf([](auto& s) { s.onMs = 9; });
    for (const auto* part : { "on time", " 9 ", "10", "10000", "ms" })
        EXPECT_NE(on.find(part), std::string::npos) << on;
    failureOf([](auto& s) { s.onMs = 10001; });
    failureOf([](auto& s) { s.offMs = 0; });
    failureOf([](auto& s) { s.offMs = -5; });
    failureOf([](auto& s) { s.gapMs = -1; });
    failureOf([](auto& s) { s.gapMs = 60001; });
    const auto level = failureOf([](auto& s) { s.lowDbm0 = 0.5; });
    for (const auto* part : { "0.5", "-60", "dBm0" })
        EXPECT_NE(level.find(part), std::string::npos) << level;
    failureOf([](auto& s) { s.lowDbm0 = std::numeric_limits<double>::quiet_NaN(); });
    failureOf([](auto& s) { s.lowDbm0 = mw::silenceDb; });
    failureOf([](auto& s) { s.twistDb = 20.5; });
    failureOf([](auto& s) { s.twistDb = std::numeric_limits<double>::infinity(); });
    failureOf([](auto& s) { s.sequence.length = 3; s.sequence.symbols[0] = 'Z'; });
    failureOf([](auto& s) { s.sequence.length = 500; });
}

TEST(DtmfSettings, LimitsAreTaken)
{
    for (const auto onMs : { 10, 10000 })
        for (const auto offMs : { 10, 10000 })
            for (const auto lowDbm0 : { -60.0, 0.0 })
                for (const auto twistDb : { -20.0, 20.0 })
                {
                    auto settings = signaltest::settingsFor("1", onMs, offMs);
                    settings.lowDbm0 = lowDbm0;
                    settings.twistDb = twistDb;
                    settings.gapMs = onMs == 10 ? 0 : 60000;
                    EXPECT_TRUE(settings.check().ok());
                }
}
