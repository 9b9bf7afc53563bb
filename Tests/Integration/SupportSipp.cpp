#include "SupportSipp.h"

#include "SupportPorts.h"
#include "SupportWav.h"

#include <stdexcept>

namespace
{

using namespace std::chrono_literals;

const std::string head = R"(<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
)";

std::string request(const std::string& method, int sequence, const std::string& extra, const std::string& body)
{
    // An ACK is never repeated by its sender; what a BYE or INFO lacks in answer, SIPp sends again.
    return std::string("  <send") + (method == "ACK" ? "" : " retrans=\"500\"") + "><![CDATA[\n"
         + method + " sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n"
           "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
           "From: \"leg [call_number]\" <sip:leg[call_number]@[local_ip]:[local_port]>;tag=[pid]x[call_number]\n"
         + (method == "INVITE" ? std::string("To: <sip:[service]@[remote_ip]:[remote_port]>\n") : std::string("[last_To:]\n"))
         + "Call-ID: [call_id]\n"
           "CSeq: " + std::to_string(sequence) + " " + method + "\n"
           "Contact: <sip:leg[call_number]@[local_ip]:[local_port]>\n"
           "Max-Forwards: 70\n" + extra
         + "Content-Length: [len]\n\n" + body + "\n]]></send>\n";
}

std::string description(const std::string& mediaLine)
{
    return "v=0\no=sipp 1 1 IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\nt=0 0\n"
           "m=audio [rtpstream_audio_port] RTP/AVP " + mediaLine + "\n";
}

std::string g711Line(g711::Law law)
{
    const auto type = std::to_string(g711::payloadType(law));
    return type + "\na=rtpmap:" + type + " " + g711::encodingName(law) + "/8000\na=ptime:20";
}

// Each call plays its own file: its number, counted by SIPp from 1, decides where the scenario goes on. Or all play one.
std::string playOwnSound(const std::filesystem::path& directory, const SippCall& call)
{
    if (call.calls > 0)
    {
        const auto file = directory / "sound.g711";
        writeOctets(file, call.sounds.front());
        return "  <nop><action><exec rtp_stream=\"" + file.string() + ",-1," + std::to_string(g711::payloadType(call.law))
             + "\"/></action></nop>\n";
    }
    std::string text = "  <nop><action>\n    <assignstr assign_to=\"text\" value=\"[call_number]\"/>\n"
                       "    <todouble assign_to=\"number\" variable=\"text\"/>\n";
    for (size_t i = 1; i <= call.sounds.size(); ++i)
        text += "    <test assign_to=\"is" + std::to_string(i) + "\" variable=\"number\" compare=\"equal\" value=\""
              + std::to_string(i) + "\"/>\n";
    text += "  </action></nop>\n";
    for (size_t i = 1; i <= call.sounds.size(); ++i)
        text += "  <nop next=\"play" + std::to_string(i) + "\" test=\"is" + std::to_string(i) + "\"/>\n";
    for (size_t i = 1; i <= call.sounds.size(); ++i)
    {
        text += "  <label id=\"play" + std::to_string(i) + "\"/>\n  <nop next=\"talking\">";
        if (! call.sounds[i - 1].empty())
        {
            const auto file = directory / ("sound" + std::to_string(i) + ".g711");
            writeOctets(file, call.sounds[i - 1]);
            text += "<action><exec rtp_stream=\"" + file.string() + ",-1,"
                  + std::to_string(g711::payloadType(call.law)) + "\"/></action>";
        }
        text += "</nop>\n";
    }
    return text + "  <label id=\"talking\"/>\n";
}

