#include "AllocationGuard.h"

#include "FailureInjector.h"

#include <mw_core/mw_core.h>

#include <atomic>
#include <cstdarg>
#include <cstdlib>
#include <cerrno>
#include <dlfcn.h>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
 #define MW_GUARD_SANITIZED 1
#elif defined(__has_feature)
 #if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  #define MW_GUARD_SANITIZED 1
 #endif
#endif

#ifndef MW_GUARD_SANITIZED
 #define MW_GUARD_SANITIZED 0
#endif

// GCC links its sanitizer runtimes as shared libraries, so a definition in the program comes first and RTLD_NEXT is the
// sanitizer's own. Clang links them statically, where RTLD_NEXT would pass them by.
#if MW_GUARD_SANITIZED && defined(__clang__)
 #define MW_GUARD_LOCKS 0
#else
 #define MW_GUARD_LOCKS 1
#endif

// These functions run before a sanitizer is ready and while it works: they must not be instrumented.
#define MW_GUARD_PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))

namespace
{
bool guardArmed = false;  // read and written with the builtins only, which stay uninstrumented where std::atomic's members do not
std::atomic<int> violationCount { 0 };
std::atomic<const char*> firstViolation { nullptr };

MW_GUARD_PLAIN void noteViolation(const char* what) noexcept
{
    if (! __atomic_load_n(&guardArmed, __ATOMIC_RELAXED))
        return;  // before main, and in the sanitizers' own start, thread-local storage may not be there yet
    if (mw::currentThreadRole() != mw::ThreadRole::audioRegion)
        return;
    const char* none = nullptr;
    firstViolation.compare_exchange_strong(none, what);
    violationCount.fetch_add(1);
}

/** Whether this call is one that a test wants to fail (FailureInjector). @param error for errno */
MW_GUARD_PLAIN bool isToFail(mw::test::Resource what, int error) noexcept
{
    if (! mw::test::shouldFail(what))
        return false;
    errno = error;
    return true;
}
} // namespace

void AudioRegionViolations::reset()
{
    violationCount.store(0);
    firstViolation.store(nullptr);
    __atomic_store_n(&guardArmed, true, __ATOMIC_RELEASE);
}

int AudioRegionViolations::count() { return violationCount.load(); }

std::string AudioRegionViolations::first()
{
    const auto* what = firstViolation.load();
    return what == nullptr ? std::string() : std::string(what);
}

bool AudioRegionViolations::hooksMalloc() { return ! MW_GUARD_SANITIZED; }
bool AudioRegionViolations::hooksLocks() { return MW_GUARD_LOCKS != 0; }

// ---- operator new and delete, in every build --------------------------------------------------------------------------

#if ! MW_GUARD_SANITIZED
extern "C"
{
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);
}
#endif

