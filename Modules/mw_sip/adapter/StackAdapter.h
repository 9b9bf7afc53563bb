#pragma once

#include "SipHeaders.h"

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mw
{

/** What happened to a user agent, as both versions of baresip report it. Called by C code, so nothing may be thrown; texts
    may be null. */
class UserAgentEvents
{
public:
    virtual ~UserAgentEvents() = default;

    /** A call rings; nobody has answered it yet. */
    virtual void incomingCall(struct ua* agent, struct call* call) noexcept = 0;

    /** A call ended that never rang here: the stack itself refused it. @param why its words */
    virtual void refusedCall(struct ua* agent, struct call* call, const char* why) noexcept = 0;

    /** The answer of a registrar. @param text "200 OK", "403 Forbidden" or a system error */
    virtual void registration(struct ua* agent, bool ok, const char* text) noexcept = 0;
};

/** All that differs between baresip 1.1.0 with libre 2.0.1 and upstream 4.10, and nothing else. Sip thread only. */
namespace adapter
{

/** Lines for baresip's configuration parser that only one of the versions knows. */
[[nodiscard]] std::string extraConfiguration();

/** libre_init(). @returns errno, 0 when it worked */
[[nodiscard]] int startLibre();

/** Whether the network that baresip knows has a numeric address. To be called after baresip_init(), which on 4.10 says nothing
    when the system would not name its addresses. */
[[nodiscard]] bool networkHas(const std::string& address);

/** Reads the configuration text in memory into baresip's global struct. @returns errno, 0 when it worked */
[[nodiscard]] int configure(const std::string& text);

/** Starts a baresip module ("g711"): the one linked into the program, or else the one in the module folder.
    @returns errno, 0 when it worked */
[[nodiscard]] int loadModule(const char* name);

/** One receiver at a time; null ends it. @returns errno, 0 when it worked */
[[nodiscard]] int listenToUserAgents(UserAgentEvents* receiver);

/** rtp_send(). @returns errno, 0 when it worked */
int sendRtp(struct rtp_sock* socket, const struct sa* to, bool marker, uint8_t payloadType, uint32_t timestamp,
            struct mbuf* payload);

/** Makes an RTP packet whose payload was cut off one that baresip's decoder passes by; libre's figures for RTCP do not change.
    1.1.0 passes by what has no payload; 4.10 would queue an empty frame of each for a player that we have not, and never free it.
    @param header from its first octet on, at least 2 of them */
void keepFromDecoder(std::span<uint8_t> header) noexcept;

/** The descriptor of an open UDP socket, -1 when there is none. @param family AF_INET or AF_INET6 */
[[nodiscard]] int descriptorOf(const struct udp_sock* socket, int family);

/** Makes a codec's encoder state. @param fmtp what the peer asked for, may be null. @returns errno, 0 when it worked */
[[nodiscard]] int makeEncoder(struct auenc_state** state, const struct aucodec* codec, int ptimeMs, const char* fmtp);

/** Timers of libre that run: those of calls, of transactions (RFC 3261) and our own. */
[[nodiscard]] int runningTimers() noexcept;

/** Most descriptors that the event loop will watch. To be called after startLibre(). @returns errno, 0 when it worked */
[[nodiscard]] int setDescriptorLimit(int count);

/** Watches a descriptor for reading in the event loop for as long as it lives; it does not own the descriptor. */
class ReadWatch
{
public:
    ReadWatch() = default;
    ~ReadWatch() { stop(); }
    ReadWatch(const ReadWatch&) = delete;
    ReadWatch& operator=(const ReadWatch&) = delete;

    /** @returns errno, 0 when it worked */
    [[nodiscard]] int start(int descriptor, std::function<void()> readable);
    void stop() noexcept;

private:
    static void ready(int flags, void* self) noexcept;

    std::function<void()> onReadable;
    int fd = -1;
#if MW_SIP_UPSTREAM
    struct re_fhs* handle = nullptr;
#endif
};

} // namespace adapter
} // namespace mw
