#pragma once

#include <Support/Process.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

/** What Debian's baresip is to do. */
struct StockBaresipOptions
{
    std::filesystem::path sound {};           ///< WAV, 8 kHz mono 16 bit, played into every call from its start
    std::string dial {};                      ///< URI to call at once; empty: it waits to be called and answers
    std::string audioCodecs = "PCMU/8000/1";  ///< account parameter audio_codecs
    std::string modules = "g711.so";          ///< codec modules, separated by blanks
};

/** Debian's own baresip (package baresip-core, /usr/bin/baresip), a stranger built from another version than the stack in
    the product, with a configuration folder of its own and no terminal. Keys reach it through its console on UDP. */
class StockBaresip
{
public:
    StockBaresip(const std::filesystem::path& parent, const StockBaresipOptions& options);

    [[nodiscard]] mw::test::Process& process() { return *baresip; }
    [[nodiscard]] uint16_t sipPort() const { return ownSipPort; }
    /** Its RTP is on one of rtpPortCount ports from here on: it begins at any of them. */
    [[nodiscard]] uint16_t firstRtpPort() const { return firstRtp; }
    static constexpr int rtpPortCount = 8;
    [[nodiscard]] std::string uri() const { return "sip:stock@127.0.0.1:" + std::to_string(ownSipPort); }

    /** Waits until a call of its own is established. */
    [[nodiscard]] bool waitUntilEstablished(std::chrono::milliseconds deadline);

    /** Presses a digit key during a call: it goes out as telephone-event. False when baresip did not take it. */
    [[nodiscard]] bool press(char digit);

    /** SIGINT: baresip hangs up with BYE and ends. @returns its exit code, −1 when it did not end in time. */
    int hangUpAndEnd(std::chrono::milliseconds deadline);

    [[nodiscard]] std::string log() const { return baresip->output(); }

private:
    uint16_t ownSipPort, consolePort, firstRtp;
    std::unique_ptr<mw::test::Process> baresip;
};