std::string callerScenario(const std::filesystem::path& directory, const SippCall& call)
{
    const auto line = call.mediaLine.empty() ? g711Line(call.law) : call.mediaLine;
    std::string text = head + "<scenario name=\"caller\">\n"
                     + request("INVITE", 1, "Content-Type: application/sdp\n", description(line))
                     + "  <recv response=\"100\" optional=\"true\"/>\n"
                       "  <recv response=\"180\" optional=\"true\"/>\n"
                       "  <recv response=\"183\" optional=\"true\"/>\n";
    if (call.expectedRefusal != 0)
        return text + "  <recv response=\"" + std::to_string(call.expectedRefusal) + "\" timeout=\"30000\"/>\n"
             + request("ACK", 1, "", "") + "</scenario>\n";

    text += "  <recv response=\"200\" timeout=\"60000\"/>\n" + request("ACK", 1, "", "") + playOwnSound(directory, call);
    int sequence = 2;
    const auto talkMs = call.talk.count() - 400 * static_cast<long>(call.infoDigits.size());
    for (const char digit : call.infoDigits)
        text += "  <pause milliseconds=\"400\"/>\n"
              + request("INFO", sequence++, "Content-Type: application/dtmf-relay\n",
                        "Signal=" + std::string(1, digit) + "\nDuration=160\n")
              + "  <recv response=\"200\" timeout=\"30000\"/>\n";
    if (call.peerHangsUp)
        return text + "  <recv request=\"BYE\" timeout=\"" + std::to_string(call.talk.count()) + "\"/>\n"
               "  <send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
               "Content-Length: 0\n\n]]></send>\n</scenario>\n";
    const auto pause = call.talksAtRandom ? "distribution=\"uniform\" min=\"" + std::to_string(talkMs / 2) + "\" max=\"" + std::to_string(talkMs * 3 / 2)
                                          : "milliseconds=\"" + std::to_string(std::max(0L, talkMs));
    return text + "  <pause " + pause + "\"/>\n"
         + request("BYE", sequence, "", "") + "  <recv response=\"200\" timeout=\"30000\"/>\n</scenario>\n";
}

std::string answer(const std::string& line, const std::string& more = "Content-Length: 0\n\n")
{
    return "  <send><![CDATA[\nSIP/2.0 " + line + "\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]y[call_number]\n"
           "[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:callee@[local_ip]:[local_port]>\n" + more + "]]></send>\n";
}

std::string calleeScenario(const std::filesystem::path& directory, SippAnswer kind, const std::vector<unsigned char>& sound)
{
    std::string text = head + "<scenario name=\"callee\">\n  <recv request=\"INVITE\"/>\n";
    const std::string acknowledged = "  <recv request=\"ACK\" timeout=\"30000\"/>\n";
    switch (kind)
    {
        case SippAnswer::busy:
            text += answer("486 Busy Here") + acknowledged;
            break;
        case SippAnswer::notAcceptable:
            text += answer("488 Not Acceptable Here") + acknowledged;
            break;
        case SippAnswer::ringsForEver:
            text += answer("180 Ringing") + "  <recv request=\"CANCEL\" timeout=\"120000\"/>\n"
                  + answer("200 OK");
            break;
        case SippAnswer::answersAndTalks:
            text += answer("180 Ringing")
                  + answer("200 OK", "Content-Type: application/sdp\nContent-Length: [len]\n\n"
                                     + description(g711Line(g711::Law::mu)) + "\n")
                  + acknowledged;
            if (! sound.empty())
            {
                const auto file = directory / "callee.g711";
                writeOctets(file, sound);
                text += "  <nop><action><exec rtp_stream=\"" + file.string() + ",-1,0\"/></action></nop>\n";
            }
            text += "  <recv request=\"BYE\" timeout=\"120000\"/>\n"
                    "  <send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
                    "Content-Length: 0\n\n]]></send>\n";
            break;
    }
    return text + "</scenario>\n";
}

