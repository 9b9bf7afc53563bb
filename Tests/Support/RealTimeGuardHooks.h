#pragma once

#include "FailureInjector.h"
#include "RealTimeGuard.h"

#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>

// For the files that interpose: how a function of the C library is replaced by one that is noted, fails if a test wants it to
// (FailureInjector), and is passed on.

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
 #define MW_GUARD_CALLS 0
#else
 #define MW_GUARD_CALLS 1
#endif

// These functions run before a sanitizer is ready and while it works: they must not be instrumented.
#define MW_GUARD_PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))

namespace mw::test::guard
{

/** Counts the call if it comes from the audio region. Safe at any time, also before main(). */
void note(const RealTimeCall& call) noexcept;

/** Whether this call is one that a test wants to fail (FailureInjector). @param error for errno */
MW_GUARD_PLAIN inline bool isToFail(Resource what, int error) noexcept
{
    if (! shouldFail(what))
        return false;
    errno = error;
    return true;
}

/** Whether a write to this descriptor is to find the disk full. Files alone: a full disk keeps no one from writing to a socket
    or to the terminal. */
[[nodiscard]] bool isDiskFull(int fd) noexcept;

/** Defined beside the hooks, so that asking for them links them in. */
[[nodiscard]] bool memoryIsLinked() noexcept;
[[nodiscard]] bool locksAreLinked() noexcept;
[[nodiscard]] bool waitsAreLinked() noexcept;
[[nodiscard]] bool filesAreLinked() noexcept;
[[nodiscard]] bool logsAreLinked() noexcept;

/** The next definition of a C function behind ours: the C library's, or the sanitizer's. */
template <typename Function>
class NextFunction
{
public:
    constexpr explicit NextFunction(const char* functionName, const char* symbolVersion = nullptr)
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

} // namespace mw::test::guard

/** Declares the replacement of a C function. It has a name of its own in C++ and the function's name for the linker only, so it
    need not repeat what the headers say of exceptions, null pointers and checked variants. */
#define MW_GUARD_DECLARE(kind, Return, name, parameters)                                      \
    namespace                                                                                 \
    {                                                                                         \
    constexpr mw::test::RealTimeCall call_##name { mw::test::RealTimeKind::kind, #name };     \
    }                                                                                         \
    extern "C" MW_GUARD_PLAIN Return guarded_##name parameters __asm__(#name)

#define MW_GUARD_NEXT(Return, name, parameters)                                               \
    namespace                                                                                 \
    {                                                                                         \
    constinit mw::test::guard::NextFunction<Return parameters> next_##name { #name };         \
    }

/** Notes the call and passes it on, or gives `failure` back when `fails` says so. */
#define MW_GUARD_FAILING_CALL(kind, Return, name, parameters, arguments, fails, failure)      \
    MW_GUARD_NEXT(Return, name, parameters)                                                   \
    MW_GUARD_DECLARE(kind, Return, name, parameters);                                         \
    Return guarded_##name parameters                                                          \
    {                                                                                         \
        mw::test::guard::note(call_##name);                                                   \
        return fails ? failure : next_##name.get() arguments;                                 \
    }

/** Notes the call and passes it on. */
#define MW_GUARD_CALL(kind, Return, name, parameters, arguments)                              \
    MW_GUARD_NEXT(Return, name, parameters)                                                   \
    MW_GUARD_DECLARE(kind, Return, name, parameters);                                         \
    Return guarded_##name parameters                                                          \
    {                                                                                         \
        mw::test::guard::note(call_##name);                                                   \
        return next_##name.get() arguments;                                                   \
    }
