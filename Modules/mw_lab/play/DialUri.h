#pragma once

#include <mw_legs/mw_legs.h>

#include <string>
#include <string_view>

namespace mw
{

/** A SIP URI as a person types it, made whole: "bob@example.com" and "10.0.0.5:5060" get their "sip:". What surely cannot be
    called is refused with the reason, and the position of a wrong character counting from 1; whether the host exists is for
    the stack to find out.
    @returns the URI, or an error (wrong use) */
[[nodiscard]] Result<std::string> dialUri(std::string_view typed);

} // namespace mw
