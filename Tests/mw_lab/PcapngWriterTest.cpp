#include "LabBench.h"
#include "ReadingBench.h"

#include <Support/Process.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>

namespace mw::lab_test
{

namespace
{

/** What a program of Wireshark says of a file; fails the test when it is not content. */
std::string askTool(std::vector<std::string> command)
{
    test::Process tool(std::move(command));
    const auto code = tool.wait(std::chrono::seconds(60));
    EXPECT_EQ(code.value_or(-1), 0) << tool.output();
    return tool.standardOutput();
}

PacketEnd four(uint8_t last, uint16_t port) { return { { 192, 0, 2, last }, port, false }; }

PacketEnd six(uint8_t last, uint16_t port)
{
    PacketEnd end { { 0x20, 0x01, 0x0d, 0xb8 }, port, true };
    end.address[15] = last;
    return end;
}

std::vector<uint8_t> rtp(uint16_t sequence, size_t payloadBytes)
{
    std::vector<uint8_t> octets(12 + payloadBytes, 0xd5);
    const std::array<uint8_t, 12> header { 0x80, 0, static_cast<uint8_t>(sequence >> 8), static_cast<uint8_t>(sequence), 0, 0, static_cast<uint8_t>(sequence * 160 >> 8),
                                           static_cast<uint8_t>(sequence * 160), 1, 2, 3, 4 };
    std::ranges::copy(header, octets.begin());
    return octets;
}

constexpr int64_t utcOffsetNs = 1'800'000'000'000'000'000;  // 2027-01-15 08:00:00 UTC

/** Both address families, both directions, odd and even lengths, a stream's message and one that was cut. */
juce::File writeSample(const TestFolder& folder)
{
    const auto file = folder.file("packets.pcapng");
    auto writer = PcapngWriter::create(file, utcOffsetNs, "call 1");
    EXPECT_TRUE(writer.ok());
    const std::string sip = "OPTIONS sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\n"
                            "Call-ID: one\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    TracedPacket packet { 1'000'000'007, 1, TracedPacket::Kind::sip, true, true, true, four(1, 5060), four(2, 5062) };
    writer.value()->write(packet, { reinterpret_cast<const uint8_t*>(sip.data()), sip.size() });
    for (uint16_t i = 0; i < 4; ++i)
    {
        packet = { 2'000'000'000 + i * 20'000'000, 1, TracedPacket::Kind::rtp, i % 2 == 0, false, false, four(1, 10000), four(2, 20000) };
        if (i % 2 != 0)
            std::swap(packet.from, packet.to);
        writer.value()->write(packet, rtp(i, 160u + i));
    }
    packet = { 3'000'000'000, 1, TracedPacket::Kind::rtp, true, false, false, six(1, 10000), six(2, 20000) };
    writer.value()->write(packet, rtp(9, 159));
    EXPECT_EQ(writer.value()->packets(), 6u);
    EXPECT_FALSE(writer.value()->error().has_value());
    writer.value()->close();
    return file;
}

} // namespace

TEST(PcapngWriter, TsharkReadsEndsTimesChecksumsAndComments)
{
    const TestFolder folder;
    const auto path = writeSample(folder).getFullPathName().toStdString();
    const auto lines = linesOf(askTool({ "tshark", "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", "-e",
                                         "frame.time_epoch", "-e", "ip.src", "-e", "ipv6.dst", "-e", "udp.srcport", "-e", "udp.dstport", "-e", "udp.length", "-e",
                                         "ip.checksum.status", "-e", "udp.checksum.status", "-e", "frame.comment", "-e", "frame.packet_flags_direction" }));
    ASSERT_EQ(lines.size(), 6u);
    EXPECT_EQ(lines[0].substr(0, 60), "1800000001.000000007|192.0.2.1||5060|5062|182|1|1|went over ") << lines[0];
    EXPECT_NE(lines[0].find("went over TCP, shown as a datagram; cut: it was longer|0x00000002"), std::string::npos) << lines[0];
    EXPECT_EQ(lines[1], "1800000002.000000000|192.0.2.1||10000|20000|180|1|1||0x00000002");
    EXPECT_EQ(lines[2], "1800000002.020000000|192.0.2.2||20000|10000|181|1|1||0x00000001");
    EXPECT_EQ(lines[4], "1800000002.060000000|192.0.2.2||20000|10000|183|1|1||0x00000001");
    EXPECT_EQ(lines[5], "1800000003.000000000||2001:db8::2|10000|20000|179||1||0x00000002");
}

TEST(PcapngWriter, CapinfosSaysWhatItIs)
{
    const TestFolder folder;
    const auto said = askTool({ "capinfos", "-t", "-c", "-E", "-k", writeSample(folder).getFullPathName().toStdString() });
    EXPECT_NE(said.find("pcapng"), std::string::npos) << said;
    EXPECT_NE(said.find("Raw IP"), std::string::npos) << said;
    EXPECT_NE(said.find("call 1"), std::string::npos) << said;
    EXPECT_NE(said.find("packets:   6"), std::string::npos) << said;
}

TEST(PcapngWriter, AFullDiskIsToldAndNothingMoreIsWritten)
{
    auto writer = PcapngWriter::create(juce::File("/dev/full"), 0, {});
    ASSERT_FALSE(writer.ok());
    EXPECT_NE(writer.error().message().find("/dev/full"), std::string::npos) << writer.error().message();
    EXPECT_NE(writer.error().message().find("No space left"), std::string::npos) << writer.error().message();
}

} // namespace mw::lab_test
