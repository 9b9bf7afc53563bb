#include "Fuzz.h"

#include <mw_signal/mw_signal.h>

#include <array>
#include <cmath>

namespace mw::fuzz
{
namespace
{

/** Text as DTMF; what is accepted is played. The first octets choose times, levels, rate and block lengths. */
class DtmfTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        DtmfSettings settings;
        settings.onMs = bytes.u16() % 400;
        settings.offMs = bytes.u16() % 400;
        settings.gapMs = bytes.u16();
        settings.lowDbm0 = -static_cast<double>(bytes.octet()) / 4.0;
        settings.twistDb = static_cast<double>(bytes.octet()) / 4.0 - 32.0;
        const auto choice = bytes.octet();
        settings.loop = (choice & 1) != 0;
        constexpr std::array rates { 8000.0, 16000.0, 44100.0, 48000.0, 11025.0, 8000.5, 96000.0, 192000.0 };
        const auto rateHz = rates[(choice >> 1) & 7u];
        const auto text = textOf(bytes.rest());

        const auto parsed = DtmfSequence::parse(text);
        checkParsing(text, parsed);
        if (! parsed)
            return;
        settings.sequence = parsed.value();
        MW_PROMISE(settings.check().ok() == settings.isValid());

        MW_PROMISE(oscillator.prepare(rateHz));
        MW_PROMISE(oscillator.play(settings) == settings.isValid());
        if (! settings.isValid())
        {
            MW_PROMISE(! oscillator.isPlaying());
            return;
        }
        play(settings, static_cast<size_t>(choice >> 4) * 61 + 1, rateHz);
    }

private:
    static void checkParsing(std::string_view text, const Result<DtmfSequence>& parsed)
    {
        constexpr std::string_view digits = "0123456789ABCDabcd*#,";
        const auto isDtmf = text.find_first_not_of(digits) == std::string_view::npos;
        MW_PROMISE(parsed.ok() == (isDtmf && text.size() <= DtmfSequence::maxLength));
        if (! parsed)
        {
            MW_PROMISE(parsed.error().code == ExitCode::wrongUse && ! parsed.error().why.empty());
            return;
        }
        MW_PROMISE(parsed.value().length == text.size());
        for (size_t i = 0; i < text.size(); ++i)
            MW_PROMISE(parsed.value().symbols[i] == (text[i] >= 'a' ? text[i] - 'a' + 'A' : text[i]));
    }

    void play(const DtmfSettings& settings, size_t blockFrames, double rateHz)
    {
        const auto high = settings.lowDbm0 + settings.twistDb;
        const auto bound = 2.0 * (std::pow(10.0, (std::max(settings.lowDbm0, high) + 6.2) / 20.0));
        auto digits = oscillator.digitsStarted();
        size_t budget = 3000;
        while (budget > 0)
        {
            const auto count = std::min({ blockFrames, budget, block.size() });
            const auto samples = std::span(block).first(count);
            oscillator.render(samples);
            for (const auto sample : samples)
                MW_PROMISE(std::isfinite(sample) && std::abs(double { sample }) <= bound);
            MW_PROMISE(oscillator.digitsStarted() >= digits);
            digits = oscillator.digitsStarted();
            budget -= count;
        }
        if (! settings.loop)
        {
            // All digits and pauses, at most, then silence.
            const auto mostMs = static_cast<double>(settings.sequence.length) * (settings.onMs + settings.offMs) + 10.0;
            oscillator.skip(static_cast<uint64_t>(mostMs * rateHz / 1000.0));
            MW_PROMISE(! oscillator.isPlaying() && oscillator.currentDigit() == 0);
            size_t expected = 0;
            for (const auto symbol : settings.sequence.text())
                expected += symbol != ',' ? 1 : 0;
            MW_PROMISE(oscillator.digitsStarted() == expected);
        }
        oscillator.stop();
        oscillator.render(block);
        oscillator.render(block);
        MW_PROMISE(block.back() == 0.0f && ! oscillator.isPlaying());
    }

    DtmfOscillator oscillator;
    std::array<float, 1024> block {};
};

const Registration<DtmfTarget> registrationDtmf("Dtmf");

} // namespace
} // namespace mw::fuzz
