#include "FailureInjector.h"

#include <atomic>
#include <cstdlib>
#include <pthread.h>

// Called before a sanitizer is ready and while it works: not instrumented, and so without std::atomic, whose members are.
#define MW_INJECTOR_PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))

namespace mw::test
{

/** Where the interposed calls stand; named here so that the linker takes them into every test program. */
void linkFailingCalls() noexcept;

namespace
{
constexpr int nothing = -1, anyRole = -1;

// One plan for the process. `armedFor` is written last when a plan begins and first when it ends.
int armedFor = nothing;
int plannedRole = anyRole;
bool plannedThreadOnly = false;
bool plannedFromThenOn = false;
pthread_t plannedThread {};
uint64_t plannedUse = 0;
uint64_t usesSoFar = 0;
constinit thread_local int pauses = 0;
} // namespace

MW_INJECTOR_PLAIN bool shouldFail(Resource what) noexcept
{
    if (__atomic_load_n(&armedFor, __ATOMIC_ACQUIRE) != static_cast<int>(what))
        return false;
    const auto role = __atomic_load_n(&plannedRole, __ATOMIC_RELAXED);
    if (role != anyRole && static_cast<int>(currentThreadRole()) != role)
        return false;
    if (pauses > 0)
        return false;
    if (__atomic_load_n(&plannedThreadOnly, __ATOMIC_RELAXED) && ::pthread_equal(plannedThread, ::pthread_self()) == 0)
        return false;
    const auto use = __atomic_add_fetch(&usesSoFar, 1, __ATOMIC_RELAXED);
    return use == plannedUse || (use > plannedUse && plannedFromThenOn);
}

FailureInjector::FailureInjector(Resource what, uint64_t nth, Whose whose, Extent extent)
{
    if (__atomic_load_n(&armedFor, __ATOMIC_ACQUIRE) != nothing || nth == 0)
        std::abort();  // a fault of the test: two plans at once, or uses counted from 0
    linkFailingCalls();
    plannedRole = whose.role.has_value() ? static_cast<int>(*whose.role) : anyRole;
    plannedThreadOnly = whose.onlyThisThread;
    plannedThread = ::pthread_self();
    plannedFromThenOn = extent == Extent::fromThenOn;
    plannedUse = nth;
    __atomic_store_n(&usesSoFar, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&armedFor, static_cast<int>(what), __ATOMIC_RELEASE);
}

FailureInjector::~FailureInjector() { __atomic_store_n(&armedFor, nothing, __ATOMIC_RELEASE); }

bool FailureInjector::hasFailed() const noexcept { return uses() >= __atomic_load_n(&plannedUse, __ATOMIC_RELAXED); }

uint64_t FailureInjector::uses() const noexcept { return __atomic_load_n(&usesSoFar, __ATOMIC_RELAXED); }

NoInjection::NoInjection() noexcept { ++pauses; }

NoInjection::~NoInjection() { --pauses; }

} // namespace mw::test
