#include "Numbers.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace mw
{

std::string fixedText(double value, int decimals)
{
    if (std::isnan(value))
        return "—";
    if (std::isinf(value))
        return value < 0.0 ? "−∞" : "∞";
    std::array<char, 400> digits {};
    std::snprintf(digits.data(), digits.size(), "%.*f", decimals, std::abs(value));
    const std::string text(digits.data());
    const auto isZero = text.find_first_not_of("0.") == std::string::npos;
    return value < 0.0 && ! isZero ? "−" + text : text;
}

} // namespace mw
