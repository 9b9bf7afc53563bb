#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mw::test
{

/** A SIP message as far as a relay in the middle must understand it: to name its call, and to lead its dialog and its sound
    through the relay. IPv4 over UDP, one stream of audio. */
struct SipDetour
{
    /** Value of a header, by its long name; empty when it is not there. Compact forms are understood. */
    [[nodiscard]] static std::string header(const std::string& message, const std::string& name);

    /** Port of the first stream of audio in a body of SDP; nothing without one, 0 for a stream that was refused. */
    [[nodiscard]] static std::optional<uint16_t> audioPort(const std::string& message);

    /** The same message with 127.0.0.1 and `rtpPort` as the place of its audio (RTCP on the next port) and with `sipPort` in its
        Contact, so that the rest of the dialog comes through the relay too. Content-Length fits again. */
    [[nodiscard]] static std::string rewrite(const std::string& message, uint16_t sipPort, uint16_t rtpPort);
};

} // namespace mw::test
