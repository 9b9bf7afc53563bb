#include "HeapCount.h"
#include "RealTimeGuardHooks.h"

#include <cerrno>
#include <malloc.h>
#include <new>

using mw::test::RealTimeCall;
using mw::test::RealTimeKind;
using mw::test::guard::note;

namespace
{
MW_GUARD_PLAIN bool isNewRefused() noexcept { return mw::test::guard::isToFail(mw::test::Resource::memory, ENOMEM); }
} // namespace

bool mw::test::guard::memoryIsLinked() noexcept { return true; }

// ---- operator new and delete, in every build --------------------------------------------------------------------------

#if ! MW_GUARD_SANITIZED
extern "C"
{
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void* __libc_valloc(size_t);
void* __libc_pvalloc(size_t);
void __libc_free(void*);
}

// Of the whole process, for HeapCount.
namespace
{
long blocksInUse = 0, bytesInUse = 0;

void* taken(void* memory) noexcept
{
    if (memory != nullptr)
    {
        __atomic_add_fetch(&blocksInUse, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&bytesInUse, static_cast<long>(::malloc_usable_size(memory)), __ATOMIC_RELAXED);
    }
    return memory;
}

void giving(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    __atomic_sub_fetch(&blocksInUse, 1, __ATOMIC_RELAXED);
    __atomic_sub_fetch(&bytesInUse, static_cast<long>(::malloc_usable_size(memory)), __ATOMIC_RELAXED);
}

void* changed(void* memory, size_t bytes) noexcept
{
    giving(memory);
    auto* const result = __libc_realloc(memory, bytes);
    if (result != nullptr)
        return taken(result);
    if (bytes != 0)
        taken(memory);  // it stayed as it was
    return nullptr;
}
} // namespace

mw::test::HeapCount mw::test::HeapCount::now() noexcept
{
    return { __atomic_load_n(&blocksInUse, __ATOMIC_RELAXED), __atomic_load_n(&bytesInUse, __ATOMIC_RELAXED) };
}

bool mw::test::HeapCount::isCounted() noexcept { return true; }
#else
mw::test::HeapCount mw::test::HeapCount::now() noexcept { return {}; }
bool mw::test::HeapCount::isCounted() noexcept { return false; }
#endif

namespace
{
MW_GUARD_PLAIN void* takeMemory(size_t bytes, size_t alignment) noexcept
{
    static constexpr RealTimeCall call { RealTimeKind::memory, "operator new" };
    note(call);
    if (isNewRefused())
        return nullptr;
    bytes = bytes == 0 ? 1 : bytes;
#if MW_GUARD_SANITIZED
    if (alignment <= alignof(std::max_align_t))
        return std::malloc(bytes);
    void* memory = nullptr;
    return ::posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
#else
    return taken(alignment <= alignof(std::max_align_t) ? __libc_malloc(bytes) : __libc_memalign(alignment, bytes));
#endif
}

MW_GUARD_PLAIN void* takeMemoryOrThrow(size_t bytes, size_t alignment)
{
    if (auto* memory = takeMemory(bytes, alignment))
        return memory;
    throw std::bad_alloc();
}

MW_GUARD_PLAIN void giveMemoryBack(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    static constexpr RealTimeCall call { RealTimeKind::memory, "operator delete" };
    note(call);
#if MW_GUARD_SANITIZED
    std::free(memory);
#else
    giving(memory);
    __libc_free(memory);
#endif
}

constexpr size_t plainAlignment = alignof(std::max_align_t);
} // namespace

