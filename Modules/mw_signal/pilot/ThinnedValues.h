#pragma once

#include <cstddef>
#include <vector>

namespace mw
{

/** Values as they come, evenly over all that came: every one, until they are too many; then every second, every fourth, ... */
class ThinnedValues
{
public:
    /** @param most kept, even and ≥ 2 */
    explicit ThinnedValues(size_t most) : limit(most) {}

    void add(double value)
    {
        if (seen++ % step != 0)
            return;
        if (values.size() == limit)
        {
            for (size_t i = 0; 2 * i < limit; ++i)
                values[i] = values[2 * i];
            values.resize(limit / 2);
            step *= 2;
        }
        values.push_back(value);
    }

    /** In the order in which they came. */
    [[nodiscard]] const std::vector<double>& kept() const noexcept { return values; }

private:
    std::vector<double> values;
    size_t limit, seen = 0, step = 1;
};

} // namespace mw