namespace
{
MW_GUARD_PLAIN void* takeMemory(size_t bytes, size_t alignment) noexcept
{
    noteViolation("operator new");
    if (isToFail(mw::test::Resource::memory, ENOMEM))
        return nullptr;
    bytes = bytes == 0 ? 1 : bytes;
#if MW_GUARD_SANITIZED
    if (alignment <= alignof(std::max_align_t))
        return std::malloc(bytes);
    void* memory = nullptr;
    return ::posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
#else
    return alignment <= alignof(std::max_align_t) ? __libc_malloc(bytes) : __libc_memalign(alignment, bytes);
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
    noteViolation("operator delete");
#if MW_GUARD_SANITIZED
    std::free(memory);
#else
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
void* operator new[](size_t n, std::align_val_t a, const std::nothrow_t&) noexcept { return takeMemory(n, static_cast<size_t>(a)); }
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
extern "C"
{
void* malloc(size_t bytes)
{
    noteViolation("malloc");
    if (isToFail(mw::test::Resource::cMemory, ENOMEM))
        return nullptr;
    return __libc_malloc(bytes);
}

void* calloc(size_t count, size_t bytes)
{
    noteViolation("calloc");
    if (isToFail(mw::test::Resource::cMemory, ENOMEM))
        return nullptr;
    return __libc_calloc(count, bytes);
}

void* realloc(void* memory, size_t bytes)
{
    noteViolation("realloc");
    if (isToFail(mw::test::Resource::cMemory, ENOMEM))
        return nullptr;
    return __libc_realloc(memory, bytes);
}

void free(void* memory)
{
    if (memory != nullptr)
        noteViolation("free");
    __libc_free(memory);
}

int posix_memalign(void** memory, size_t alignment, size_t bytes)
{
    noteViolation("posix_memalign");
    if (mw::test::shouldFail(mw::test::Resource::cMemory))
        return ENOMEM;
    if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    auto* const taken = __libc_memalign(alignment, bytes);
    if (taken == nullptr)
        return ENOMEM;
    *memory = taken;
    return 0;
}

void* aligned_alloc(size_t alignment, size_t bytes)
{
    noteViolation("aligned_alloc");
    if (isToFail(mw::test::Resource::cMemory, ENOMEM))
        return nullptr;
    return __libc_memalign(alignment, bytes);
}
}
#endif

// ---- locks, waits and system calls ----------------------------------------------------------------------------------------

#if MW_GUARD_LOCKS

namespace
{
/** The next definition of a C function behind ours: the C library's, or the sanitizer's. */
template <typename Function>
class NextFunction
{
public:
    constexpr NextFunction(const char* functionName, const char* symbolVersion = nullptr)
        : name(functionName), version(symbolVersion)
    {
    }

    MW_GUARD_PLAIN Function* get() noexcept
    {
        auto* known = __atomic_load_n(&found, __ATOMIC_ACQUIRE);
        if (known == nullptr)
        {
            // A plain dlsym may give the oldest version of a symbol, which for condition variables is another layout.
            if (version != nullptr)
                known = ::dlvsym(RTLD_NEXT, name, version);
            if (known == nullptr)
                known = ::dlsym(RTLD_NEXT, name);
            if (known == nullptr)
                std::abort();
            __atomic_store_n(&found, known, __ATOMIC_RELEASE);
        }
        return reinterpret_cast<Function*>(known);
    }

private:
    const char* name;
    const char* version;
    void* found = nullptr;
};

constinit NextFunction<int(pthread_mutex_t*)> nextMutexLock { "pthread_mutex_lock" };
constinit NextFunction<int(pthread_mutex_t*)> nextMutexTrylock { "pthread_mutex_trylock" };
constinit NextFunction<ssize_t(int, const void*, size_t)> nextWrite { "write" };
constinit NextFunction<ssize_t(int, void*, size_t)> nextRead { "read" };
constinit NextFunction<int(const char*, int, ...)> nextOpen { "open" };
constinit NextFunction<int(const char*, int, ...)> nextOpen64 { "open64" };
constinit NextFunction<FILE*(const char*, const char*)> nextFopen { "fopen" };
constinit NextFunction<FILE*(const char*, const char*)> nextFopen64 { "fopen64" };
constinit NextFunction<ssize_t(int, const iovec*, int)> nextWritev { "writev" };
constinit NextFunction<int(pollfd*, nfds_t, int)> nextPoll { "poll" };
constinit NextFunction<int(const timespec*, timespec*)> nextNanosleep { "nanosleep" };
constinit NextFunction<int(clockid_t, int, const timespec*, timespec*)> nextClockNanosleep { "clock_nanosleep" };
constinit NextFunction<size_t(const void*, size_t, size_t, FILE*)> nextFwrite { "fwrite" };

/** Files alone: a full disk does not keep anyone from writing to a socket or to the terminal. */
MW_GUARD_PLAIN bool isDiskFull(int fd) noexcept
{
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && isToFail(mw::test::Resource::disk, ENOSPC);
}

MW_GUARD_PLAIN bool isOpenRefused(bool forWriting) noexcept
{
    return isToFail(mw::test::Resource::descriptor, EMFILE) || (forWriting && isToFail(mw::test::Resource::file, EACCES));
}
} // namespace

extern "C"
{
MW_GUARD_PLAIN int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept
{
    noteViolation("pthread_mutex_lock");
    return nextMutexLock.get()(mutex);
}

MW_GUARD_PLAIN int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept
{
    noteViolation("pthread_mutex_trylock");
    return nextMutexTrylock.get()(mutex);
}

MW_GUARD_PLAIN ssize_t write(int fd, const void* bytes, size_t count)
{
    noteViolation("write");
    if (isDiskFull(fd))
        return -1;
    return nextWrite.get()(fd, bytes, count);
}

MW_GUARD_PLAIN ssize_t read(int fd, void* bytes, size_t count)
{
    noteViolation("read");
    return nextRead.get()(fd, bytes, count);
}

MW_GUARD_PLAIN int open(const char* path, int flags, ...)
{
    noteViolation("open");
    if (isOpenRefused((flags & O_ACCMODE) != O_RDONLY))
        return -1;
    va_list more;
    va_start(more, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : mode_t { 0 };
    va_end(more);
    return nextOpen.get()(path, flags, mode);
}

MW_GUARD_PLAIN int open64(const char* path, int flags, ...)
{
    noteViolation("open64");
    if (isOpenRefused((flags & O_ACCMODE) != O_RDONLY))
        return -1;
    va_list more;
    va_start(more, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : mode_t { 0 };
    va_end(more);
    return nextOpen64.get()(path, flags, mode);
}

MW_GUARD_PLAIN FILE* fopen(const char* path, const char* mode)
{
    noteViolation("fopen");
    return isOpenRefused(mode[0] != 'r' || mode[1] == '+') ? nullptr : nextFopen.get()(path, mode);
}

MW_GUARD_PLAIN FILE* fopen64(const char* path, const char* mode)
{
    noteViolation("fopen64");
    return isOpenRefused(mode[0] != 'r' || mode[1] == '+') ? nullptr : nextFopen64.get()(path, mode);
}

MW_GUARD_PLAIN ssize_t writev(int fd, const iovec* parts, int count)
{
    noteViolation("writev");
    if (isDiskFull(fd))
        return -1;
    return nextWritev.get()(fd, parts, count);
}

MW_GUARD_PLAIN int poll(pollfd* fds, nfds_t count, int timeoutMs)
{
    noteViolation("poll");
    return nextPoll.get()(fds, count, timeoutMs);
}

MW_GUARD_PLAIN int nanosleep(const timespec* wanted, timespec* left)
{
    noteViolation("nanosleep");
    return nextNanosleep.get()(wanted, left);
}

MW_GUARD_PLAIN int clock_nanosleep(clockid_t clock, int flags, const timespec* wanted, timespec* left)
{
    noteViolation("clock_nanosleep");
    return nextClockNanosleep.get()(clock, flags, wanted, left);
}

MW_GUARD_PLAIN size_t fwrite(const void* bytes, size_t size, size_t count, FILE* file)
{
    noteViolation("fwrite");
    if (isDiskFull(::fileno(file)))
        return 0;
    return nextFwrite.get()(bytes, size, count, file);
}
}

#if ! MW_GUARD_SANITIZED

namespace
{
#if defined(__x86_64__)
constexpr const char* condVersion = "GLIBC_2.3.2";
#else
constexpr const char* condVersion = nullptr;  // one version only
#endif
constinit NextFunction<int(pthread_cond_t*, pthread_mutex_t*)> nextCondWait { "pthread_cond_wait", condVersion };
constinit NextFunction<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)> nextCondTimedwait { "pthread_cond_timedwait", condVersion };
constinit NextFunction<int(pthread_cond_t*)> nextCondSignal { "pthread_cond_signal", condVersion };
constinit NextFunction<int(pthread_cond_t*)> nextCondBroadcast { "pthread_cond_broadcast", condVersion };
constinit NextFunction<long(long, ...)> nextSyscall { "syscall" };
} // namespace

extern "C"
{
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex)
{
    noteViolation("pthread_cond_wait");
    return nextCondWait.get()(condition, mutex);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until)
{
    noteViolation("pthread_cond_timedwait");
    return nextCondTimedwait.get()(condition, mutex, until);
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept
{
    noteViolation("pthread_cond_signal");
    return nextCondSignal.get()(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept
{
    noteViolation("pthread_cond_broadcast");
    return nextCondBroadcast.get()(condition);
}

long syscall(long number, ...) noexcept
{
    noteViolation("syscall");
    va_list more;
    va_start(more, number);
    long a[6];
    for (auto& argument : a)
        argument = va_arg(more, long);
    va_end(more);
    return nextSyscall.get()(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
}

#endif
#endif
