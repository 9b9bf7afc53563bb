#include "Accuracy.h"
#include "Signals.h"

#include <Integration/SupportBench.h>

#include <mw_legs/mw_legs.h>
#include <mw_signal/quality/SpectralScore.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace mw::accuracy
{

namespace
{
constexpr int scoreHz = 8000;
constexpr size_t scorePacket = 160;

/** Speech as G.711 carries it, packets lost at random and made up as the jitter buffer does it. */
std::vector<float> throughLoss(const std::vector<float>& speech, double lossPercent, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> percent(0.0, 100.0);
    Concealment concealment(scoreHz);
    std::vector<float> heard;
    std::vector<int16_t> packet(scorePacket);
    for (size_t at = 0; at + scorePacket <= speech.size(); at += scorePacket)
    {
        if (percent(random) < lossPercent && at > 0)
        {
            concealment.fill(packet);
        }
        else
        {
            for (size_t i = 0; i < scorePacket; ++i)
                packet[i] = static_cast<int16_t>(g711::decode(g711::encode(static_cast<int>(std::lround(std::clamp(speech[at + i], -1.0f, 1.0f) * 32767.0f)), g711::Law::mu), g711::Law::mu));
            concealment.joinTo(packet);
            concealment.remember(packet);
        }
        for (const auto sample : packet)
            heard.push_back(static_cast<float>(sample) / 32768.0f);
    }
    return heard;
}

void score(Section& section)
{
    section.say("Recorded speech through G.711 (µ-law), packets of 20 ms lost at random and concealed as the jitter buffer does, compared with what was sent. The curve from "
                "distance to MOS was fitted to the E-model's figures (G.107, G.113: Ie 0, Bpl 25.1) on this speech; what is left between the two is below.");
    const auto speech = recordedSpeech(section.isQuick() ? 12.0 : 25.0);
    auto& apart = section.promise("loss of 0…20 %", "MOS estimate, against the E-model's", "", 0.25);
    std::vector<std::vector<std::string>> rows;
    double before = -1.0;
    for (const auto loss : section.isQuick() ? std::vector<double> { 0.0, 5.0, 20.0 } : std::vector<double> { 0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0 })
    {
        double distance = 0.0, mos = 0.0;
        const auto seeds = section.isQuick() || loss == 0.0 ? 1u : 10u;
        for (unsigned seed = 1; seed <= seeds; ++seed)
        {
            const auto found = scoreSpectrally(speech, throughLoss(speech, loss, seed), scoreHz);
            if (! found.has_value())
            {
                apart.miss("(" + shown(loss) + " %)");
                continue;
            }
            distance += found->distanceDb / seeds;
            mos += found->mosEstimate / seeds;
        }
        EModelInputs inputs;
        inputs.codec = *codecImpairment("PCMU", LossConcealment::yes);
        inputs.lossPercent = loss;
        const auto model = rateByEModel(inputs).mos;
        apart.take(mos - model);
        if (distance <= before)
            section.broken("more loss, no greater distance: " + shown(loss) + " %");
        before = distance;
        rows.push_back({ shown(loss) + " %", shown(distance) + " dB", shown(mos), shown(model) });
    }
    section.table({ "loss", "distance", "MOS estimate", "E-model" }, rows);
}

const Registered registeredScore("score", score);
} // namespace

} // namespace mw::accuracy
