#include <Support/PostConditions.h>

#include <mw_sip/adapter/SipHeaders.h>
#include <mw_sip/mw_sip.h>

namespace mw::test
{

namespace
{

/** libre's own count of its objects; 0 in builds where it keeps none (CMake/SipStack.cmake says in which it does). */
long blocksOfLibre()
{
    struct memstat count {};
    return ::mem_get_stat(&count) == 0 ? static_cast<long>(count.blocks_cur) : 0;
}

/** Starts the stack once before the first test, so that what OpenSSL and the C library make at their first use, and keep, is not
    taken for a test's. */
class SipOnce final : public ::testing::Environment
{
public:
    void SetUp() override
    {
        SipConfig config;
        config.listen = "127.0.0.1:0";
        const auto stack = makeSipStack(config);
        ASSERT_TRUE(stack->start([](LegEvent) {}).ok());
        stack->stop(0);
        ASSERT_EQ(blocksOfLibre(), 0) << "a stack that has stopped leaves no object of libre's";
    }
};

const struct Watch
{
    Watch()
    {
        PostConditions::watch("libre's count of its objects", blocksOfLibre);
        ::testing::AddGlobalTestEnvironment(new SipOnce);  // gtest owns it
    }
} watch;

} // namespace

} // namespace mw::test
