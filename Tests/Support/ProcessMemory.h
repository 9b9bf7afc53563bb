#pragma once

#include <cstddef>

namespace mw::test
{

/** Memory of the heap that is in use [octets]; 0 under a sanitizer, which has a heap of its own. */
[[nodiscard]] size_t heapInUse();

/** Resident memory of this process [octets]; 0 under a sanitizer, whose shadow grows with what is touched. */
[[nodiscard]] size_t residentBytes();

} // namespace mw::test