// What may come in a call of the crowd at any time; `silence` is where it goes when nothing came for a while.
std::string crowdTalks(const std::string& silence, int patienceMs)
{
    const auto ok = [](const std::string& more) {
        return "  <send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
               "Contact: <sip:crowd@[local_ip]:[local_port]>\n" + more + "]]></send>\n";
    };
    const std::string nothing = "Content-Length: 0\n\n";
    return "  <label id=\"talk\"/>\n"
           "  <recv request=\"BYE\" optional=\"true\" next=\"bye\"/>\n"
           "  <recv request=\"INFO\" optional=\"true\" next=\"info\"/>\n"
           "  <recv request=\"ACK\" optional=\"true\" next=\"talk\"/>\n"
           "  <recv request=\"INVITE\" timeout=\"" + std::to_string(patienceMs) + "\" ontimeout=\"" + silence + "\"/>\n"
         + ok("Content-Type: application/sdp\nContent-Length: [len]\n\n" + description(g711Line(g711::Law::mu)) + "\n")
         + "  <nop next=\"talk\"/>\n  <label id=\"info\"/>\n" + ok(nothing) + "  <nop next=\"talk\"/>\n"
           "  <label id=\"bye\"/>\n" + ok(nothing) + "  <nop next=\"over\"/>\n";
}

std::string crowdSound(const std::filesystem::path& directory)
{
    const auto file = directory / "crowd.g711";
    std::vector<unsigned char> octets(16000);
    for (size_t i = 0; i < octets.size(); ++i)
        octets[i] = static_cast<unsigned char>(0x90 + (i * i / 7) % 48);
    writeOctets(file, octets);
    return "  <nop><action><exec rtp_stream=\"" + file.string() + ",-1,0\"/></action></nop>\n";
}

std::string crowdCallees(const std::filesystem::path& directory)
{
    return head + "<scenario name=\"crowd of callees\">\n  <recv request=\"INVITE\"/>\n" + answer("180 Ringing")
         + "  <pause distribution=\"uniform\" min=\"0\" max=\"400\"/>\n  <nop next=\"rejects\" chance=\"0.1\"/>\n"
         + answer("200 OK", "Content-Type: application/sdp\nContent-Length: [len]\n\n" + description(g711Line(g711::Law::mu)) + "\n")
         + "  <recv request=\"ACK\" timeout=\"5000\" ontimeout=\"over\"/>\n" + crowdSound(directory) + crowdTalks("over", 7000)
         + "  <label id=\"rejects\"/>\n" + answer("603 Decline") + "  <recv request=\"ACK\" timeout=\"5000\" ontimeout=\"over\"/>\n"
           "  <label id=\"over\"/>\n  <nop/>\n</scenario>\n";
}

std::string crowdCallers(const std::filesystem::path& directory)
{
    std::string text = head + "<scenario name=\"crowd of callers\">\n"
                     + request("INVITE", 1, "Content-Type: application/sdp\n", description(g711Line(g711::Law::mu)))
                     + "  <recv response=\"100\" optional=\"true\"/>\n  <recv response=\"180\" optional=\"true\"/>\n";
    for (const auto* code : { "486", "603", "404", "500", "480" })
        text += std::string("  <recv response=\"") + code + "\" optional=\"true\" next=\"refused\"/>\n";
    return text + "  <recv response=\"200\" timeout=\"4000\" ontimeout=\"cancel\"/>\n" + request("ACK", 1, "", "")
         + crowdSound(directory) + crowdTalks("leave", 3000)
         + "  <label id=\"leave\"/>\n" + request("BYE", 2, "", "") + "  <recv response=\"200\" timeout=\"5000\" ontimeout=\"over\" next=\"over\"/>\n"
           "  <label id=\"cancel\"/>\n"
         + "  <send><![CDATA[\nCANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-3]\n"
           "From: \"leg [call_number]\" <sip:leg[call_number]@[local_ip]:[local_port]>;tag=[pid]x[call_number]\n"
           "To: <sip:[service]@[remote_ip]:[remote_port]>\nCall-ID: [call_id]\nCSeq: 1 CANCEL\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>\n"
           "  <recv response=\"200\" timeout=\"5000\" ontimeout=\"over\"/>\n  <recv response=\"487\" timeout=\"5000\" ontimeout=\"over\"/>\n"
           "  <label id=\"refused\"/>\n" + request("ACK", 1, "", "") + "  <label id=\"over\"/>\n  <nop/>\n</scenario>\n";
}

std::string withErrorLog(const std::filesystem::path& directory, const mw::test::Process& sipp)
{
    auto text = sipp.output();
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (entry.path().string().ends_with("_errors.log"))
            text += "\n" + readText(entry.path());
    return text;
}

} // namespace

