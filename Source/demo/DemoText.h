#pragma once

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>

namespace mw::demo
{

/** As printf; longer texts are cut. */
[[nodiscard, gnu::format(printf, 1, 2)]] inline std::string text(const char* format, ...)
{
    std::array<char, 512> buffer {};
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(buffer.data(), buffer.size(), format, values);
    va_end(values);
    return buffer.data();
}

} // namespace mw::demo
