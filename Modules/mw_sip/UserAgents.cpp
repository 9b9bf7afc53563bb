#include "UserAgents.h"

#include "MediaSeam.h"

#include <cstring>

namespace mw
{

namespace
{

/** baresip's address parameters that all our agents have. */
std::string agentParameters(const SipConfig& config, const std::vector<std::string>& codecs)
{
    std::string list;
    for (const auto& codec : codecs)
        list += (list.empty() ? "" : ",") + codec;
    return ";mediaenc=" + std::string(MediaSeams::id()) + ";audio_codecs=" + list + ";ptime=" + std::to_string(config.ptimeMs)
           + ";answermode=manual;dtmfmode=info;call_transfer=no;mwi=no";
}

bool sameDomain(const std::string& left, const std::string& right)
{
    struct pl leftText {}, rightText {};
    struct uri leftUri {}, rightUri {};
    ::pl_set_str(&leftText, left.c_str());
    ::pl_set_str(&rightText, right.c_str());
    return ::uri_decode(&leftUri, &leftText) == 0 && ::uri_decode(&rightUri, &rightText) == 0
           && ::pl_casecmp(&leftUri.host, &rightUri.host) == 0;
}

} // namespace

Result<void> UserAgents::start(const SipConfig& config, const ListenAddress& listen, const std::vector<std::string>& codecs)
{
    const auto parameters = agentParameters(config, codecs);
    const auto address = "<sip:" + config.user + "@" + listen.text() + ">" + parameters + ";regint=0";
    const auto count = (static_cast<uint32_t>(config.maxLegs) + callsEach) / callsEach + 1;
    for (uint32_t i = 0; i < count; ++i)
    {
        struct ua* agent = nullptr;
        if (const auto failed = ::ua_alloc(&agent, address.c_str()); failed != 0)
            return Error { ExitCode::wrongUse, "use '" + config.user + "' as our SIP user", std::strerror(failed),
                           "give a user part as in sip:USER@host" };
        ::ua_set_catchall(agent, true);
        pool.push_back(agent);
    }
    for (const auto& account : config.accounts)
    {
        auto text = "<" + account.aor + ">" + parameters + ";regint=" + std::to_string(account.registerSeconds);
        if (! account.outbound.empty())
            text += ";outbound=\"" + account.outbound + "\"";
        struct ua* agent = nullptr;
        if (const auto failed = ::ua_alloc(&agent, text.c_str()); failed != 0)
            return Error { ExitCode::wrongUse, "use the SIP account '" + account.aor + "'", std::strerror(failed),
                           "give it as sip:user@domain" };
        // Set, not written into the address: a password may hold any character.
        auto failed = ::account_set_auth_pass(::ua_account(agent), account.password.c_str());
        if (failed == 0 && ! account.authUser.empty())
            failed = ::account_set_auth_user(::ua_account(agent), account.authUser.c_str());
        if (failed != 0)
            return Error { ExitCode::environment, "use the SIP account '" + account.aor + "'", std::strerror(failed), "" };
        accounts.push_back({ agent, account });
    }
    return {};
}

void UserAgents::registerAccounts()
{
    for (const auto& entry : accounts)
        if (entry.account.registerSeconds > 0)
            [[maybe_unused]] const auto reported = ::ua_register(entry.agent);  // failures come as events
}

void UserAgents::callArrived(struct ua* agent)
{
    if (::list_count(::ua_calls(agent)) < callsEach)
        return;
    auto* agents = ::uag_list();
    for (auto* element = agents->head; element != nullptr; element = element->next)
        if (element->data == agent)
        {
            ::list_unlink(element);
            ::list_append(agents, element, agent);
            return;
        }
}

struct ua* UserAgents::agentFor(const std::string& uri)
{
    for (const auto& entry : accounts)
        if (sameDomain(entry.account.aor, uri))
            return entry.agent;
    if (! accounts.empty())
        return accounts.front().agent;
    for (auto* agent : pool)
        if (::list_count(::ua_calls(agent)) < callsEach)
            return agent;
    return nullptr;
}

std::string UserAgents::accountOf(const struct ua* agent) const
{
    for (const auto& entry : accounts)
        if (entry.agent == agent)
            return entry.account.aor;
    return {};
}

std::string UserAgents::proxyOf(const struct ua* agent) const
{
    for (const auto& entry : accounts)
        if (entry.agent == agent)
            return entry.account.outbound;
    return {};
}

void UserAgents::forget() noexcept
{
    pool.clear();
    accounts.clear();
}

} // namespace mw
