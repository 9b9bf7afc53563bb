#include "QualityFigures.h"

#include "../report/Numbers.h"

#include <mw_mixer/mw_mixer.h>

#include <cmath>
#include <string>

namespace mw
{

namespace
{
struct KnownDelay
{
    std::optional<double> ms;
    std::string source;
};

/** Mouth to ear, as far as this end knows. */
KnownDelay delayOf(const FigureSet& figures, const TransportReport& report)
{
    const auto* length = report.packetTicks.mostFrequent();
    const auto packetMs = length == nullptr ? 0.0 : 1000.0 * static_cast<double>(length->value) / report.format.clockRateHz;
    if (const auto* pilot = figures.find("delay.p50_ms"); pilot != nullptr && pilot->number().has_value())
        return { *pilot->number() + packetMs, "one-way delay of a pilot, median, and one packet of the peer's" };
    if (report.rtcp.roundTrips == 0)
        return {};
    return { report.rtcp.roundTripMeanMs() / 2.0 + packetMs + report.bufferDelayMs,
             "half of RTCP's round trip, one packet of the peer's, our jitter buffer; what else the peer delays is not known" };
}

/** What the rating rests on, and what is missing for it. */
std::string inputsText(const EModelInputs& inputs, const KnownDelay& delay, const std::string& codec)
{
    auto text = "loss and discard " + fixedText(inputs.lossPercent, 3) + " %, BurstR " + fixedText(inputs.burstRatio, 2) + ", ";
    text += delay.ms.has_value() ? "delay " + fixedText(*delay.ms, 1) + " ms (" + delay.source + ")" : "delay missing";
    text += ", " + codec;
    const auto impairment = codecImpairment(codec, LossConcealment::yes);
    if (! impairment.has_value())
        return text + " (no impairment published)";
    return text + " (Ie " + fixedText(impairment->ie, 0) + ", Bpl " + fixedText(impairment->bpl, 1) + ": "
         + std::string(impairment->source) + ")";
}
} // namespace

void addQualityFigures(FigureSet& figures, const std::optional<TransportReport>& report)
{
    const auto measured = report.has_value() && report->losses.packets > 0;
    const auto codec = measured ? report->format.name : std::string();
    const auto delay = measured ? delayOf(figures, *report) : KnownDelay {};
    EModelInputs inputs;
    if (measured)
    {
        inputs.lossPercent = 100.0 * report->losses.missingShare();
        inputs.burstRatio = std::isfinite(report->losses.burstRatio()) ? report->losses.burstRatio() : 1.0;
    }
    const auto rated = [&](LossConcealment concealment, double delayMs) -> std::optional<EModelRating> {
        const auto impairment = codecImpairment(codec, concealment);
        if (! impairment.has_value())
            return std::nullopt;
        inputs.codec = *impairment;
        inputs.oneWayDelayMs = delayMs;
        return rateByEModel(inputs);
    };
    const auto unconcealed = rated(LossConcealment::no, 0.0), heard = rated(LossConcealment::yes, 0.0);
    const auto talked = delay.ms.has_value() ? rated(LossConcealment::yes, *delay.ms) : std::nullopt;

    const std::string noCodec = ! report.has_value() ? "the call had no media"
                              : ! measured           ? "no packet of sound had its turn"
                                                     : "ITU-T G.113 has no impairment of " + codec + " on the scale of G.107";
    const std::string noTime = measured ? "the delay is not known: no pilot, and no round trip by RTCP, which takes 10 s" : noCodec;
    const auto& noDelay = heard.has_value() ? noTime : noCodec;
    const auto of = [](const std::optional<EModelRating>& rating, double EModelRating::* member) {
        return rating.has_value() ? std::optional<double>((*rating).*member) : std::nullopt;
    };
    constexpr std::string_view whole = "the whole call", estimate = "an estimate for planning, not a judgement of this sound";
    const std::string model = "ITU-T G.107 (06/2015), defaults but for loss, BurstR, codec and delay";
    const std::string listening = model + "; delay 0", bare = listening + "; G.711 without concealment";
    figures.set("quality.r", of(talked, &EModelRating::r), noDelay, { "", model, whole, estimate });
    figures.set("quality.mos_cqe", of(talked, &EModelRating::mos), noDelay, { "", model, whole, estimate });
    figures.set("quality.mos_lqe", of(heard, &EModelRating::mos), noCodec, { "", listening, whole, estimate });
    figures.set("quality.mos_lqe_unconcealed", of(unconcealed, &EModelRating::mos), noCodec, { "", bare, whole, estimate });
    figures.set("quality.ie_eff", of(heard, &EModelRating::equipmentImpairment), noCodec, { "", "ITU-T G.107, 7.5", whole, "" });
    figures.set("quality.id", of(talked, &EModelRating::delayImpairment), noDelay, { "", "ITU-T G.107, 7.4", whole, "" });
    const std::string mouthToEar = delay.source.empty() ? "mouth to ear" : "mouth to ear: " + delay.source;
    figures.set("quality.delay_ms", delay.ms, noTime, { "ms", mouthToEar, whole, "" });
    const FigureKind inputList { "", "what quality.* rests on", whole, "" };
    if (measured)
        figures.set("quality.inputs", inputsText(inputs, delay, codec), inputList);
    else
        figures.setNotMeasured("quality.inputs", noCodec, inputList);
}

} // namespace mw
