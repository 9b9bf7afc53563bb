#include <cli/Arguments.h>
#include <cli/SipOptions.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using mw::cli::checkListenAddress, mw::cli::closestName, mw::cli::listenFor, mw::cli::parseAccount, mw::cli::parseNumber;
using mw::cli::sipUri, mw::cli::wrapped;

TEST(Arguments, SuggestsTheClosestNameAndNothingFarFetched)
{
    const std::vector<std::string> names { "--legs", "--dtmf", "--dtmf-on", "--listen" };
    EXPECT_EQ(closestName("--lges", names), "--legs");
    EXPECT_EQ(closestName("--listn", names), "--listen");
    EXPECT_EQ(closestName("--dtmf-of", names), "--dtmf-on");
    EXPECT_EQ(closestName("--something-else", names), "");
    EXPECT_EQ(closestName("", names), "");
}

TEST(Arguments, BreaksLinesAtBlanksAndCountsCharactersNotOctets)
{
    EXPECT_EQ(wrapped("one two three", 7), "one two\nthree");
    EXPECT_EQ(wrapped("±±± ±±±", 7), "±±± ±±±");
    EXPECT_EQ(wrapped("unbreakable-word", 4), "unbreakable-word");
    EXPECT_EQ(wrapped("", 10), "");
}

TEST(Arguments, TakesWholeNumbersOnly)
{
    double number = 0.0;
    EXPECT_TRUE(parseNumber("-6.5", number));
    EXPECT_DOUBLE_EQ(number, -6.5);
    EXPECT_TRUE(parseNumber("+3", number));
    EXPECT_DOUBLE_EQ(number, 3.0);
    for (const auto* wrong : { "", "+", "1 ", " 1", "1dB", "0x10", "1,5" })
        EXPECT_FALSE(parseNumber(wrong, number)) << wrong;
}

TEST(SipOptions, CompletesUrisAndRefusesWhatIsNone)
{
    EXPECT_EQ(sipUri("127.0.0.1:5070").value(), "sip:127.0.0.1:5070");
    EXPECT_EQ(sipUri("sink@host").value(), "sip:sink@host");
    EXPECT_EQ(sipUri("sip:sink@[::1]:5070;transport=tcp").value(), "sip:sink@[::1]:5070;transport=tcp");
    EXPECT_EQ(sipUri("sips:a@h").value(), "sips:a@h");
    for (const auto* wrong : { "", "sip:", "sip:a@", "a b", "sip:a@h:0", "sip:a@h:70000", "sip:a@h:x", "<sip:a@h>" })
        EXPECT_FALSE(sipUri(wrong).ok()) << wrong;
}

TEST(SipOptions, ChecksListenAddresses)
{
    for (const auto* right : { "127.0.0.1:5060", "0.0.0.0:0", "[::1]:5060", "[::]:65535" })
        EXPECT_TRUE(checkListenAddress(right).ok()) << right;
    for (const auto* wrong : { "", "5060", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:65536", "::1:5060", "256.0.0.1:1", "host:1" })
        EXPECT_FALSE(checkListenAddress(wrong).ok()) << wrong;
}

TEST(SipOptions, ACallerListensWhereItsCalleeCanAnswer)
{
    EXPECT_EQ(listenFor("sip:a@127.0.0.1:5060"), "127.0.0.1:0");
    EXPECT_EQ(listenFor("sip:localhost"), "127.0.0.1:0");
    EXPECT_EQ(listenFor("sip:a@192.0.2.1"), "0.0.0.0:0");
    EXPECT_EQ(listenFor("sip:a@[::1]:5060"), "[::1]:0");
    EXPECT_EQ(listenFor("sip:a@[2001:db8::1]"), "[::]:0");
}

TEST(SipOptions, ReadsAccounts)
{
    const auto account = parseAccount("sip:alice@example.org;auth=al;password=s3cret;outbound=sip:proxy;register=300");
    ASSERT_TRUE(account.ok());
    EXPECT_EQ(account.value().aor, "sip:alice@example.org");
    EXPECT_EQ(account.value().authUser, "al");
    EXPECT_EQ(account.value().password, "s3cret");
    EXPECT_EQ(account.value().outbound, "sip:proxy");
    EXPECT_EQ(account.value().registerSeconds, 300);
    for (const auto* wrong : { "", "example.org", "sip:a@b;register=-1", "sip:a@b;register=x", "sip:a@b;what=1", "sip:a@b;password-file=/nonexistent" })
        EXPECT_FALSE(parseAccount(wrong).ok()) << wrong;
}

TEST(SipOptions, AnyAddressIsSaidToStandForOne)
{
    EXPECT_EQ(mw::cli::noteOnListening("127.0.0.1:5060"), "");
    EXPECT_EQ(mw::cli::noteOnListening(""), "") << "what a source chooses by itself needs no word";
    EXPECT_EQ(mw::cli::noteOnListening("0.0.0.0:5060"), " (this address alone: 0.0.0.0 stands for the one that packets to the outside leave from)");
    EXPECT_NE(mw::cli::noteOnListening("[::]:5060").find("[::] stands for"), std::string::npos);
}
