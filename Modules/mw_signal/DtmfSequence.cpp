#include "DtmfSequence.h"

#include <cmath>
#include <cstdio>

namespace mw
{

namespace
{

constexpr std::string_view dtmfSymbols = "0123456789ABCD*#,";

constexpr char upperDtmf(char symbol) noexcept
{
    return symbol >= 'a' && symbol <= 'd' ? static_cast<char>(symbol - 'a' + 'A') : symbol;
}

/** 'X' for what can be printed, 0x07 for what cannot. */
std::string shownCharacter(char symbol)
{
    const auto code = static_cast<unsigned char>(symbol);
    if (code >= 0x20 && code < 0x7f)
        return std::string("'") + symbol + "'";
    std::array<char, 8> hex {};
    std::snprintf(hex.data(), hex.size(), "0x%02x", static_cast<unsigned>(code));
    return hex.data();
}

/** A number without trailing zeros. */
std::string shownNumber(double value)
{
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

Error outOfRange(const char* name, double value, double least, double most, const char* unit)
{
    return { ExitCode::wrongUse, std::string("use DTMF ") + name + " " + shownNumber(value) + " " + unit,
             "it must be " + shownNumber(least) + " to " + shownNumber(most) + " " + unit, "" };
}

/** False for NaN too. */
constexpr bool isWithin(double value, double least, double most) noexcept { return value >= least && value <= most; }

} // namespace

Result<DtmfSequence> DtmfSequence::parse(std::string_view text)
{
    DtmfSequence sequence;
    for (size_t i = 0; i < text.size(); ++i)
    {
        const auto symbol = upperDtmf(text[i]);
        if (dtmfSymbols.find(symbol) == std::string_view::npos)
            return Error { ExitCode::wrongUse, "use the DTMF sequence",
                           "character " + shownCharacter(text[i]) + " at position " + std::to_string(i + 1) + " is no DTMF digit",
                           "digits are 0-9 A-D * # and the pause ," };
        if (i < maxLength)
            sequence.symbols[i] = symbol;
    }
    if (text.size() > maxLength)
        return Error { ExitCode::wrongUse, "use the DTMF sequence",
                       "it has " + std::to_string(text.size()) + " characters, at most " + std::to_string(maxLength) + " are possible",
                       "play it in parts" };
    sequence.length = static_cast<uint16_t>(text.size());
    return sequence;
}

Result<void> DtmfSettings::check() const
{
    if (! isWithin(onMs, minOnMs, maxOnMs))
        return outOfRange("on time", onMs, minOnMs, maxOnMs, "ms");
    if (! isWithin(offMs, minOffMs, maxOffMs))
        return outOfRange("off time", offMs, minOffMs, maxOffMs, "ms");
    if (! isWithin(gapMs, 0, maxGapMs))
        return outOfRange("loop gap", gapMs, 0, maxGapMs, "ms");
    if (! isWithin(lowDbm0, minLowDbm0, maxLowDbm0))
        return outOfRange("low-tone level", lowDbm0, minLowDbm0, maxLowDbm0, "dBm0");
    if (! isWithin(twistDb, -maxTwistDb, maxTwistDb))
        return outOfRange("twist", twistDb, -maxTwistDb, maxTwistDb, "dB");
    if (! isValid())
        return Error { ExitCode::wrongUse, "use the DTMF sequence", "it did not come from DtmfSequence::parse", "" };
    return {};
}

bool DtmfSettings::isValid() const noexcept
{
    if (! (isWithin(onMs, minOnMs, maxOnMs) && isWithin(offMs, minOffMs, maxOffMs) && isWithin(gapMs, 0, maxGapMs)
           && isWithin(lowDbm0, minLowDbm0, maxLowDbm0) && isWithin(twistDb, -maxTwistDb, maxTwistDb)))
        return false;
    if (sequence.length > DtmfSequence::maxLength)
        return false;
    for (const auto symbol : sequence.text())
        if (dtmfSymbols.find(symbol) == std::string_view::npos)
            return false;
    return true;
}

} // namespace mw
