#include "EModel.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{

/** ITU-T G.107 (06/2015), Table 3: the values of a connection of which nothing else is known. */
struct EModelDefaults
{
    double slr = 8.0, rlr = 2.0;      ///< send and receive loudness rating [dB]
    double stmr = 15.0, lstr = 18.0;  ///< sidetone masking, listener sidetone [dB]
    double ds = 3.0;                  ///< D-factor of the send side
    double telr = 65.0, wepl = 110.0; ///< talker echo loudness, echo path loss [dB]
    double qdu = 1.0;                 ///< quantising distortion units
    double nc = -70.0, nfor = -64.0;  ///< circuit noise [dBm0p], noise floor of the receive side [dBmp]
    double ps = 35.0, pr = 35.0;      ///< room noise of both sides [dB(A)]
    double olr = slr + rlr;           ///< overall loudness rating [dB]
};
constexpr EModelDefaults g107;

double powerSum(std::initializer_list<double> levelsDb) noexcept
{
    double sum = 0.0;
    for (const auto level : levelsDb)
        sum += std::pow(10.0, level / 10.0);
    return 10.0 * std::log10(sum);
}

/** Equation 7-3: all noise, as of the receive side's 0 dBr point [dBm0p]. */
double noiseSum() noexcept
{
    const auto sendRoom = g107.ps - g107.slr - g107.ds - 100.0 + 0.004 * std::pow(g107.ps - g107.olr - g107.ds - 14.0, 2);
    const auto effectiveRoom = g107.pr + 10.0 * std::log10(1.0 + std::pow(10.0, (10.0 - g107.lstr) / 10.0));
    const auto receiveRoom = g107.rlr - 121.0 + effectiveRoom + 0.008 * std::pow(effectiveRoom - 35.0, 2);
    return powerSum({ g107.nc, sendRoom, receiveRoom, g107.nfor + g107.rlr });
}

/** (1 + x^n)^(1/n), also where x^n is beyond a double. */
double rootOfPowers(double x, double n) noexcept
{
    return x > 1.0 ? x * std::pow(1.0 + std::pow(x, -n), 1.0 / n) : std::pow(1.0 + std::pow(x, n), 1.0 / n);
}

/** Section 7.3: what comes with the speech itself: loudness, sidetone, quantising. */
double simultaneousImpairment(double basicRatio, double noise, double oneWayDelayMs) noexcept
{
    const auto excess = std::max(0.0, (g107.olr + 0.2 * (64.0 + noise - g107.rlr)) / 8.0);
    const auto loudness = 20.0 * (rootOfPowers(excess, 8.0) - excess);

    const auto echo = std::exp(-oneWayDelayMs / 4.0) * std::pow(10.0, -g107.telr / 10.0);
    const auto sidetone = -10.0 * std::log10(std::pow(10.0, -g107.stmr / 10.0) + echo);
    const auto power = [](double base, double n) { return std::pow(1.0 + std::pow(base, n), 1.0 / n); };
    const auto sidetoneImpairment = 12.0 * power((sidetone - 13.0) / 6.0, 8.0) - 28.0 * power((sidetone + 1.0) / 19.4, 35.0)
                                  - 13.0 * power((sidetone - 3.0) / 33.0, 13.0) + 29.0;

    const auto q = 37.0 - 15.0 * std::log10(g107.qdu);
    const auto g = 1.07 + 0.258 * q + 0.0602 * q * q;
    const auto y = (basicRatio - 100.0) / 15.0 + 46.0 / 8.4 - g / 9.0;
    const auto z = 46.0 / 30.0 - g / 40.0;
    const auto quantising = 15.0 * std::log10(1.0 + std::pow(10.0, y) + std::pow(10.0, z));
    return loudness + sidetoneImpairment + quantising;
}

/** Section 7.4: echo to the talker, echo to the listener, delay that is too long without any echo. */
double delayImpairment(double basicRatio, double noise, double oneWayDelayMs) noexcept
{
    const auto t = std::max(0.0, oneWayDelayMs);
    const auto echoLoudness = g107.telr - 40.0 * std::log10((1.0 + t / 10.0) / (1.0 + t / 150.0)) + 6.0 * std::exp(-0.3 * t * t);
    const auto talker = 80.0 + 2.5 * (echoLoudness - 14.0);
    const auto basicEcho = -1.5 * (noise - g107.rlr);
    const auto half = (basicEcho - talker) / 2.0;
    const auto talkerEcho = (half + std::sqrt(half * half + 100.0) - 1.0) * (1.0 - std::exp(-t));

    const auto listener = 10.5 * (g107.wepl + 7.0) * std::pow(2.0 * t + 1.0, -0.25);
    const auto difference = (basicRatio - listener) / 2.0;
    const auto listenerEcho = difference + std::sqrt(difference * difference + 169.0);

    double tooLong = 0.0;
    if (t > 100.0)
    {
        const auto x = std::log10(t / 100.0) / std::log10(2.0);
        tooLong = 25.0 * (rootOfPowers(x, 6.0) - 3.0 * rootOfPowers(x / 3.0, 6.0) + 2.0);
    }
    return talkerEcho + listenerEcho + tooLong;
}

} // namespace

std::optional<CodecImpairment> codecImpairment(std::string_view codec, LossConcealment concealment) noexcept
{
    if (codec != "PCMU" && codec != "PCMA")
        return std::nullopt;
    if (concealment == LossConcealment::yes)
        return CodecImpairment { 0.0, 25.1, "ITU-T G.113, Table I.3: G.711 with the concealment of its Appendix I" };
    return CodecImpairment { 0.0, 4.3, "ITU-T G.113, Table I.3: G.711 without concealment" };
}

double mosFromRating(double r) noexcept
{
    if (! (r > 0.0))
        return 1.0;
    if (r >= 100.0)
        return 4.5;
    return std::clamp(1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7.0e-6, 1.0, 4.5);
}

EModelRating rateByEModel(const EModelInputs& inputs) noexcept
{
    const auto noise = noiseSum();
    const auto basicRatio = 15.0 - 1.5 * (g107.slr + noise);
    const auto loss = std::clamp(inputs.lossPercent, 0.0, 100.0);
    const auto spread = std::max(inputs.burstRatio, 1.0e-6);
    EModelRating rating;
    const auto& codec = inputs.codec;
    rating.equipmentImpairment = codec.ie + (95.0 - codec.ie) * loss / (loss / spread + codec.bpl);
    rating.delayImpairment = delayImpairment(basicRatio, noise, inputs.oneWayDelayMs);
    const auto simultaneous = simultaneousImpairment(basicRatio, noise, inputs.oneWayDelayMs);
    rating.r = std::clamp(basicRatio - simultaneous - rating.delayImpairment - rating.equipmentImpairment, 0.0, 100.0);
    rating.mos = mosFromRating(rating.r);
    return rating;
}

} // namespace mw
