#include "DialUri.h"

#include <algorithm>
#include <cctype>

namespace mw
{

namespace
{

Error notAnUri(std::string_view typed, std::string why)
{
    return { ExitCode::wrongUse, "call '" + std::string(typed) + "'", std::move(why), "give sip:user@host or sip:user@host:port" };
}

bool isHostSymbol(char symbol) noexcept
{
    const auto code = static_cast<unsigned char>(symbol);
    return std::isalnum(code) != 0 || symbol == '.' || symbol == '-' || symbol == '_';
}

/** What is wrong with "host", "host:port", "[v6]:port"; empty when nothing is. */
std::string faultInHost(std::string_view hostPort)
{
    auto host = hostPort;
    std::string_view port;
    auto hasPort = false;
    if (hostPort.starts_with('['))
    {
        const auto closing = hostPort.find(']');
        if (closing == std::string_view::npos)
            return "the ] of the IPv6 address is missing";
        host = hostPort.substr(1, closing - 1);
        auto rest = hostPort.substr(closing + 1);
        if (! rest.empty() && rest.front() != ':')
            return "after the ] only a port may come";
        hasPort = ! rest.empty();
        port = hasPort ? rest.substr(1) : rest;
        const auto isAddressSymbol = [](char symbol) { return std::isxdigit(static_cast<unsigned char>(symbol)) != 0 || symbol == ':' || symbol == '.'; };
        if (host.find(':') == std::string_view::npos || ! std::all_of(host.begin(), host.end(), isAddressSymbol))
            return "between [ and ] there is no IPv6 address";
    }
    else
    {
        const auto colon = hostPort.find(':');
        hasPort = colon != std::string_view::npos;
        host = hostPort.substr(0, colon);
        port = hasPort ? hostPort.substr(colon + 1) : std::string_view();
        if (host.empty())
            return "the host is missing";
        if (const auto wrong = std::find_if_not(host.begin(), host.end(), isHostSymbol); wrong != host.end())
            return std::string("'") + *wrong + "' cannot stand in a host's name";
    }
    if (! hasPort)
        return {};
    const auto isDigit = [](char symbol) { return std::isdigit(static_cast<unsigned char>(symbol)) != 0; };
    if (port.empty() || port.size() > 5 || ! std::all_of(port.begin(), port.end(), isDigit))
        return "the port must be a number from 1 to 65535";
    if (const auto number = std::stoi(std::string(port)); number < 1 || number > 65535)
        return "the port must be a number from 1 to 65535";
    return {};
}

} // namespace

Result<std::string> dialUri(std::string_view typed)
{
    while (! typed.empty() && std::isspace(static_cast<unsigned char>(typed.front())) != 0)
        typed.remove_prefix(1);
    while (! typed.empty() && std::isspace(static_cast<unsigned char>(typed.back())) != 0)
        typed.remove_suffix(1);
    if (typed.empty())
        return notAnUri(typed, "nothing was given");
    for (size_t i = 0; i < typed.size(); ++i)
    {
        const auto code = static_cast<unsigned char>(typed[i]);
        if (code <= 0x20 || code == 0x7f || typed[i] == '<' || typed[i] == '>' || typed[i] == '"')
            return notAnUri(typed, std::string("the ") + (typed[i] == ' ' ? "space" : code < 0x20 || code == 0x7f ? "control character" : "character")
                                       + " at position " + std::to_string(i + 1) + " cannot stand in a SIP address");
    }

    auto rest = typed;
    std::string scheme = "sip:";
    const auto startsWith = [&rest](std::string_view what) {
        return rest.size() >= what.size() && std::equal(what.begin(), what.end(), rest.begin(), [](char a, char b) {
                   return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
               });
    };
    for (const auto* known : { "sip:", "sips:" })
        if (startsWith(known))
        {
            scheme = known;
            rest.remove_prefix(scheme.size());
            break;
        }
    for (const auto* other : { "tel:", "http:", "https:", "mailto:" })
        if (startsWith(other))
            return notAnUri(typed, "'" + std::string(other) + "' is no scheme of SIP");

    const auto beforeParameters = rest.substr(0, rest.find_first_of(";?", rest.find('@') == std::string_view::npos ? 0 : rest.find('@')));
    const auto at = beforeParameters.rfind('@');
    if (at == 0)
        return notAnUri(typed, "the user before the @ is missing");
    if (const auto fault = faultInHost(at == std::string_view::npos ? beforeParameters : beforeParameters.substr(at + 1)); ! fault.empty())
        return notAnUri(typed, fault);
    return scheme + std::string(rest);
}

} // namespace mw
