#pragma once

#include "ListenAddress.h"
#include "SipStack.h"
#include "adapter/StackAdapter.h"

#include <string>
#include <vector>

namespace mw
{

/** The user agents behind one address, and those of the accounts. Sip thread only.

    A user agent of baresip holds 255 calls. So there are as many as the legs need, all with the same address; baresip gives
    a new call to the first of its list that matches, so a full one is moved to the list's end. To the user they are one. */
class UserAgents
{
public:
    /** Makes them all. @param codecs baresip's names in order of preference @returns the cause, and then nothing stays */
    [[nodiscard]] Result<void> start(const SipConfig& config, const ListenAddress& listen,
                                     const std::vector<std::string>& codecs);

    /** Begins to register the accounts that ask for it. */
    void registerAccounts();

    /** To be called as a call comes in: makes room for the next. */
    void callArrived(struct ua* agent);

    /** The agent to call a URI from: the account of the URI's domain, else the first account, else one of the address.
        @returns null when all are full */
    [[nodiscard]] struct ua* agentFor(const std::string& uri);

    /** Address of an account's agent as configured, empty for those of the address. */
    [[nodiscard]] std::string accountOf(const struct ua* agent) const;

    /** Outbound proxy of the agent's account, empty when there is none. */
    [[nodiscard]] std::string proxyOf(const struct ua* agent) const;

    /** Forgets them; baresip frees them in ua_stop_all() and ua_close(). */
    void forget() noexcept;

private:
    struct AccountAgent
    {
        struct ua* agent;
        SipAccount account;
    };

    /** Calls an agent is given before the next one's turn; below baresip's 255, for those that are still being taken down. */
    static constexpr uint32_t callsEach = 200;

    std::vector<struct ua*> pool;
    std::vector<AccountAgent> accounts;
};

} // namespace mw
