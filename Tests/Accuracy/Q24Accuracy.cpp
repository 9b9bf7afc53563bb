#include "Accuracy.h"
#include "Signals.h"

#include <mw_lab/measure/SpandspDtmfReceiver.h>
#include <mw_lab/report/SvgPlot.h>

extern "C" {
#include <re.h>
#include <rem.h>
}

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <string>

/** Which digits three receivers accept, swept over what ITU-T Q.24 limits: ours, libspandsp's and libre's, over the same sound. */
namespace mw::accuracy
{

namespace
{
constexpr std::string_view windowKeys = "123A456B789C*0#D";
constexpr std::array windowLow { 697.0, 770.0, 852.0, 941.0 }, windowHigh { 1209.0, 1336.0, 1477.0, 1633.0 };
constexpr double windowRateHz = 8000.0, windowPauseS = 0.15, windowLeadS = 0.2;
constexpr size_t receiverCount = 3;
constexpr std::array receiverNames { "ours", "libspandsp", "libre" };

/** A digit that is sent. */
struct Sent
{
    double errorPercent = 0.0, twistDb = 0.0, levelDbm0 = -12.0, lengthMs = 60.0;
    std::optional<double> snrDb;
};

struct Heard
{
    char digit = 0;
    double atS = 0.0;
};

/** All keys with random phases and gaps, as 16 bits would carry them. */
std::vector<float> windowSound(const Sent& sent, std::mt19937& random, double periodS)
{
    auto sound = silence(windowLeadS + periodS * static_cast<double>(windowKeys.size()) + 0.2, windowRateHz);
    std::uniform_real_distribution<double> phase(0.0, twoPi), within(0.0, 0.01);
    for (size_t i = 0; i < windowKeys.size(); ++i)
    {
        const auto from = windowLeadS + periodS * static_cast<double>(i) + within(random), to = from + sent.lengthMs / 1000.0;
        const auto off = 1.0 + sent.errorPercent / 100.0;
        addSine(sound, windowRateHz, windowLow[i / 4] * off, sent.levelDbm0 - sent.twistDb / 2.0, from, to, phase(random));
        addSine(sound, windowRateHz, windowHigh[i % 4] * off, sent.levelDbm0 + sent.twistDb / 2.0, from, to, phase(random));
    }
    if (sent.snrDb.has_value())
        addNoise(sound, sent.levelDbm0 - *sent.snrDb, random);
    for (auto& sample : sound)
        sample = std::clamp(std::round(sample * 32768.0f), -32768.0f, 32767.0f) / 32768.0f;
    return sound;
}

std::vector<Heard> heardByOurs(const std::vector<float>& sound)
{
    DtmfReceiver receiver;
    receiver.prepare(windowRateHz);
    std::vector<Heard> heard;
    DtmfDetection found;
    for (size_t at = 0; at < sound.size(); at += 160)
    {
        receiver.process(std::span(sound).subspan(at, std::min<size_t>(160, sound.size() - at)));
        while (receiver.take(found))
            heard.push_back({ found.digit, static_cast<double>(found.startSample) / windowRateHz });
    }
    return heard;
}

std::vector<Heard> heardBySpandsp(const std::vector<float>& sound)
{
    SpandspDtmfReceiver receiver(windowRateHz, DtmfStandard::q24UnitedStates);
    receiver.process(sound);
    receiver.flush();
    std::vector<Heard> heard;
    for (const auto& each : receiver.digits())
        heard.push_back({ each.digit, each.startS });
    return heard;
}

struct LibreEar
{
    std::vector<Heard> heard;
    size_t at = 0;
};

std::vector<Heard> heardByLibre(const std::vector<float>& sound)
{
    LibreEar ear;
    ::dtmf_dec* decoder = nullptr;
    const auto took = [](char digit, void* self) {
        auto& mine = *static_cast<LibreEar*>(self);
        mine.heard.push_back({ digit, static_cast<double>(mine.at) / windowRateHz });
    };
    if (::dtmf_dec_alloc(&decoder, static_cast<unsigned>(windowRateHz), 1, took, &ear) != 0)
        return {};
    for (; ear.at < sound.size(); ++ear.at)
    {
        const auto sample = static_cast<int16_t>(std::lround(sound[ear.at] * 32768.0f));
        ::dtmf_dec_probe(decoder, &sample, 1);
    }
    ::mem_deref(decoder);
    return ear.heard;
}

/** Share of the keys of which exactly one digit was heard, the right one [%], for each receiver; and of those heard as anything. */
struct Shares
{
    std::array<double, receiverCount> right {}, anything {};
};

Shares sharesOf(const Sent& sent, int rounds, std::mt19937& random)
{
    Shares shares;
    const auto periodS = sent.lengthMs / 1000.0 + windowPauseS;
    for (int round = 0; round < rounds; ++round)
    {
        const auto sound = windowSound(sent, random, periodS);
        const std::array all { heardByOurs(sound), heardBySpandsp(sound), heardByLibre(sound) };
        for (size_t receiver = 0; receiver < receiverCount; ++receiver)
        {
            std::array<std::string, windowKeys.size()> slots;
            for (const auto& each : all[receiver])
                if (const auto slot = std::floor((each.atS - windowLeadS + 0.03) / periodS); slot >= 0.0 && slot < static_cast<double>(slots.size()))
                    slots[static_cast<size_t>(slot)] += each.digit;
            for (size_t i = 0; i < slots.size(); ++i)
            {
                shares.right[receiver] += slots[i] == std::string(1, windowKeys[i]) ? 1.0 : 0.0;
                shares.anything[receiver] += slots[i].empty() ? 0.0 : 1.0;
            }
        }
    }
    for (auto* each : { &shares.right, &shares.anything })
        for (auto& share : *each)
            share *= 100.0 / (rounds * static_cast<double>(windowKeys.size()));
    return shares;
}

/** What is swept, and what the US column says of it. */
struct Sweep
{
    std::string name, unit, file;
    double from, to, step;
    double acceptFrom, acceptTo;        ///< all of it is to be accepted
    double rejectBelow, rejectAbove;    ///< this and beyond is to be rejected; infinite: the column says nothing
    std::function<void(Sent&, double)> set;
};

std::vector<Sweep> sweeps()
{
    const auto none = std::numeric_limits<double>::infinity();
    return { { "frequency error of both tones", "%", "frequency", -5.0, 5.0, 0.25, -1.5, 1.5, -3.5, 3.5, [](Sent& sent, double x) { sent.errorPercent = x; } },
             { "twist, high minus low", "dB", "twist", -14.0, 12.0, 0.5, -8.0, 4.0, -none, none, [](Sent& sent, double x) { sent.twistDb = x; } },
             { "level of each tone", "dBm0", "level", -45.0, 0.0, 1.0, -25.0, -3.0, -none, none, [](Sent& sent, double x) { sent.levelDbm0 = x; } },
             { "length", "ms", "length", 14.0, 60.0, 1.0, 40.0, none, 23.0, none, [](Sent& sent, double x) { sent.lengthMs = x; } },
             { "signal to noise of each tone", "dB", "noise", 0.0, 24.0, 1.0, 15.0, none, -none, none, [](Sent& sent, double x) { sent.snrDb = x; } } };
}

/** "−3 … 3": the least and the greatest value at which a share holds; "never". */
std::string spanWhere(const std::vector<double>& x, const std::vector<double>& share, double least)
{
    std::optional<double> low, high;
    for (size_t i = 0; i < x.size(); ++i)
        if (share[i] >= least)
        {
            low = std::min(low.value_or(x[i]), x[i]);
            high = x[i];
        }
    return low.has_value() ? shown(*low) + " … " + shown(*high) : "never";
}

void q24(Section& section)
{
    section.say("Every key of the pad, 60 ms long at −12 dBm0 a tone unless that is what is swept, random phases, 150 ms between them, at 8 kHz and 16 bits; noise is white "
                "over the whole band. A key counts as accepted when exactly that digit was heard, once. The same sound goes to our receiver (US column), to libspandsp's as "
                "the library sets it up, and to libre's. The span shaded in the pictures is what ITU-T Q.24, US column, asks to be accepted; the lines are what it asks to be "
                "rejected. Promises are ours alone. Levels end at −3 dBm0 a tone, above which the sum of two is beyond full scale.");
    std::mt19937 random(24);
    const auto rounds = section.isQuick() ? 1 : 20;
    std::vector<std::vector<std::string>> table;
    for (const auto& sweep : sweeps())
    {
        auto& accepted = section.promise(sweep.name + ", inside the US column", "digits of ours that were not accepted", "%", 0.0);
        auto* rejected = std::isfinite(sweep.rejectBelow) ? &section.promise(sweep.name + ", beyond the US column", "digits of ours that were accepted", "%", 0.0) : nullptr;
        std::vector<double> x;
        std::array<std::vector<double>, receiverCount> right;
        const auto steps = static_cast<int>(std::lround((sweep.to - sweep.from) / sweep.step));
        for (int i = 0; i <= steps; ++i)
        {
            const auto value = sweep.from + sweep.step * i;
            const auto mustAccept = value >= sweep.acceptFrom && value <= sweep.acceptTo;
            const auto mustReject = value <= sweep.rejectBelow || value >= sweep.rejectAbove;
            if (section.isQuick() && ! mustAccept && ! mustReject)
                continue;
            Sent sent;
            sweep.set(sent, value);
            const auto shares = sharesOf(sent, rounds, random);
            x.push_back(value);
            for (size_t receiver = 0; receiver < receiverCount; ++receiver)
                right[receiver].push_back(shares.right[receiver]);
            if (mustAccept)
                accepted.take(100.0 - shares.right[0]);
            if (mustReject && rejected != nullptr)
                rejected->take(shares.anything[0]);
        }
        if (section.isQuick())
            continue;

        SvgPlot::Config config;
        config.title = "Digits accepted: " + sweep.name;
        config.x = { sweep.name, sweep.unit, sweep.from, sweep.to };
        config.y = { "accepted", "%", 0.0, 105.0 };
        SvgPlot plot(config);
        plot.span(sweep.acceptFrom, std::min(sweep.acceptTo, sweep.to), "Q.24: accept", SvgPlot::Colour::good);
        for (const auto at : { sweep.rejectBelow, sweep.rejectAbove })
            if (std::isfinite(at))
                plot.mark(at, "reject", SvgPlot::Colour::bad);
        constexpr std::array colours { SvgPlot::Colour::series1, SvgPlot::Colour::series2, SvgPlot::Colour::series3 };
        for (size_t receiver = 0; receiver < receiverCount; ++receiver)
        {
            plot.line(receiverNames[receiver], x, right[receiver], colours[receiver]);
            table.push_back({ sweep.name, receiverNames[receiver], spanWhere(x, right[receiver], 100.0) + " " + sweep.unit,
                              spanWhere(x, right[receiver], 1e-9) + " " + sweep.unit });
        }
        section.picture("accuracy-q24-" + sweep.file + ".svg", plot.document(), "Digits accepted by three receivers over " + sweep.name);
    }
    if (! table.empty())
        section.table({ "swept", "receiver", "every digit accepted", "any digit accepted" }, table);
}

const Registered registeredQ24("q24", q24);
} // namespace

} // namespace mw::accuracy
