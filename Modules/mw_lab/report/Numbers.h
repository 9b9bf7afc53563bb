#pragma once

#include <string>

namespace mw
{

/** A number with a fixed count of decimals and a real minus sign ("−18.2"); "−∞" and "∞" for infinities, "—" for none.
    @param decimals 0…9 */
[[nodiscard]] std::string fixedText(double value, int decimals);

} // namespace mw
