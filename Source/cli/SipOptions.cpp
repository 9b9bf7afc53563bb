#include "SipOptions.h"

#include "Arguments.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <fstream>

namespace mw::cli
{

namespace
{
constexpr const char* sipGroup = "SIP and RTP";
constexpr const char* playoutGroup = "Jitter buffer";

bool parsePort(std::string_view text, int& port)
{
    const auto* end = text.data() + text.size();
    const auto [parsed, failure] = std::from_chars(text.data(), end, port);
    return failure == std::errc {} && parsed == end && port >= 0 && port <= 65535;
}

std::vector<std::string> splitAt(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    size_t from = 0;
    for (;;)
    {
        const auto to = text.find(separator, from);
        parts.push_back(text.substr(from, to == std::string::npos ? to : to - from));
        if (to == std::string::npos)
            return parts;
        from = to + 1;
    }
}

Result<std::vector<std::string>> parseCodecs(const std::string& text)
{
    const auto known = availableCodecs();
    std::vector<std::string> chosen;
    for (const auto& part : splitAt(text, ','))
    {
        const auto same = [&part](const std::string& name) {
            return std::equal(name.begin(), name.end(), part.begin(), part.end(), [](char a, char b) {
                return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
            });
        };
        const auto found = std::find_if(known.begin(), known.end(), same);
        if (found == known.end())
        {
            std::string list;
            for (const auto& name : known)
                list += (list.empty() ? "" : ", ") + name;
            return wrongValue("'" + part + "' is not a known codec; there are " + list);
        }
        if (std::find(chosen.begin(), chosen.end(), *found) != chosen.end())
            return wrongValue(*found + " is named twice");
        chosen.push_back(*found);
    }
    return chosen;
}
} // namespace

Result<std::string> sipUri(const std::string& text)
{
    if (text.empty())
        return wrongValue("the URI is empty; it looks like sip:user@host:port");
    if (text.find_first_of(" \t<>\"") != std::string::npos)
        return wrongValue("'" + text + "' holds a blank, a quote or a bracket; a URI looks like sip:user@host:port");

    for (const auto* scheme : { "tel:", "http:", "https:", "mailto:", "callto:", "h323:", "xmpp:" })
        if (text.starts_with(scheme))
            return wrongValue("'" + text + "' is no SIP URI but one of scheme " + scheme + "; it looks like sip:user@host:port");
    const auto hasScheme = text.starts_with("sip:") || text.starts_with("sips:");
    const auto uri = hasScheme ? text : "sip:" + text;
    auto rest = uri.substr(uri.find(':') + 1);
    if (const auto at = rest.find('@'); at != std::string::npos)
        rest = rest.substr(at + 1);
    rest = rest.substr(0, rest.find_first_of(";?"));
    const auto isV6 = rest.starts_with('[');
    const auto hostEnd = isV6 ? rest.find(']') : rest.find(':');
    const auto host = rest.substr(0, isV6 ? (hostEnd == std::string::npos ? 0 : hostEnd + 1) : hostEnd);
    if (host.empty())
        return wrongValue("'" + text + "' names no host; a URI looks like sip:user@host:port");
    const auto afterHost = rest.substr(host.size());
    int port = 0;
    if (! afterHost.empty() && (afterHost.front() != ':' || ! parsePort(std::string_view(afterHost).substr(1), port) || port == 0))
        return wrongValue("'" + text + "' has a wrong port; it is 1 to 65535");
    return uri;
}

Result<void> checkListenAddress(const std::string& text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string::npos)
        return wrongValue("'" + text + "' lacks a port; it looks like 127.0.0.1:5060");
    int port = 0;
    if (! parsePort(std::string_view(text).substr(colon + 1), port))
        return wrongValue("'" + text.substr(colon + 1) + "' is not a port; it is 0 to 65535 (0 takes a free one)");

    auto host = text.substr(0, colon);
    in6_addr address {};
    const auto isV6 = host.starts_with('[') && host.ends_with(']');
    if (isV6)
        host = host.substr(1, host.size() - 2);
    if (::inet_pton(isV6 ? AF_INET6 : AF_INET, host.c_str(), &address) != 1)
        return wrongValue("'" + host + "' is not a numeric address of this machine; it looks like 127.0.0.1:5060 or [::1]:5060");
    return {};
}

std::string noteOnListening(const std::string& listen)
{
    if (! listen.starts_with("0.0.0.0:") && ! listen.starts_with("[::]:"))
        return {};
    return " (this address alone: " + listen.substr(0, listen.rfind(':')) + " stands for the one that packets to the outside leave from)";
}

std::string listenFor(const std::string& calleeUri)
{
    auto host = calleeUri.substr(calleeUri.find(':') + 1);
    if (const auto at = host.find('@'); at != std::string::npos)
        host = host.substr(at + 1);
    if (host.starts_with("[::1]"))
        return "[::1]:0";
    if (host.starts_with('['))
        return "[::]:0";
    return host.starts_with("127.") || host.starts_with("localhost") ? "127.0.0.1:0" : "0.0.0.0:0";
}

