#include "RoleBench.h"

#include <mw_lab/measure/DtmfMeasurement.h>

#include <numbers>

namespace mw::lab_test
{

namespace
{
/** Digits of a given length, level and twist, with `aside` seconds of silence around them. */
std::vector<float> keys(const std::string& digits, int rateHz, int onMs = 60, double lowDbm0 = -12.0, double twistDb = 2.0)
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(digits).value();
    settings.onMs = onMs;
    settings.offMs = 80;
    settings.lowDbm0 = lowDbm0;
    settings.twistDb = twistDb;
    DtmfOscillator oscillator;
    oscillator.prepare(rateHz);
    oscillator.play(settings);
    std::vector<float> sound(static_cast<size_t>(rateHz) / 2 + digits.size() * static_cast<size_t>((onMs + 80) * rateHz / 1000));
    oscillator.render(std::span(sound).subspan(static_cast<size_t>(rateHz) / 4));
    return sound;
}

std::vector<SpandspDtmfReceiver::Digit> secondOpinionOf(const std::vector<float>& sound, int rateHz,
                                                        DtmfStandard standard = DtmfStandard::q24UnitedStates, size_t blockFrames = 160)
{
    SpandspDtmfReceiver receiver(rateHz, standard);
    EXPECT_TRUE(receiver.isUsable());
    for (size_t at = 0; at < sound.size(); at += blockFrames)
        receiver.process(std::span(sound).subspan(at, std::min(blockFrames, sound.size() - at)));
    receiver.flush();
    return receiver.digits();
}

std::string textOf(const std::vector<SpandspDtmfReceiver::Digit>& digits)
{
    std::string text;
    for (const auto& each : digits)
        text += each.digit;
    return text;
}

FigureSet measured(const std::vector<float>& sound, int rateHz, DtmfStandard standard = DtmfStandard::q24UnitedStates)
{
    DtmfMeasurement measurement(rateHz, Law::mu, standard);
    for (size_t at = 0; at < sound.size(); at += 320)
        measurement.process(std::span(sound).subspan(at, std::min<size_t>(320, sound.size() - at)), { at, 0, static_cast<double>(rateHz) });
    FigureSet figures;
    measurement.finish(figures);
    return figures;
}

std::string textIn(const FigureSet& figures, std::string_view path)
{
    const auto* figure = figures.find(path);
    return figure != nullptr && figure->isMeasured() ? std::get<std::string>(figure->value) : "—";
}

std::vector<TimedDigit> at(std::initializer_list<TimedDigit> digits) { return digits; }
} // namespace

TEST(SpandspDtmf, ReadsEveryKeyAtEveryRateWithItsTime)
{
    const std::string all = "1234567890*#ABCD";
    for (const auto rate : { 8000, 16000, 32000, 48000 })
        for (const size_t block : { 1u, 77u, 160u, 4096u })
        {
            const auto heard = secondOpinionOf(keys(all, rate), rate, DtmfStandard::q24UnitedStates, block);
            ASSERT_EQ(textOf(heard), all) << rate << " Hz, blocks of " << block;
            for (size_t i = 0; i < heard.size(); ++i)
            {
                EXPECT_NEAR(heard[i].startS, 0.25 + 0.14 * static_cast<double>(i), 0.014) << rate;
                EXPECT_NEAR(heard[i].endS, 0.25 + 0.14 * static_cast<double>(i) + 0.06, 0.014) << rate;
            }
        }
}

TEST(SpandspDtmf, SilenceSpeechlessNoiseAndBadSamplesAreNoDigits)
{
    std::vector<float> sound(16000, 0.0f);
    for (size_t i = 8000; i < 12000; ++i)
        sound[i] = i % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : 100.0f;
    EXPECT_EQ(textOf(secondOpinionOf(sound, 8000)), "");
}

TEST(SpandspDtmf, ADigitThatTheStreamCutsOffEndsWithIt)
{
    auto sound = keys("5", 8000, 500);
    sound.resize(2000 + 1600);
    const auto heard = secondOpinionOf(sound, 8000);
    ASSERT_EQ(textOf(heard), "5");
    EXPECT_NEAR(heard[0].endS, 0.45, 0.026);
}

TEST(SpandspDtmf, DirectCurrentDoesNotDeafenIt)
{
    auto sound = keys("147", 8000, 60, -20.0);
    for (auto& sample : sound)
        sample += 0.1f;
    EXPECT_EQ(textOf(secondOpinionOf(sound, 8000)), "147");
}

TEST(SpandspDtmf, TwistIsThatOfTheStandard)
{
    // −7 dB: within the US column's −8…+4 dB, beyond NTT's ±5 dB; +4.6 dB the other way round.
    EXPECT_EQ(textOf(secondOpinionOf(keys("258", 8000, 60, -10.0, -7.0), 8000, DtmfStandard::q24UnitedStates)), "258");
    EXPECT_EQ(textOf(secondOpinionOf(keys("258", 8000, 60, -10.0, -7.0), 8000, DtmfStandard::q24Ntt)), "");
    EXPECT_EQ(textOf(secondOpinionOf(keys("258", 8000, 60, -10.0, 4.6), 8000, DtmfStandard::q24UnitedStates)), "");
    EXPECT_EQ(textOf(secondOpinionOf(keys("258", 8000, 60, -10.0, 4.6), 8000, DtmfStandard::q24Ntt)), "258");
}

