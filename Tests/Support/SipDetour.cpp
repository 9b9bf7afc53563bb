#include "SipDetour.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace mw::test
{

namespace
{

constexpr const char* endOfHeaders = "\r\n\r\n";

bool sameWord(const std::string& a, const std::string& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

/** Long name of a header that was written in its compact form (RFC 3261, 7.3.3). */
std::string longName(const std::string& name)
{
    static const std::vector<std::pair<std::string, std::string>> compact {
        { "i", "Call-ID" }, { "m", "Contact" }, { "l", "Content-Length" }, { "c", "Content-Type" } };
    for (const auto& [shortForm, full] : compact)
        if (sameWord(name, shortForm))
            return full;
    return name;
}

/** Lines without their ends; a body of SDP ends with an empty one. */
std::vector<std::string> linesOf(const std::string& text)
{
    std::vector<std::string> lines;
    size_t begin = 0;
    for (auto end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n", begin))
    {
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 2;
    }
    lines.push_back(text.substr(begin));
    return lines;
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (size_t i = 0; i < lines.size(); ++i)
        text += (i == 0 ? "" : "\r\n") + lines[i];
    return text;
}

std::string nameOf(const std::string& line)
{
    const auto colon = line.find(':');
    if (colon == std::string::npos)
        return {};
    const auto end = line.find_last_not_of(" \t", colon == 0 ? 0 : colon - 1);
    return longName(line.substr(0, end + 1));
}

/** "Contact: <sip:user@127.0.0.1:5060;transport=udp>" with another port. */
std::string contactWithPort(const std::string& line, uint16_t port)
{
    const auto scheme = line.find("sip:");
    if (scheme == std::string::npos)
        return line;
    const auto uriEnd = line.find_first_of(">;\r\n", scheme);
    const auto at = line.find('@', scheme);
    const auto hostBegin = at != std::string::npos && at < uriEnd ? at + 1 : scheme + 4;
    return line.substr(0, hostBegin) + "127.0.0.1:" + std::to_string(port) + (uriEnd == std::string::npos ? "" : line.substr(uriEnd));
}

std::string bodyWithPort(const std::string& body, uint16_t port)
{
    auto lines = linesOf(body);
    for (auto& line : lines)
    {
        if (line.starts_with("c=IN IP4 "))
            line = "c=IN IP4 127.0.0.1";
        else if (line.starts_with("m=audio ") && ! line.starts_with("m=audio 0 "))
            line = "m=audio " + std::to_string(port) + line.substr(std::min(line.size(), line.find(' ', 8)));
    }
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("a=rtcp:"); });
    return joined(lines);
}

} // namespace

std::string SipDetour::header(const std::string& message, const std::string& name)
{
    for (const auto& line : linesOf(message.substr(0, message.find(endOfHeaders))))
        if (sameWord(nameOf(line), name))
        {
            const auto begin = line.find_first_not_of(" \t", line.find(':') + 1);
            return begin == std::string::npos ? std::string() : line.substr(begin);
        }
    return {};
}

std::optional<uint16_t> SipDetour::audioPort(const std::string& message)
{
    const auto body = message.find(endOfHeaders);
    const auto line = body == std::string::npos ? body : message.find("\nm=audio ", body);
    if (line == std::string::npos)
        return {};
    return static_cast<uint16_t>(std::stoul(message.substr(line + 9)));
}

std::string SipDetour::rewrite(const std::string& message, uint16_t sipPort, uint16_t rtpPort)
{
    const auto end = message.find(endOfHeaders);
    if (end == std::string::npos)
        return message;
    const auto body = audioPort(message).has_value() ? bodyWithPort(message.substr(end + 4), rtpPort) : message.substr(end + 4);
    auto lines = linesOf(message.substr(0, end));
    for (auto& line : lines)
    {
        if (nameOf(line) == "Contact")
            line = contactWithPort(line, sipPort);
        else if (nameOf(line) == "Content-Length")
            line = "Content-Length: " + std::to_string(body.size());
    }
    return joined(lines) + endOfHeaders + body;
}

} // namespace mw::test
