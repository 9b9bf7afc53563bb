#pragma once

#include <cstddef>
#include <vector>

namespace mw
{

/** Things as they come, evenly over all that came: every one, until they are too many; then every second, every fourth, ... */
template <typename Value>
class Thinned
{
public:
    /** @param most kept, even and ≥ 2 */
    explicit Thinned(size_t most) : limit(most) {}

    void add(const Value& value)
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
    [[nodiscard]] const std::vector<Value>& kept() const noexcept { return values; }

    /** How many of those that came one that is kept stands for. */
    [[nodiscard]] size_t spacing() const noexcept { return step; }

private:
    std::vector<Value> values;
    size_t limit, seen = 0, step = 1;
};

using ThinnedValues = Thinned<double>;

} // namespace mw
