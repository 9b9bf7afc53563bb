#pragma once

#include <complex>
#include <span>
#include <vector>

namespace mw
{

/** Discrete Fourier transform in place, radix 2 (Cooley and Tukey). @param data its size must be a power of two */
void fourierTransform(std::span<std::complex<double>> data) noexcept;

/** Hann window (periodic) of a length. */
[[nodiscard]] std::vector<double> hannWindow(size_t length);

} // namespace mw
