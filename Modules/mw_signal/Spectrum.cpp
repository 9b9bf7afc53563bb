#include "Spectrum.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace mw
{

void fourierTransform(std::span<std::complex<double>> data) noexcept
{
    const auto size = data.size();
    assert(std::has_single_bit(size));

    for (size_t i = 1, reversed = 0; i < size; ++i)
    {
        auto bit = size >> 1;
        for (; (reversed & bit) != 0; bit >>= 1)
            reversed ^= bit;
        reversed ^= bit;
        if (i < reversed)
            std::swap(data[i], data[reversed]);
    }

    for (size_t length = 2; length <= size; length *= 2)
    {
        const auto half = length / 2;
        for (size_t k = 0; k < half; ++k)
        {
            const auto turn = std::polar(1.0, -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half));
            for (auto at = k; at < size; at += length)
            {
                const auto odd = data[at + half] * turn;
                data[at + half] = data[at] - odd;
                data[at] += odd;
            }
        }
    }
}

std::vector<double> hannWindow(size_t length)
{
    std::vector<double> window(length);
    for (size_t i = 0; i < length; ++i)
        window[i] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length));
    return window;
}

} // namespace mw
