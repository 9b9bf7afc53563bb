#pragma once

#include <optional>
#include <string_view>

namespace mw
{

/** How a codec and the loss of its packets impair speech: ITU-T G.113, Appendix I. */
struct CodecImpairment
{
    double ie = 0.0;          ///< equipment impairment without loss
    double bpl = 0.0;         ///< robustness against packet loss
    std::string_view source;  ///< where both stand
};

/** Whether missing packets are concealed. */
enum class LossConcealment { no, yes };

/** @param codec "PCMU", "PCMA"; of G722, opus and L16 G.113 has no figures on the narrowband scale of G.107
    @returns nothing for these */
[[nodiscard]] std::optional<CodecImpairment> codecImpairment(std::string_view codec, LossConcealment concealment) noexcept;

/** What a transmission is rated by; all else has the default of ITU-T G.107 (06/2015), Table 3. */
struct EModelInputs
{
    CodecImpairment codec;
    double lossPercent = 0.0;    ///< packets that were not heard, Ppl [%], 0…100
    double burstRatio = 1.0;     ///< BurstR, 1: random loss
    double oneWayDelayMs = 0.0;  ///< mouth to ear, T = Ta = Tr / 2 [ms], 0…; 0: as heard, without what delay does to talking
};

/** What came of it. */
struct EModelRating
{
    double r = 0.0;                    ///< 0…100
    double mos = 1.0;                  ///< estimated mean opinion score, 1…4.5
    double equipmentImpairment = 0.0;  ///< Ie,eff
    double delayImpairment = 0.0;      ///< Id
};

/** The E-model: R = Ro − Is − Id − Ie,eff + A with A = 0, and MOS from R (G.107, 7 and Annex B). */
[[nodiscard]] EModelRating rateByEModel(const EModelInputs& inputs) noexcept;

/** MOS that belongs to a rating R (G.107, Annex B), 1…4.5. */
[[nodiscard]] double mosFromRating(double r) noexcept;

} // namespace mw
