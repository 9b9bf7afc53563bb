#pragma once

#include "SupportG711.h"

#include <Support/Process.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/** What SIPp is to do as a caller. */
struct SippCall
{
    uint16_t targetPort = 0;                        ///< SIP, UDP, 127.0.0.1
    std::string targetUser = "bench";
    std::vector<std::vector<unsigned char>> sounds; ///< one call each, G.711 octets, repeated until the call ends; empty: it sends nothing
    g711::Law law = g711::Law::mu;
    std::chrono::milliseconds talk { 5000 };        ///< from the answer to its BYE
    double callsPerSecond = 20.0;
    std::string infoDigits;                         ///< sent one each 400 ms by SIP INFO while it talks, by each call
    bool peerHangsUp = false;                       ///< it waits for the other side's BYE, `talk` at most
    int expectedRefusal = 0;                        ///< it expects this final answer in the place of 200
    int calls = 0;                                  ///< so many calls that all play the first sound; 0: one a sound
    int atOnce = 0;                                 ///< no more than these at a time; 0: all
    bool talksAtRandom = false;                     ///< each call for half to one and a half of `talk`
    std::string mediaLine;                          ///< SDP after "m=audio PORT RTP/AVP "; empty: the law's G.711
};

/** SIPp (package sip-tester) as caller: real INVITE, ACK, BYE, and its own RTP streams out of files. All calls of one SIPp
    share its one RTP port; the other side's ports tell them apart. */
class SippCaller
{
public:
    SippCaller(const std::filesystem::path& directory, const SippCall& call);

    [[nodiscard]] mw::test::Process& process() { return *sipp; }
    [[nodiscard]] uint16_t sipPort() const { return ownSipPort; }
    [[nodiscard]] uint16_t rtpPort() const { return ownRtpPort; }

    /** Waits for the end. @returns SIPp's exit code (0: every call went as its scenario says), −1: deadline passed. */
    int finish(std::chrono::milliseconds deadline);

    /** Screen and error log, for a failure's message. */
    [[nodiscard]] std::string log() const;

private:
    std::filesystem::path directory;
    uint16_t ownSipPort, ownRtpPort;
    std::unique_ptr<mw::test::Process> sipp;
};

/** What SIPp is to do as a callee. */
enum class SippAnswer
{
    busy,             ///< 486
    ringsForEver,     ///< 180 and nothing else; takes a CANCEL
    notAcceptable,    ///< 488, as one without a common codec answers
    answersAndTalks   ///< 200, its sound, waits for BYE
};

/** SIPp as callee of one call. */
class SippCallee
{
public:
    SippCallee(const std::filesystem::path& directory, SippAnswer answer, std::vector<unsigned char> muLawSound = {});

    [[nodiscard]] mw::test::Process& process() { return *sipp; }
    [[nodiscard]] uint16_t rtpPort() const { return ownRtpPort; }
    [[nodiscard]] std::string uri() const { return "sip:callee@127.0.0.1:" + std::to_string(ownSipPort); }

    /** As SippCaller::finish(). */
    int finish(std::chrono::milliseconds deadline);
    [[nodiscard]] std::string log() const;

private:
    std::filesystem::path directory;
    uint16_t ownSipPort, ownRtpPort;
    std::unique_ptr<mw::test::Process> sipp;
};

/** SIPp as a crowd of strangers that never behave for long. It runs until it is terminated.

    As callees: they ring for up to 0.4 s, answer and talk; some reject. A call that we leave alone for some seconds is left
    without a word: its sound stops, and no BYE comes. As callers: they wait up to 4 s for an answer, else CANCEL; they talk
    for some seconds and say BYE. Both take re-INVITE, INFO and BYE at any time. */
class SippCrowd
{
public:
    enum class Part { callees, callers };

    /** @param targetPort for callers: whom they call (SIP, UDP, 127.0.0.1) @param callsPerSecond, atOnce of callers */
    SippCrowd(const std::filesystem::path& directory, Part part, uint16_t targetPort = 0, int callsPerSecond = 1, int atOnce = 1);

    [[nodiscard]] mw::test::Process& process() { return *sipp; }
    [[nodiscard]] std::string uri() const { return "sip:crowd@127.0.0.1:" + std::to_string(ownSipPort); }

private:
    uint16_t ownSipPort, ownRtpPort;
    std::unique_ptr<mw::test::Process> sipp;
};
