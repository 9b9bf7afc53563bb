#include "ClosestName.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mw
{

namespace
{
size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t { 0 });
    for (size_t i = 1; i <= a.size(); ++i)
    {
        auto diagonal = std::exchange(row[0], i);
        for (size_t j = 1; j <= b.size(); ++j)
        {
            const auto substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({ row[j] + 1, row[j - 1] + 1, substituted }));
        }
    }
    return row[b.size()];
}
} // namespace

std::string closestName(std::string_view wrong, const std::vector<std::string>& candidates)
{
    std::string best;
    auto bestDistance = std::max<size_t>(2, wrong.size() / 3) + 1;
    for (const auto& candidate : candidates)
    {
        const auto distance = editDistance(wrong, candidate);
        if (distance < bestDistance)
        {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace mw