Result<SipAccount> parseAccount(const std::string& text)
{
    const auto parts = splitAt(text, ';');
    SipAccount account;
    auto aor = sipUri(parts.front());
    if (! aor)
        return aor.error();
    account.aor = aor.value();
    if (account.aor.find('@') == std::string::npos)
        return wrongValue("the account '" + parts.front() + "' lacks a user; it looks like sip:user@domain");

    for (size_t i = 1; i < parts.size(); ++i)
    {
        const auto equals = parts[i].find('=');
        const auto key = parts[i].substr(0, equals);
        const auto value = equals == std::string::npos ? std::string() : parts[i].substr(equals + 1);
        if (key == "auth")
            account.authUser = value;
        else if (key == "password")
            account.password = value;
        else if (key == "outbound")
        {
            auto uri = sipUri(value);
            if (! uri)
                return uri.error();
            account.outbound = uri.value();
        }
        else if (key == "register")
        {
            double seconds = 0.0;
            if (! parseNumber(value, seconds) || seconds < 0 || seconds > 86400)
                return wrongValue("register=" + value + " is out of range; it takes 0 to 86400 s");
            account.registerSeconds = static_cast<int>(seconds);
        }
        else if (key == "password-file")
        {
            std::ifstream file(value);
            if (! file || ! std::getline(file, account.password))
                return wrongValue("the password file '" + value + "' cannot be read or is empty");
        }
        else
            return wrongValue("'" + key + "' is not a part of an account; there are auth, password, password-file, outbound, register");
    }
    return account;
}

void SipOptions::addTo(CLI::App& app, int answerTimeoutSeconds)
{
    addValue(app, "--listen", "ADDR:PORT", [this](const std::string& text) -> Result<void> {
        auto checked = checkListenAddress(text);
        if (checked)
            listen = text;
        return checked;
    }, "Address and port that SIP listens on, UDP and TCP; port 0 takes a free one; 0.0.0.0 and [::] stand for the one address that "
       "packets to the outside leave from, not for all; default "
           + (listen.empty() ? std::string("127.0.0.1:0 for a callee on this machine, 0.0.0.0:0 for any other") : listen))
        ->group(sipGroup);
    addWord(app, "--transport", { "both", "udp", "tcp" }, transport, [this](size_t index) {
        transport = index == 0 ? "both" : index == 1 ? "udp" : "tcp";
    }, "Transports that SIP uses")->group(sipGroup);
    addValue(app, "--user", "NAME", [this](const std::string& text) -> Result<void> {
        if (text.empty() || text.find_first_of(" \t@:;<>\"") != std::string::npos)
            return wrongValue("'" + text + "' cannot be the user part of an address");
        user = text;
        return {};
    }, "User part of our own address; calls to any user are taken; default " + user)->group(sipGroup);
    addValues(app, "--account", "ACCOUNT", [this](const std::string& text) -> Result<void> {
        auto account = parseAccount(text);
        if (! account)
            return account.error();
        accounts.push_back(std::move(account).value());
        return {};
    }, "Account to call from: sip:user@domain, then any of ;auth=USER ;password-file=FILE ;password=TEXT ;outbound=URI ;register=SECONDS; "
       "registered when register, 1 to 86400 s, is given; a password on the command line can be seen by others (ps)")
        ->group(sipGroup);
    addValue(app, "--codecs", "LIST", [this](const std::string& text) -> Result<void> {
        auto list = parseCodecs(text);
        if (! list)
            return list.error();
        codecs = std::move(list).value();
        return {};
    }, "Codecs in order of preference, separated by commas; default PCMU,PCMA,G722,opus,L16")->group(sipGroup);
    addWhole(app, "--opus-complexity", opusComplexity, { 0, 10, "" },
             "How hard the opus encoder tries: 10 sounds best; less takes less processor time, for many calls at once")->group(sipGroup);
    addSwitch(app, "--srtp", srtp, "Only encrypted sound: SRTP with keys in the SDP (SDES); a peer without it is refused")->group(sipGroup);
    addValue(app, "--rtp-ports", "MIN-MAX", [this](const std::string& text) -> Result<void> {
        const auto dash = text.find('-');
        int low = 0, high = 0;
        if (dash == std::string::npos || ! parsePort(std::string_view(text).substr(0, dash), low)
            || ! parsePort(std::string_view(text).substr(dash + 1), high) || low < 1024)
            return wrongValue("'" + text + "' is not a range of UDP ports; it looks like 10000-19999, within 1024 to 65535");
        if (high <= low)
            return wrongValue("'" + text + "' holds no pair of ports (RTP and RTCP)");
        rtpPortMin = low;
        rtpPortMax = high;
        return {};
    }, "UDP ports for sound, two a call (RTP and RTCP), 1024 to 65535; a quarter more than that, for a free pair is looked for at random; default 10000-19999")->group(sipGroup);
    addReal(app, "--rtp-timeout", rtpTimeoutS, { 0, 3600, "s" }, "A call whose peer sent nothing for this long is ended; 0 never")
        ->group(sipGroup);
    addReal(app, "--hold-timeout", holdTimeoutS, { 0, 86400, "s" }, "A call on hold of which nothing was heard for this long is ended; 0 never")
        ->group(sipGroup);
    if (answerTimeoutSeconds > 0)
    {
        answerTimeoutS = answerTimeoutSeconds;
        addReal(app, "--answer-timeout", answerTimeoutS, { 1, 600, "s" }, "A callee that has not answered by then is given up (CANCEL)")
            ->group(sipGroup);
    }

    addWhole(app, "--jitter-buffer", playout.depthMs, { 0, 1000, "ms" },
             "Sound that waits before it is played, the block included: packets may come this much late, and the delay grows by it; "
             "0 counts packets instead (--preload). Without --adaptive")->group(playoutGroup);
    auto* adaptive = app.add_flag_callback("--adaptive", [this] { playout.mode = PlayoutMode::adaptive; },
                                           wrapped("Let the jitter buffer follow the jitter that is measured, between --jitter-min and --jitter-max", 52));
    adaptive->group(playoutGroup);
    addWhole(app, "--jitter-min", playout.minDepthMs, { 0, 1000, "ms" }, "Least depth with --adaptive")->group(playoutGroup);
    addWhole(app, "--jitter-max", playout.maxDepthMs, { 0, 1000, "ms" }, "Greatest depth with --adaptive")->group(playoutGroup);
    addWhole(app, "--preload", playout.preloadFrames, { 1, 50, "packets" },
             "Packets that must wait before a stream begins to sound, with --jitter-buffer 0")->group(playoutGroup);
    addWhole(app, "--priming", playout.primingFrames, { 1, 50, "packets" },
             "Packets that must wait before it sounds again after it ran empty, with --jitter-buffer 0")->group(playoutGroup);
    addWhole(app, "--max-backlog", playout.maxBacklogMs, { 20, 2000, "ms" }, "When more sound than this waits, the oldest is dropped")
        ->group(playoutGroup);
    addWord(app, "--drift-correction", { "on", "off" }, playout.correctDrift ? "on" : "off",
            [this](size_t index) { playout.correctDrift = index == 0; },
            "Whether a peer whose clock is measured to run more than 5 ppm off ours is resampled to it; off, its sound drops or repeats now and "
            "then instead")
        ->group(playoutGroup);
}

