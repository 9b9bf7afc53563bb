#include "FourierPlan.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace mw
{

FourierPlan::FourierPlan(size_t length) : places(length), turns(length / 2)
{
    assert(std::has_single_bit(length) && length >= 2);
    const auto bits = std::countr_zero(length);
    for (size_t i = 0; i < length; ++i)
        for (int bit = 0; bit < bits; ++bit)
            places[i] |= static_cast<uint32_t>(((i >> bit) & 1u) << (bits - 1 - bit));
    for (size_t k = 0; k < turns.size(); ++k)
        turns[k] = std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length));
}

void FourierPlan::transform(std::span<std::complex<double>> data, double direction) const noexcept
{
    assert(data.size() == places.size());
    for (size_t i = 0; i < data.size(); ++i)
        if (const auto place = places[i]; i < place)
            std::swap(data[i], data[place]);

    for (size_t half = 1; half < data.size(); half *= 2)
    {
        const auto stride = turns.size() / half;
        for (size_t start = 0; start < data.size(); start += 2 * half)
            for (size_t k = 0; k < half; ++k)
            {
                // Written out: the library's product of complex numbers looks for infinities.
                const auto turn = turns[k * stride];
                const auto sine = direction * turn.imag();
                auto& low = data[start + k];
                auto& high = data[start + k + half];
                const std::complex<double> odd(high.real() * turn.real() - high.imag() * sine, high.real() * sine + high.imag() * turn.real());
                high = low - odd;
                low += odd;
            }
    }
}

} // namespace mw
