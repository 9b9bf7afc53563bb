#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace mw
{

/** The last values of one measure, taken at equal steps of time; what was not measured is NaN. Message thread. */
class Series
{
public:
    static constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

    /** @param length how many values are kept */
    explicit Series(size_t length) : ring(length, nothing) {}

    void add(float value) noexcept
    {
        ring[next] = value;
        next = (next + 1) % ring.size();
        if (count < ring.size())
            ++count;
    }

    /** How many there are, at most the length. */
    [[nodiscard]] size_t size() const noexcept { return count; }

    /** @param age 0: the latest; less than size() */
    [[nodiscard]] float at(size_t age) const noexcept { return ring[(next + ring.size() - 1 - age) % ring.size()]; }

private:
    std::vector<float> ring;
    size_t next = 0, count = 0;
};

} // namespace mw
