#pragma once

#include <Support/Process.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/** One RTP packet as it passed the loopback interface (RFC 3550). */
struct CapturedRtp
{
    double timeS = 0.0;  ///< the kernel's stamp, seconds since 1970
    uint16_t sequence = 0;
    uint32_t timestamp = 0;
    int payloadType = 0;
    bool marker = false;
    std::vector<unsigned char> payload;
};

/** The packets of one SSRC from one port to another, in the order in which they passed. */
struct CapturedStream
{
    uint16_t fromPort = 0, toPort = 0;
    uint32_t ssrc = 0;
    std::vector<CapturedRtp> packets;

    /** Payload of one type, in order of sequence, nothing in the place of what is missing. */
    [[nodiscard]] std::vector<unsigned char> octets(int payloadType) const;
};

/** A message on a SIP port. */
struct CapturedSip
{
    uint16_t fromPort = 0, toPort = 0;
    std::string text;

    /** "INVITE", "BYE" … or the code of an answer: "200". */
    [[nodiscard]] std::string kind() const;
};

/** What passed the loopback interface, heard by dumpcap (package wireshark-common; needs root or the group wireshark).
    It stands outside of both programs that talk: what it heard was really sent. */
class RtpCapture
{
public:
    /** Starts dumpcap and waits until it hears.
        @param directory where its file is put
        @param rtpPorts every RTP stream that matters has one end here, first … first + rtpPortCount − 1
        Throws std::runtime_error with dumpcap's own words when it cannot. */
    RtpCapture(const std::filesystem::path& directory, uint16_t sipPort, uint16_t firstRtpPort, int rtpPortCount);

    /** Stops, reads the file. Throws when packets were lost on the way into it. Once only. */
    void finish();

    // ---- after finish() --------------------------------------------------------------------------------------------
    [[nodiscard]] const std::vector<CapturedStream>& streams() const { return rtp; }
    [[nodiscard]] const std::vector<CapturedSip>& messages() const { return sip; }

    /** Streams from one of the ports given to the constructor to a peer's port: what the program that owns them sent there. */
    [[nodiscard]] std::vector<const CapturedStream*> sentTo(uint16_t peerPort) const;

    /** The stream that flowed the other way between the two ports of a sent one, or null. */
    [[nodiscard]] const CapturedStream* answerTo(const CapturedStream& stream) const;

    /** How many messages of a kind left a port. */
    [[nodiscard]] int count(const std::string& kind, uint16_t fromPort) const;

private:
    void takePacket(double timeS, const unsigned char* frame, size_t length);

    std::filesystem::path file;
    uint16_t sipPort, firstPort;
    int portCount;
    std::unique_ptr<mw::test::Process> dumpcap;
    std::vector<CapturedStream> rtp;
    std::vector<CapturedSip> sip;
};
