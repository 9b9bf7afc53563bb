#include "ProcessMemory.h"

#include <fstream>
#include <malloc.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MW_TEST_OWN_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MW_TEST_OWN_HEAP 1
#endif
#endif

namespace mw::test
{

#ifdef MW_TEST_OWN_HEAP

size_t heapInUse() { return 0; }
size_t residentBytes() { return 0; }

#else

size_t heapInUse()
{
    const auto figures = ::mallinfo2();
    return figures.uordblks + figures.hblkhd;
}

size_t residentBytes()
{
    std::ifstream file("/proc/self/statm");
    size_t whole = 0, resident = 0;
    file >> whole >> resident;
    return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

#endif

} // namespace mw::test