Result<void> SipOptions::check() const
{
    if (playout.minDepthMs > playout.maxDepthMs)
        return Error { ExitCode::wrongUse, "use the jitter buffer's limits",
                       "--jitter-min " + std::to_string(playout.minDepthMs) + " ms is more than --jitter-max " + std::to_string(playout.maxDepthMs) + " ms", {} };
    return playout.check();
}

SipConfig SipOptions::config(const EngineOptions& engine, std::shared_ptr<Clock> clock) const
{
    SipConfig config;
    config.listen = listen;
    config.user = user;
    config.udp = transport != "tcp";
    config.tcp = transport != "udp";
    if (! codecs.empty())
        config.codecs = codecs;
    config.opusComplexity = opusComplexity;
    config.ptimeMs = engine.ptimeMs;
    config.followsPeerPtime = ! engine.forcePtime;
    config.maxLegs = engine.legs;
    config.rtpPortMin = rtpPortMin;
    config.rtpPortMax = rtpPortMax;
    config.rtpTimeoutMs = static_cast<int>(rtpTimeoutS * 1000.0);
    config.holdTimeoutMs = static_cast<int>(holdTimeoutS * 1000.0);
    config.answerTimeoutMs = static_cast<int>(answerTimeoutS * 1000.0);
    config.mediaEncryption = srtp ? "srtp-mand" : "";
    config.accounts = accounts;
    config.port.playout = playout;
    config.port.engineRateHz = engine.rateHz;
    config.port.maxBlockFrames = engine.rateHz * engine.blockMs() / 1000;
    config.realtimePriority = ! engine.noRealtime;
    config.clock = std::move(clock);
    return config;
}

RunSettings SipOptions::shownSettings() const
{
    return { { "jitterBufferMs", playout.depthMs },
             { "jitterBufferAdaptive", playout.mode == PlayoutMode::adaptive ? 1 : 0 },
             { "jitterMinMs", playout.minDepthMs },
             { "jitterMaxMs", playout.maxDepthMs },
             { "preloadPackets", playout.preloadFrames },
             { "primingPackets", playout.primingFrames },
             { "maxBacklogMs", playout.maxBacklogMs },
             { "driftCorrection", playout.correctDrift ? 1 : 0 },
             { "opusComplexity", opusComplexity },
             { "rtpTimeoutS", rtpTimeoutS },
             { "holdTimeoutS", holdTimeoutS },
             { "answerTimeoutS", answerTimeoutS } };
}

} // namespace mw::cli
