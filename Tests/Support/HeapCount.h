#pragma once

namespace mw::test
{

/** What the process has taken from the heap and not given back: operator new and malloc's family, of every thread, the C and
    C++ libraries' own blocks among them. */
struct HeapCount
{
    long blocks = 0;
    long bytes = 0;  ///< as the allocator rounds them up

    /** Any thread. Zero under a sanitizer, which owns the allocator; there its own leak check takes this place. */
    [[nodiscard]] static HeapCount now() noexcept;

    /** Whether this build counts. */
    [[nodiscard]] static bool isCounted() noexcept;
};

} // namespace mw::test
