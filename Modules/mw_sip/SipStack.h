#pragma once

#include <mw_legs/mw_legs.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mw
{

/** A SIP account to call from and, if asked, to register. */
struct SipAccount
{
    std::string aor;          ///< "sip:user@domain"
    std::string authUser;     ///< digest user, empty: the aor's user
    std::string password;     ///< digest password; never logged or reported
    std::string outbound;     ///< outbound proxy URI, may be empty
    int registerSeconds = 0;  ///< registration interval [s]; 0: no registration
};

/** How the SIP stack listens and negotiates; values, checked by start(). */
struct SipConfig
{
    std::string listen = "127.0.0.1:5060";  ///< address:port; port 0 takes a free one
    std::string user = "milliwatt";         ///< user part of our address; calls to any user are taken
    bool udp = true, tcp = true;
    std::vector<std::string> codecs { "PCMU", "PCMA", "G722", "opus", "L16" };  ///< in order of preference
    int opusComplexity = 10;                ///< of the opus encoder, 0…10: 10 sounds best, less takes less processor time
    int ptimeMs = 20;                       ///< 5, 10, 20, 30, 40 or 60; of the packets that we send and, by our offers, would like to receive
    bool followsPeerPtime = true;           ///< a peer whose SDP asks for another length (a=ptime, a=maxptime) is sent that, see packetTimeMs()
    int maxLegs = 64;                       ///< calls beyond it are refused with 486
    int rtpPortMin = 10000, rtpPortMax = 19999;  ///< [UDP ports], even and odd pairs for RTP and RTCP
    int rtpTimeoutMs = 10000;               ///< a leg whose peer sent nothing for this long is ended; 0: never
    int holdTimeoutMs = 3'600'000;          ///< a call on hold of which nothing was heard for this long is ended; 0: never
    int answerTimeoutMs = 60000;            ///< a callee that has not answered by then is given up (CANCEL)
    std::string mediaEncryption;            ///< "" or "srtp-mand" (SDES)
    std::vector<SipAccount> accounts;
    LegPortConfig port;                     ///< for every leg's LegPort
    bool waitsForTick = true;               ///< packets wait in the kernel, which notes when they came, until shortly before the tick that needs them; false: each is read as it comes
    bool realtimePriority = false;          ///< asks for SCHED_FIFO for the sip thread, below the media thread's; without the right to it, goes on
    std::shared_ptr<Clock> clock;           ///< engine clock for arrival times; null: a RealClock
    std::function<void(const std::string&)> log;  ///< warnings of the stack, called on the sip thread, may not wait; null: none
};

/** The SIP stack as a LegFactory: libre and baresip on one thread, "sip", that alone ever touches them. One at a time in a
    process (libre's state is global); it can be started and stopped any number of times.
    @returns never null; what cannot work is said by start() */
[[nodiscard]] std::unique_ptr<LegFactory> makeSipStack(const SipConfig& config);

/** Names that SipConfig::codecs accepts, in the default order. */
[[nodiscard]] std::vector<std::string> availableCodecs();

} // namespace mw
