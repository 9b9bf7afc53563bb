#include "Fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

namespace mw::fuzz
{

std::vector<Registered>& targets()
{
    static std::vector<Registered> all;
    return all;
}

void broken(const char* promise, const char* file, int line) noexcept
{
    std::fprintf(stderr, "%s:%d: promise broken: %s\n", file, line, promise);
    std::abort();
}

uint8_t Bytes::octet() noexcept
{
    if (left.empty())
        return 0;
    const auto first = left.front();
    left = left.subspan(1);
    return first;
}

std::span<const uint8_t> Bytes::take(size_t count) noexcept
{
    const auto taken = left.first(std::min(count, left.size()));
    left = left.subspan(taken.size());
    return taken;
}

MemoryFile::MemoryFile(std::span<const uint8_t> content)
    : descriptor(::memfd_create("fuzz", MFD_CLOEXEC)), name("/proc/self/fd/" + std::to_string(descriptor))
{
    MW_PROMISE(descriptor >= 0);
    MW_PROMISE(content.empty() || ::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
}

MemoryFile::~MemoryFile() { ::close(descriptor); }

} // namespace mw::fuzz
