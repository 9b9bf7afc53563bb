#include "SignallingBench.h"


namespace mw::lab_test
{
namespace
{

TEST_F(SignallingBench, MessagesAreKeptByCallWhenAskedFor)
{
    make();
    const auto before = call("sip:early@example.com");
    legs->passMessage(before, false, "INVITE sip:us SIP/2.0", "INVITE");
    EXPECT_TRUE(engine->messages(before).empty()) << "nobody asked";

    engine->keepMessages(true);
    const auto leg = legs->ring("sip:alice@example.com");
    legs->passMessage(leg, false, "INVITE sip:us@192.0.2.2 SIP/2.0", "INVITE");
    EXPECT_EQ(engine->messages(leg).size(), 1u) << "before the engine heard of the call";
    run(0.04);
    legs->passMessage(leg, true, "SIP/2.0 200 OK", "INVITE");
    legs->passMessage(before, true, "BYE sip:early@example.com SIP/2.0", "BYE");
    const auto messages = engine->messages(leg);
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_FALSE(messages[0].sent);
    EXPECT_EQ(messages[0].startLine, "INVITE sip:us@192.0.2.2 SIP/2.0");
    EXPECT_EQ(messages[1].method, "INVITE");
    EXPECT_TRUE(messages[1].sent);
    EXPECT_EQ(engine->messageNumber(), 3u);

    legs->peerHangsUp(leg);
    run(0.04);
    EXPECT_EQ(engine->messages(leg).size(), 2u) << "as long as the call is in the list";
    engine->keepMessages(false);
    legs->passMessage(leg, true, "SIP/2.0 200 OK", "BYE");
    EXPECT_EQ(engine->messages(leg).size(), 2u);
}

TEST_F(SignallingBench, TheLast200MessagesOfACallAreKept)
{
    make();
    engine->keepMessages(true);
    const auto leg = call("sip:alice@example.com");
    for (int i = 0; i < 250; ++i)
        legs->passMessage(leg, true, "INFO sip:" + std::to_string(i) + " SIP/2.0", "INFO");
    const auto messages = engine->messages(leg);
    ASSERT_EQ(messages.size(), 200u);
    EXPECT_EQ(messages.front().startLine, "INFO sip:50 SIP/2.0");
    EXPECT_EQ(messages.back().startLine, "INFO sip:249 SIP/2.0");
    for (size_t i = 0; i < SignallingTrace::mostWaiting + 3; ++i)
        legs->passMessage(leg, true, "INFO x SIP/2.0", "INFO");
    EXPECT_EQ(engine->snapshot().signalling.messagesLost, 3u);
}

TEST_F(SignallingBench, AnsweringAutomaticallyCanBeTurnedOffWhileItRuns)
{
    make();
    EXPECT_TRUE(engine->answersAutomatically());
    engine->setAnswersAutomatically(false);
    const auto rings = call("sip:alice@example.com");
    EXPECT_EQ(engine->call(rings)->state, CallState::incoming);
    engine->setAnswersAutomatically(true);
    run(0.04);
    EXPECT_EQ(engine->call(rings)->state, CallState::incoming) << "it was for a person to answer";
    EXPECT_EQ(engine->call(call("sip:bob@example.com"))->state, CallState::established);
    engine->answer(rings);
    run(0.04);
    EXPECT_EQ(engine->call(rings)->state, CallState::established);
}

TEST_F(SignallingBench, OurHoldIsSeenInTheCall)
{
    make();
    const auto leg = call("sip:alice@example.com");
    EXPECT_FALSE(engine->call(leg)->onHold);
    engine->hold(leg, true);
    EXPECT_TRUE(engine->call(leg)->onHold);
    EXPECT_TRUE(legs->isOnHold(leg));
    engine->hold(leg, false);
    EXPECT_FALSE(engine->call(leg)->onHold);
    engine->hold(99, true);
}

TEST(DialUri, MakesWholeWhatPeopleType)
{
    const std::pair<const char*, const char*> typed[] {
        { "sip:bob@example.com", "sip:bob@example.com" }, { "bob@example.com", "sip:bob@example.com" },
        { "  10.0.0.5:5060 ", "sip:10.0.0.5:5060" },      { "SIPS:bob@[2001:db8::1]:5061", "sips:bob@[2001:db8::1]:5061" },
        { "sip:+4930123;ext=7@example.com;transport=tcp", "sip:+4930123;ext=7@example.com;transport=tcp" },
        { "localhost", "sip:localhost" },                 { "[::1]", "sip:[::1]" } };
    for (const auto& [text, uri] : typed)
    {
        const auto result = dialUri(text);
        ASSERT_TRUE(result.ok()) << text << ": " << result.error().message();
        EXPECT_EQ(result.value(), uri);
    }
}

TEST(DialUri, SaysWhyItCannotBeCalled)
{
    const std::pair<const char*, const char*> typed[] {
        { "", "nothing was given" },
        { "sip:", "the host is missing" },
        { "sip:bob@", "the host is missing" },
        { "@example.com", "the user before the @ is missing" },
        { "bob smith@example.com", "the space at position 4 cannot stand in a SIP address" },
        { "sip:bob@exa<mple", "the character at position 12 cannot stand in a SIP address" },
        { "tel:+4930", "'tel:' is no scheme of SIP" },
        { "bob@exam/ple", "'/' cannot stand in a host's name" },
        { "bob@host:0", "the port must be a number from 1 to 65535" },
        { "bob@host:65536", "the port must be a number from 1 to 65535" },
        { "bob@host:", "the port must be a number from 1 to 65535" },
        { "bob@[::1", "the ] of the IPv6 address is missing" },
        { "bob@[1234]", "between [ and ] there is no IPv6 address" } };
    for (const auto& [text, why] : typed)
    {
        const auto result = dialUri(text);
        ASSERT_FALSE(result.ok()) << text;
        EXPECT_EQ(result.error().why, why) << text;
        EXPECT_EQ(result.error().code, ExitCode::wrongUse);
    }
}

} // namespace
} // namespace mw::lab_test
