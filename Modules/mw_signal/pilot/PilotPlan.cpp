#include "PilotPlan.h"

#include <numeric>
#include <utility>

namespace mw
{

PilotPlan::Table PilotPlan::make() noexcept
{
    uint64_t state = 0x6D696C6C69776174ULL;  // "milliwat"
    const auto next = [&state]() noexcept {
        auto z = (state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    };

    Table table {};
    for (int band = 0; band < lineCount; ++band)
    {
        std::array<int, pilotCount> order {};
        std::iota(order.begin(), order.end(), 0);
        for (size_t i = order.size() - 1; i > 0; --i)
            std::swap(order[i], order[next() % (i + 1)]);
        for (size_t pilot = 0; pilot < order.size(); ++pilot)
        {
            auto& line = table[pilot][static_cast<size_t>(band)];
            line.multiple = firstMultiple + band * pilotCount + order[pilot];
            line.phase = static_cast<double>(next() >> 11) * 0x1p-53;
        }
    }
    return table;
}

const PilotPlan::Lines& PilotPlan::linesOf(int number) noexcept
{
    static const Table table = make();
    return table[static_cast<size_t>(isNumber(number) ? number - 1 : 0)];
}

} // namespace mw
