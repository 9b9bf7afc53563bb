#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Discrete Fourier transforms of one length, many times over: radix 2 (Cooley and Tukey), with its factors computed once.
    Takes memory in the constructor only. Any number of threads may use one. */
class FourierPlan
{
public:
    /** @param length a power of two, 2 or more */
    explicit FourierPlan(size_t length);

    [[nodiscard]] size_t length() const noexcept { return places.size(); }

    /** X(k) = sum of x(n) exp(−j 2π k n / length), in place. */
    void forward(std::span<std::complex<double>> data) const noexcept { transform(data, 1.0); }

    /** x(n) = sum of X(k) exp(+j 2π k n / length), in place, not divided by the length. */
    void inverse(std::span<std::complex<double>> data) const noexcept { transform(data, -1.0); }

private:
    void transform(std::span<std::complex<double>> data, double direction) const noexcept;

    std::vector<uint32_t> places;                ///< bit-reversed indices
    std::vector<std::complex<double>> turns;     ///< exp(−j 2π k / length), k < length / 2
};

} // namespace mw
