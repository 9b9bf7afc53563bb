#pragma once

#include "EngineOptions.h"

#include <mw_sip/mw_sip.h>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace mw::cli
{

/** Options of every command that speaks SIP: address, ports, codecs, jitter buffer, accounts. */
struct SipOptions
{
    /** @param defaultListen "127.0.0.1:5060"; empty: chosen from the callee's address (see listenFor) */
    explicit SipOptions(std::string defaultListen) : listen(std::move(defaultListen)) {}

    /** Adds the options. This object must outlive the parsing. @param answerTimeoutS default of --answer-timeout [s], 0: the
        command does not call and has no such option */
    void addTo(CLI::App& app, int answerTimeoutSeconds);

    /** What no option can check alone. */
    [[nodiscard]] Result<void> check() const;

    /** The stack's configuration. Control thread, after parsing. */
    [[nodiscard]] SipConfig config(const EngineOptions& engine, std::shared_ptr<Clock> clock) const;

    /** What every report of the run shows of it (finding 17). */
    [[nodiscard]] RunSettings shownSettings() const;

    std::string listen;
    std::string user = "milliwatt";
    std::string transport = "both";
    std::vector<std::string> codecs;
    int opusComplexity = 10;
    int rtpPortMin = 10000, rtpPortMax = 19999;
    double rtpTimeoutS = 10.0;
    double holdTimeoutS = 3600.0;
    double answerTimeoutS = 60.0;
    bool srtp = false;
    std::vector<SipAccount> accounts;
    PlayoutConfig playout;
};

/** A SIP URI from what a person types: "sip:sink@127.0.0.1:5070", "127.0.0.1:5070", "sink@host". */
[[nodiscard]] Result<std::string> sipUri(const std::string& text);

/** Checks "ADDRESS:PORT": IPv4, or IPv6 in brackets; port 0…65535, 0 takes a free one. */
[[nodiscard]] Result<void> checkListenAddress(const std::string& text);

/** What is to be said beside our address once we listen, since 0.0.0.0 and [::] are not what they are elsewhere; else empty. */
[[nodiscard]] std::string noteOnListening(const std::string& listen);

/** Where a caller should listen so that its callee can answer: loopback for a callee on loopback, every interface otherwise. */
[[nodiscard]] std::string listenFor(const std::string& calleeUri);

/** `AOR[;auth=USER][;password=TEXT][;password-file=FILE][;outbound=URI][;register=SECONDS]` */
[[nodiscard]] Result<SipAccount> parseAccount(const std::string& text);

} // namespace mw::cli
