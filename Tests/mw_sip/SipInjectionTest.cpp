#include "StackUnderTest.h"

#include "../Support/RealTimeGuard.h"
#include "../Support/Sweep.h"

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

constexpr Whose onSip { .role = ThreadRole::sip };
constexpr Whose onControl { .onlyThisThread = true };

/** Starts and stops one stack with every use of a resource failing in turn, then starts it whole and carries a call. */
Swept sweepStart(Resource what, Whose whose)
{
    StackUnderTest stack;
    stack.start();  // once whole: what libraries make at their first use is there, and the stack's own descriptor
    stack.stop(0);
    // A start that came through in spite of the failure, as the last one that was untouched, has to carry a call.
    const auto carryACall = [&] {
        stack.forget();
        const auto pair = stack.callItself();
        stack.legs().hangUp(pair.caller);
        stack.waitFor(Kind::closed, pair.callee, "the end of the call");
        stack.stop();
    };
    return sweep(what, whose, [] {}, [&] { return stack.tryToStart(); }, carryACall);
}

} // namespace

TEST(SipInjection, Finding15_AStackWithoutItsThreadIsAnErrorWithItsCause)
{
    EXPECT_EQ(sweepStart(Resource::thread, {}).refused, 1u);
}

TEST(SipInjection, Finding15_EveryDescriptorOfTheStartMayFail)
{
    EXPECT_GE(sweepStart(Resource::descriptor, {}).refused, 5u);
}

TEST(SipInjection, Finding15_EveryAddressOfTheStartMayFail)
{
    EXPECT_GE(sweepStart(Resource::address, {}).refused, 3u);
}

TEST(SipInjection, Finding15_EveryWatchOfTheStartMayFail)
{
    EXPECT_GE(sweepStart(Resource::watch, {}).refused, 3u);
}

TEST(SipInjection, Finding19_EveryAllocationOfTheStartOnControlMayFail)
{
    EXPECT_GE(sweepStart(Resource::memory, onControl).refused, 3u);
}

TEST(SipInjection, Finding19_EveryAllocationOfTheStartOnSipMayFail)
{
    EXPECT_GE(sweepStart(Resource::memory, onSip).refused, 40u);
}

TEST(SipInjection, Finding19_EveryObjectOfLibreAndBaresipInTheStartMayFail)
{
    EXPECT_GE(sweepStart(Resource::libreMemory, onSip).refused, 40u);
}

// What the libraries below them take; a sanitizer owns malloc, and then the first attempt is the untouched one.
TEST(SipInjection, Finding19_EveryBlockOfTheLibrariesInTheStartMayFail)
{
    const auto swept = sweepStart(Resource::cMemory, onSip);
    EXPECT_GE(swept.refused, RealTimeGuard::watchesAllocator() ? 40u : 0u);
}

TEST(SipInjection, Finding15_AFirstStartWithoutADescriptorCanBeTriedAgain)
{
    StackUnderTest stack;
    {
        const FailureInjector injector(Resource::descriptor, 1);
        const auto started = stack.legs().start([](LegEvent) {});
        ASSERT_FALSE(started.ok());
        EXPECT_EQ(started.error().what, "take a descriptor to wake the SIP stack with");
        EXPECT_EQ(started.error().why, "Too many open files");
    }
    stack.start();
}

} // namespace mw::test
