#include "RawSipPeer.h"
#include "StackUnderTest.h"

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

SipConfig withAccount(const RawSipPeer& registrar, int registerSeconds)
{
    auto config = StackUnderTest::defaultConfig();
    SipAccount account;
    account.aor = "sip:alice@127.0.0.1:" + std::to_string(registrar.sip.port());
    account.authUser = "alice.auth";
    account.password = "p;a\"s<s>w,d";  // every character that could break an address
    account.registerSeconds = registerSeconds;
    config.accounts = { account };
    return config;
}

/** Answers a request with 401 and a digest challenge (RFC 2617). */
void challenge(RawSipPeer& peer, int toPort, const std::string& request)
{
    peer.answer(toPort, request, "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"lab\", nonce=\"n0nce\", algorithm=MD5");
}

} // namespace

TEST(SipAccount, RegistersWithDigest)
{
    RawSipPeer registrar;
    StackUnderTest stack(withAccount(registrar, 3600));
    stack.start();
    challenge(registrar, stack.sipPort(), registrar.next("REGISTER"));
    const auto second = registrar.next("REGISTER");
    const auto authorization = RawSipPeer::headerOf(second, "Authorization");
    EXPECT_NE(authorization.find("username=\"alice.auth\""), std::string::npos) << second;
    EXPECT_NE(authorization.find("realm=\"lab\""), std::string::npos);
    EXPECT_NE(authorization.find("response=\""), std::string::npos);
    EXPECT_EQ(second.find("p;a"), std::string::npos) << "the password itself is never sent";
    registrar.answer(stack.sipPort(), second, "200 OK");
    const auto event = stack.waitFor([](const LegEvent& e) { return e.kind == Kind::registered; }, "registered");
    EXPECT_EQ(event.peerUri, "sip:alice@127.0.0.1:" + std::to_string(registrar.sip.port()));
    EXPECT_EQ(event.sipCode, 200);
}

TEST(SipAccount, RefusedRegistrationIsToldWithItsReason)
{
    RawSipPeer registrar;
    StackUnderTest stack(withAccount(registrar, 3600));
    stack.start();
    registrar.answer(stack.sipPort(), registrar.next("REGISTER"), "403 Forbidden");
    const auto event = stack.waitFor([](const LegEvent& e) { return e.kind == Kind::registrationFailed; }, "refusal");
    EXPECT_EQ(event.sipCode, 403);
    EXPECT_EQ(event.reason, "Forbidden");
}

TEST(SipAccount, CallsFromTheAccountWithoutRegistering)
{
    RawSipPeer peer;
    StackUnderTest stack(withAccount(peer, 0));
    stack.start();
    const auto leg = stack.legs().dial("sip:bob@127.0.0.1:" + std::to_string(peer.sip.port()));
    ASSERT_TRUE(leg.ok());
    const auto invite = peer.next("INVITE");
    EXPECT_NE(RawSipPeer::headerOf(invite, "From").find("sip:alice@"), std::string::npos) << invite;
    challenge(peer, stack.sipPort(), invite);
    const auto second = peer.next("INVITE");
    EXPECT_NE(RawSipPeer::headerOf(second, "Authorization").find("uri=\"sip:bob@"), std::string::npos) << second;
    peer.answer(stack.sipPort(), second, "200 OK", peer.sdp("0"));
    EXPECT_FALSE(peer.next("ACK").empty());
    stack.waitFor(Kind::mediaReady, leg.value(), "media");
}

} // namespace mw::test
