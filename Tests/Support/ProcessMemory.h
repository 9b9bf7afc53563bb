#pragma once

#include <cstddef>

// Defined under a sanitizer, of whose heap nothing is told here.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MW_TEST_OWN_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MW_TEST_OWN_HEAP 1
#endif
#endif

namespace mw::test
{

/** Memory of the heap that is in use [octets]; 0 under a sanitizer, which has a heap of its own. */
[[nodiscard]] size_t heapInUse();

/** Resident memory of this process [octets]; 0 under a sanitizer, whose shadow grows with what is touched. */
[[nodiscard]] size_t residentBytes();

} // namespace mw::test
