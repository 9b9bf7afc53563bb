#include "ProcessMemory.h"

#include <fstream>
#include <malloc.h>
#include <unistd.h>

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
