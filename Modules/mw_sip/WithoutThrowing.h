#pragma once

#include <exception>
#include <utility>

namespace mw
{

/** The reason of whatever fails for want of memory; short enough for a string to hold without taking any. */
inline constexpr const char* noMemory = "no memory";

/** Does work that libre asked for: C code, through which no exception may pass. What may be thrown there is a want of memory.
    @param otherwise called with nothing but what is at hand; it takes no memory that it cannot do without
    @returns whether the work was done */
template <typename Work, typename Otherwise>
bool withoutThrowing(Work&& work, Otherwise&& otherwise) noexcept
{
    try
    {
        std::forward<Work>(work)();
        return true;
    }
    catch (const std::exception&)
    {
        std::forward<Otherwise>(otherwise)();
        return false;
    }
}

template <typename Work>
bool withoutThrowing(Work&& work) noexcept
{
    return withoutThrowing(std::forward<Work>(work), [] {});
}

} // namespace mw
