#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mw
{

/** The candidate that differs in the fewest letters, when it differs in at most a third of them (at least two); else empty. For
    messages about what was mistyped. */
[[nodiscard]] std::string closestName(std::string_view wrong, const std::vector<std::string>& candidates);

} // namespace mw
