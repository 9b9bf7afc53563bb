#pragma once

#include <mw_lab/mw_lab.h>

#include <functional>

namespace mw
{

/** What a strip asks of the panel around it. */
struct StripActions
{
    std::function<void(LegId)> choose;
    std::function<void(LegId)> askDigits;  ///< opens the field for digits to send
};

} // namespace mw
