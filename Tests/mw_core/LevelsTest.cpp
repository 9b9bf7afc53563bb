#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using mw::Law;

TEST(Levels, OverloadPointsOfG711)
{
    EXPECT_NEAR(mw::dbm0FromRms(std::sqrt(0.5), Law::mu), 3.17, 1e-12);
    EXPECT_NEAR(mw::dbm0FromRms(std::sqrt(0.5), Law::a), 3.14, 1e-12);
}

TEST(Levels, ZeroDbm0IsMinus6p18DbovUnderMuLawAndMinus6p15UnderALaw)
{
    EXPECT_NEAR(mw::dbovFromRms(mw::rmsFromDbm0(0.0, Law::mu)), -6.18, 0.005);
    EXPECT_NEAR(mw::dbovFromRms(mw::rmsFromDbm0(0.0, Law::a)), -6.15, 0.005);
    EXPECT_NEAR(mw::dbfsFromRms(mw::rmsFromDbm0(0.0, Law::mu)), -3.17, 1e-9);
    EXPECT_NEAR(mw::dbfsFromRms(mw::rmsFromDbm0(0.0, Law::a)), -3.14, 1e-9);
}

TEST(Levels, TheDigitalMilliwattOfMuLawIs0Dbm0)
{
    // ITU-T G.711, table 6: 1E 0B 0B 1E 9E 8B 8B 9E; decoded by the formula of table 2a to a scale where 8159 is the virtual edge.
    const auto decoded = [](int octet) {
        const auto code = ~octet & 0xff;
        const auto magnitude = ((((code & 0x0f) << 1) + 33) << ((code >> 4) & 7)) - 33;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    };
    double squares = 0.0;
    for (const auto octet : { 0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e })
        squares += std::pow(decoded(octet) / 8192.0, 2.0);
    EXPECT_NEAR(mw::dbm0FromRms(std::sqrt(squares / 8.0), Law::mu), 0.0, 0.05);
}

TEST(Levels, TheDigitalMilliwattOfALawIs0Dbm0)
{
    // ITU-T G.711, table 5: 34 21 21 34 B4 A1 A1 B4; even bits inverted, full scale 4096.
    const auto decoded = [](int octet) {
        const auto code = octet ^ 0x55;
        const auto segment = (code >> 4) & 7, step = code & 0x0f;
        const auto magnitude = segment == 0 ? 2 * step + 1 : (2 * step + 33) << (segment - 1);
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    };
    double squares = 0.0;
    for (const auto octet : { 0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4 })
        squares += std::pow(decoded(octet) / 4096.0, 2.0);
    EXPECT_NEAR(mw::dbm0FromRms(std::sqrt(squares / 8.0), Law::a), 0.0, 0.05);
}

TEST(Levels, ConversionsAreInverse)
{
    for (const auto law : { Law::mu, Law::a })
        for (double level = -90.0; level <= 20.0; level += 3.7)
        {
            EXPECT_NEAR(mw::dbm0FromRms(mw::rmsFromDbm0(level, law), law), level, 1e-9);
            EXPECT_NEAR(mw::sineAmplitudeFromDbm0(level, law) / mw::rmsFromDbm0(level, law), std::sqrt(2.0), 1e-12);
            EXPECT_NEAR(mw::dbFromGain(mw::gainFromDb(level)), level, 1e-9);
        }
}

TEST(Levels, SilenceIsMinusInfinityBothWays)
{
    EXPECT_EQ(mw::gainFromDb(mw::silenceDb), 0.0);
    EXPECT_EQ(mw::dbFromGain(0.0), mw::silenceDb);
    EXPECT_EQ(mw::dbm0FromRms(0.0, Law::mu), mw::silenceDb);
    EXPECT_EQ(mw::rmsFromDbm0(mw::silenceDb, Law::a), 0.0);
    EXPECT_EQ(mw::gainFromDb(0.0), 1.0) << "unity is exact";
    EXPECT_EQ(mw::gainFromDb(20.0), 10.0);
}