SippCaller::SippCaller(const std::filesystem::path& parent, const SippCall& call)
    : ownSipPort(ports::freePort()), ownRtpPort(ports::freeBlock(8))
{
    directory = parent / ("sipp" + std::to_string(ownSipPort));
    std::filesystem::create_directories(directory);
    auto complete = call;
    if (complete.sounds.empty())
        complete.sounds.emplace_back();
    const auto scenario = directory / "caller.xml";
    writeText(scenario, callerScenario(directory, complete));

    const auto calls = complete.calls > 0 ? complete.calls : static_cast<int>(complete.sounds.size());
    mw::test::Process::Options options;
    options.workingDirectory = directory;
    sipp = std::make_unique<mw::test::Process>(
        std::vector<std::string> { "sipp", "127.0.0.1:" + std::to_string(call.targetPort), "-sf", scenario.string(),
                                   "-m", std::to_string(calls), "-l", std::to_string(complete.atOnce > 0 ? complete.atOnce : calls),
                                   "-r", std::to_string(std::max(1, static_cast<int>(call.callsPerSecond))),
                                   "-i", "127.0.0.1", "-p", std::to_string(ownSipPort), "-s", call.targetUser,
                                   "-mp", std::to_string(ownRtpPort), "-nostdin", "-trace_err" },
        options);
}

int SippCaller::finish(std::chrono::milliseconds deadline) { return sipp->wait(deadline).value_or(-1); }

std::string SippCaller::log() const { return withErrorLog(directory, *sipp); }

SippCallee::SippCallee(const std::filesystem::path& parent, SippAnswer kind, std::vector<unsigned char> muLawSound)
    : ownSipPort(ports::freePort()), ownRtpPort(ports::freeBlock(8))
{
    directory = parent / ("sipp" + std::to_string(ownSipPort));
    std::filesystem::create_directories(directory);
    const auto scenario = directory / "callee.xml";
    writeText(scenario, calleeScenario(directory, kind, muLawSound));

    mw::test::Process::Options options;
    options.workingDirectory = directory;
    sipp = std::make_unique<mw::test::Process>(
        std::vector<std::string> { "sipp", "-sf", scenario.string(), "-m", "1", "-i", "127.0.0.1",
                                   "-p", std::to_string(ownSipPort), "-mp", std::to_string(ownRtpPort),
                                   "-nostdin", "-trace_err" },
        options);
    if (! ports::waitUntilBound(ownSipPort, 30s))
        throw std::runtime_error("SIPp does not listen: " + log());
}

int SippCallee::finish(std::chrono::milliseconds deadline) { return sipp->wait(deadline).value_or(-1); }

std::string SippCallee::log() const { return withErrorLog(directory, *sipp); }

SippCrowd::SippCrowd(const std::filesystem::path& parent, Part part, uint16_t targetPort, int callsPerSecond, int atOnce)
    : ownSipPort(ports::freePort()), ownRtpPort(ports::freeBlock(8))
{
    const auto directory = parent / ("crowd" + std::to_string(ownSipPort));
    std::filesystem::create_directories(directory);
    const auto calls = part == Part::callers;
    const auto scenario = directory / "crowd.xml";
    writeText(scenario, calls ? crowdCallers(directory) : crowdCallees(directory));

    std::vector<std::string> command { "sipp" };
    if (calls)
        command.insert(command.end(), { "127.0.0.1:" + std::to_string(targetPort), "-s", "bench", "-r", std::to_string(callsPerSecond),
                                        "-l", std::to_string(atOnce) });
    command.insert(command.end(), { "-sf", scenario.string(), "-i", "127.0.0.1", "-p", std::to_string(ownSipPort),
                                    "-mp", std::to_string(ownRtpPort), "-nostdin" });
    mw::test::Process::Options options;
    options.workingDirectory = directory;
    sipp = std::make_unique<mw::test::Process>(command, options);
    if (! ports::waitUntilBound(ownSipPort, 30s))
        throw std::runtime_error("SIPp does not listen: " + sipp->output());
}