TEST(SpandspDtmf, ARateThatCannotBeBroughtDownIsRefused)
{
    SpandspDtmfReceiver receiver(44100.0, DtmfStandard::q24UnitedStates);
    EXPECT_FALSE(receiver.isUsable());
    receiver.process(std::vector<float>(1000, 0.1f));
    receiver.flush();
    EXPECT_TRUE(receiver.digits().empty());
    const auto figures = measured(std::vector<float>(44100, 0.0f), 44100);
    ASSERT_NE(figures.find("dtmf.disagreements"), nullptr);
    EXPECT_FALSE(figures.find("dtmf.disagreements")->isMeasured());
    EXPECT_FALSE(figures.find("dtmf.second_opinion_digits")->isMeasured());
}

TEST(CompareDigits, AgreeWhenTheSameDigitOverlaps)
{
    EXPECT_TRUE(compareDigits({}, {}).empty());
    EXPECT_TRUE(compareDigits(at({ { '1', 1.0, 1.1 }, { '2', 1.2, 1.3 } }), at({ { '1', 1.02, 1.08 }, { '2', 1.24, 1.33 } })).empty());
    EXPECT_TRUE(compareDigits(at({ { '1', 1.0, 1.04 } }), at({ { '1', 1.05, 1.06 } })).empty()) << "told to a block only";
}

TEST(CompareDigits, EveryKindOfDisagreementIsNamed)
{
    const auto found = compareDigits(at({ { '1', 1.0, 1.1 }, { '2', 2.0, 2.1 }, { '4', 4.0, 4.5 }, { '5', 5.0, 5.1 } }),
                                     at({ { '2', 2.0, 2.1 }, { '3', 3.0, 3.1 }, { '4', 4.0, 4.2 }, { '4', 4.3, 4.5 }, { '6', 4.99, 5.1 } }));
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].what(), "only ours");
    EXPECT_EQ(found[0].ours, '1');
    EXPECT_EQ(found[0].second, 0);
    EXPECT_EQ(found[0].atS, 1.0);
    EXPECT_EQ(found[1].what(), "only the second opinion");
    EXPECT_EQ(found[1].second, '3');
    EXPECT_EQ(found[2].what(), "only the second opinion") << "one digit that was heard as two";
    EXPECT_EQ(found[2].atS, 4.3);
    EXPECT_EQ(found[3].what(), "another digit");
    EXPECT_EQ(found[3].ours, '5');
    EXPECT_EQ(found[3].second, '6');
    EXPECT_EQ(found[3].atS, 4.99);
}

TEST(DtmfMeasurement, BothReceiversAgreeOnGoodDigitsAndNotOnBadOnes)
{
    const auto good = measured(keys("0123456789", 16000), 16000);
    EXPECT_EQ(textIn(good, "dtmf.second_opinion_digits"), "0123456789");
    EXPECT_EQ(good.find("dtmf.disagreements")->number(), 0.0);
    ASSERT_NE(good.table("dtmf disagreements"), nullptr);
    EXPECT_TRUE(good.table("dtmf disagreements")->rows.empty());

    // −35 dBm0 a tone: below what Q.24 asks a receiver to take; libspandsp's own limit is −42.
    const auto faint = measured(keys("77", 16000, 60, -35.0, 0.0), 16000);
    EXPECT_EQ(faint.find("dtmf.count")->number(), 0.0);
    EXPECT_EQ(textIn(faint, "dtmf.second_opinion_digits"), "77");
    EXPECT_EQ(faint.find("dtmf.disagreements")->number(), 2.0);
    const auto& rows = faint.table("dtmf disagreements")->rows;
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_NEAR(std::get<double>(rows[0][0]), 0.25, 0.014);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(rows[0][1]));
    EXPECT_EQ(std::get<std::string>(rows[0][2]), "7");
    EXPECT_EQ(std::get<std::string>(rows[0][3]), "only the second opinion");
}

TEST_F(RoleBench, SinkAcceptsDigitsByTheColumnThatWasAskedFor)
{
    // A twist of −7 dB is a digit in the US column and none in NTT's.
    for (const auto& [standard, digits, name] : { std::tuple { DtmfStandard::q24UnitedStates, "258", "US column" }, std::tuple { DtmfStandard::q24Ntt, "", "NTT column" } })
    {
        auto config = sink();
        config.dtmfStandard = standard;
        config.expectDtmf = DtmfSequence::parse(digits).value();
        config.expectations = parseExpectations("dtmf.digits: \"" + std::string(digits) + "\"\ndtmf.disagreements: 0", "test").value();
        const auto role = makeSinkRole(config, legs);
        ASSERT_TRUE(role->start().ok());
        const auto caller = legs.ring("sip:caller@x", muLaw(keys("258", 8000, 80, -10.0, -7.0)));
        run(*role, 2.0);
        legs.peerHangsUp(caller, 0, "BYE");
        runUntilDone(*role, 1.0);
        const auto outcome = role->finish(false);
        EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
        EXPECT_NE(report()["method"]["digits"].toString().toStdString().find(name), std::string::npos);
        EXPECT_NE(report()["calls"][0]["figures"]["dtmf.digits"]["reference"].toString().toStdString().find(name), std::string::npos);
    }
}

} // namespace mw::lab_test
