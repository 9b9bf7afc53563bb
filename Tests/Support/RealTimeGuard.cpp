#include "RealTimeGuardHooks.h"

#include <mw_core/mw_core.h>

namespace mw::test
{

namespace
{
/** Filled by any thread, with the compiler's atomics only: they stay uninstrumented where std::atomic's members do not. */
struct Tally
{
    int count = 0;
    const RealTimeCall* first = nullptr;

    [[nodiscard]] std::string text() const
    {
        const auto* call = __atomic_load_n(&first, __ATOMIC_ACQUIRE);
        return call == nullptr ? std::string() : std::string(nameOf(call->kind)) + ": " + call->function;
    }
};

Tally ofTheTest, wanted;
Tally* current = nullptr;  // null until the first test starts

void clear(Tally& tally) noexcept
{
    __atomic_store_n(&tally.count, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&tally.first, nullptr, __ATOMIC_RELEASE);
}
} // namespace

namespace guard
{
MW_GUARD_PLAIN void note(const RealTimeCall& call) noexcept
{
    auto* const tally = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    if (tally == nullptr)
        return;  // before main, and in the sanitizers' own start, thread-local storage may not be there yet
    if (currentThreadRole() != ThreadRole::audioRegion)
        return;
    const RealTimeCall* none = nullptr;
    __atomic_compare_exchange_n(&tally->first, &none, &call, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    __atomic_fetch_add(&tally->count, 1, __ATOMIC_ACQ_REL);
}
} // namespace guard

const char* nameOf(RealTimeKind kind) noexcept
{
    switch (kind)
    {
        case RealTimeKind::memory: return "memory";
        case RealTimeKind::lock: return "lock";
        case RealTimeKind::wait: return "wait";
        case RealTimeKind::network: return "network";
        case RealTimeKind::file: return "file";
        case RealTimeKind::log: return "log";
        case RealTimeKind::system: return "system";
    }
    return "?";
}

int RealTimeGuard::count() noexcept { return __atomic_load_n(&ofTheTest.count, __ATOMIC_ACQUIRE); }
std::string RealTimeGuard::first() { return ofTheTest.text(); }
bool RealTimeGuard::watchesAllocator() noexcept { return guard::memoryIsLinked() && ! MW_GUARD_SANITIZED; }

bool RealTimeGuard::watchesCalls() noexcept
{
    return guard::locksAreLinked() && guard::waitsAreLinked() && guard::filesAreLinked() && guard::logsAreLinked()
        && MW_GUARD_CALLS != 0;
}

void RealTimeGuard::begin() noexcept
{
    clear(ofTheTest);
    __atomic_store_n(&current, &ofTheTest, __ATOMIC_RELEASE);
}

WantedViolations::WantedViolations() noexcept
{
    clear(wanted);
    __atomic_store_n(&current, &wanted, __ATOMIC_RELEASE);
}

WantedViolations::~WantedViolations() { __atomic_store_n(&current, &ofTheTest, __ATOMIC_RELEASE); }

int WantedViolations::count() const noexcept { return __atomic_load_n(&wanted.count, __ATOMIC_ACQUIRE); }
std::string WantedViolations::first() const { return wanted.text(); }

void RealTimeListener::OnTestStart(const ::testing::TestInfo&)
{
    static_cast<void>(RealTimeGuard::watchesAllocator() && RealTimeGuard::watchesCalls());  // links every hook in
    RealTimeGuard::begin();
}

void RealTimeListener::OnTestEnd(const ::testing::TestInfo&)
{
    if (RealTimeGuard::count() > 0)
        ADD_FAILURE() << "the audio region did what it may not, " << RealTimeGuard::count() << " time(s); first "
                      << RealTimeGuard::first();
}

} // namespace mw::test
