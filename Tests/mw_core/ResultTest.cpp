#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>

using mw::Error;
using mw::ExitCode;
using mw::Result;

TEST(Result, Finding22_AnErrorCarriesWhatWhyAndWhatToDo)
{
    const Error whole { ExitCode::environment, "listen on 127.0.0.1:5060", "Address already in use", "choose another port" };
    EXPECT_EQ(whole.message(), "cannot listen on 127.0.0.1:5060: Address already in use (choose another port)");
    const Error noRemedy { ExitCode::wrongUse, "use the DTMF sequence", "too long", "" };
    EXPECT_EQ(noRemedy.message(), "cannot use the DTMF sequence: too long");
    const Error bare { ExitCode::callFailed, "call", "", "" };
    EXPECT_EQ(bare.message(), "cannot call");
}

TEST(Result, HoldsAValueOrAnError)
{
    Result<std::string> good(std::string("yes"));
    ASSERT_TRUE(good.ok());
    EXPECT_TRUE(static_cast<bool>(good));
    EXPECT_EQ(good.value(), "yes");
    good.value() = "changed";
    EXPECT_EQ(good.value(), "changed");

    const Result<std::string> bad(Error { ExitCode::wrongUse, "read", "why", "" });
    EXPECT_FALSE(bad.ok());
    EXPECT_FALSE(static_cast<bool>(bad));
    EXPECT_EQ(bad.error().code, ExitCode::wrongUse);
    EXPECT_EQ(bad.error().why, "why");
}

TEST(Result, MovesOutWhatCannotBeCopied)
{
    Result<std::unique_ptr<int>> made(std::make_unique<int>(7));
    const auto taken = std::move(made).value();
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(*taken, 7);
}

TEST(Result, OfNothingIsGoodUnlessItHasAnError)
{
    EXPECT_TRUE(Result<void>().ok());
    const Result<void> bad(Error { ExitCode::callFailed, "dial", "486 Busy Here", "" });
    EXPECT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().code, ExitCode::callFailed);
}

TEST(Result, ExitCodesAreWhatTheReadmeSays)
{
    EXPECT_EQ(static_cast<int>(ExitCode::passed), 0);
    EXPECT_EQ(static_cast<int>(ExitCode::expectationFailed), 1);
    EXPECT_EQ(static_cast<int>(ExitCode::wrongUse), 2);
    EXPECT_EQ(static_cast<int>(ExitCode::environment), 3);
    EXPECT_EQ(static_cast<int>(ExitCode::callFailed), 4);
}