void* operator new(size_t n) { return takeMemoryOrThrow(n, plainAlignment); }
void* operator new[](size_t n) { return takeMemoryOrThrow(n, plainAlignment); }
void* operator new(size_t n, std::align_val_t a) { return takeMemoryOrThrow(n, static_cast<size_t>(a)); }
void* operator new[](size_t n, std::align_val_t a) { return takeMemoryOrThrow(n, static_cast<size_t>(a)); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return takeMemory(n, plainAlignment); }
void* operator new[](size_t n, const std::nothrow_t&) noexcept { return takeMemory(n, plainAlignment); }
void* operator new(size_t n, std::align_val_t a, const std::nothrow_t&) noexcept { return takeMemory(n, static_cast<size_t>(a)); }
void* operator new[](size_t n, std::align_val_t a, const std::nothrow_t&) noexcept
{
    return takeMemory(n, static_cast<size_t>(a));
}
void operator delete(void* p) noexcept { giveMemoryBack(p); }
void operator delete[](void* p) noexcept { giveMemoryBack(p); }
void operator delete(void* p, size_t) noexcept { giveMemoryBack(p); }
void operator delete[](void* p, size_t) noexcept { giveMemoryBack(p); }
void operator delete(void* p, std::align_val_t) noexcept { giveMemoryBack(p); }
void operator delete[](void* p, std::align_val_t) noexcept { giveMemoryBack(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { giveMemoryBack(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { giveMemoryBack(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { giveMemoryBack(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { giveMemoryBack(p); }

// ---- malloc and its family, in builds without a sanitizer --------------------------------------------------------------

#if ! MW_GUARD_SANITIZED

namespace
{
bool isMemoryRefused() noexcept { return mw::test::guard::isToFail(mw::test::Resource::cMemory, ENOMEM); }
} // namespace

// As MW_GUARD_CALL, but on to names of the C library that need no look-up: the look-up itself takes memory.
#define MW_GUARD_ALLOCATE(name, parameters, expression)                              \
    namespace                                                                        \
    {                                                                                \
    constexpr RealTimeCall call_##name { RealTimeKind::memory, #name };              \
    }                                                                                \
    extern "C" void* guarded_##name parameters __asm__(#name);                       \
    void* guarded_##name parameters                                                  \
    {                                                                                \
        note(call_##name);                                                           \
        return isMemoryRefused() ? nullptr : expression;                             \
    }

MW_GUARD_ALLOCATE(malloc, (size_t bytes), taken(__libc_malloc(bytes)))
MW_GUARD_ALLOCATE(calloc, (size_t count, size_t bytes), taken(__libc_calloc(count, bytes)))
MW_GUARD_ALLOCATE(realloc, (void* memory, size_t bytes), changed(memory, bytes))
MW_GUARD_ALLOCATE(memalign, (size_t alignment, size_t bytes), taken(__libc_memalign(alignment, bytes)))
MW_GUARD_ALLOCATE(aligned_alloc, (size_t alignment, size_t bytes), taken(__libc_memalign(alignment, bytes)))
MW_GUARD_ALLOCATE(valloc, (size_t bytes), taken(__libc_valloc(bytes)))
MW_GUARD_ALLOCATE(pvalloc, (size_t bytes), taken(__libc_pvalloc(bytes)))

namespace
{
constexpr RealTimeCall callFree { RealTimeKind::memory, "free" };
constexpr RealTimeCall callPosixMemalign { RealTimeKind::memory, "posix_memalign" };
constexpr RealTimeCall callReallocarray { RealTimeKind::memory, "reallocarray" };
} // namespace

extern "C" void guardedFree(void* memory) __asm__("free");
extern "C" int guardedPosixMemalign(void** memory, size_t alignment, size_t bytes) __asm__("posix_memalign");
extern "C" void* guardedReallocarray(void* memory, size_t count, size_t bytes) __asm__("reallocarray");

void guardedFree(void* memory)
{
    if (memory != nullptr)
        note(callFree);
    giving(memory);
    __libc_free(memory);
}

int guardedPosixMemalign(void** memory, size_t alignment, size_t bytes)
{
    note(callPosixMemalign);
    if (mw::test::shouldFail(mw::test::Resource::cMemory))
        return ENOMEM;
    if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    auto* const made = taken(__libc_memalign(alignment, bytes));
    if (made == nullptr)
        return ENOMEM;
    *memory = made;
    return 0;
}

void* guardedReallocarray(void* memory, size_t count, size_t bytes)
{
    note(callReallocarray);
    if (isMemoryRefused())
        return nullptr;
    size_t total = 0;
    if (__builtin_mul_overflow(count, bytes, &total))
    {
        errno = ENOMEM;
        return nullptr;
    }
    return changed(memory, total);
}
#endif

// ---- what takes memory on the way ------------------------------------------------------------------------------------

#if MW_GUARD_CALLS
MW_GUARD_CALL(memory, char*, strdup, (const char* text), (text))
MW_GUARD_CALL(memory, char*, strndup, (const char* text, size_t most), (text, most))
MW_GUARD_CALL(memory, void*, sbrk, (intptr_t change), (change))
MW_GUARD_CALL(memory, int, brk, (void* end), (end))
#endif
