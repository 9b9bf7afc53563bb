#include "StackAdapter.h"

#include <unistd.h>

#include <cerrno>

#ifdef MILLIWATT_STATIC_SIP_MODULES
extern "C"
{
extern const struct mod_export exports_g711, exports_g722, exports_opus, exports_l16, exports_srtp;
}
#endif

#if ! MW_SIP_UPSTREAM
extern "C" struct list* tmrl_get(void);  // of libre 2.0.1, which has it in no header
#endif

namespace mw::adapter
{

namespace
{

UserAgentEvents* eventReceiver = nullptr;  // sip thread only; a process has one stack

#if MW_SIP_UPSTREAM
void eventThunk(enum bevent_ev kind, struct bevent* event, void*) noexcept
{
    if (eventReceiver == nullptr)
        return;
    const auto* text = ::bevent_get_text(event);
    auto* agent = ::bevent_get_ua(event);
    auto* call = ::bevent_get_call(event);
    switch (kind)
    {
        case BEVENT_CALL_INCOMING: eventReceiver->incomingCall(agent, call); break;
        case BEVENT_CALL_CLOSED: eventReceiver->refusedCall(agent, call, text); break;
        case BEVENT_REGISTER_OK: eventReceiver->registration(agent, true, text); break;
        case BEVENT_REGISTER_FAIL: eventReceiver->registration(agent, false, text); break;
        default: break;
    }
}
#else
void eventThunk(struct ua* agent, enum ua_event kind, struct call* call, const char* text, void*) noexcept
{
    if (eventReceiver == nullptr)
        return;
    switch (kind)
    {
        case UA_EVENT_CALL_INCOMING: eventReceiver->incomingCall(agent, call); break;
        case UA_EVENT_CALL_CLOSED: eventReceiver->refusedCall(agent, call, text); break;
        case UA_EVENT_REGISTER_OK: eventReceiver->registration(agent, true, text); break;
        case UA_EVENT_REGISTER_FAIL: eventReceiver->registration(agent, false, text); break;
        default: break;
    }
}
#endif

} // namespace

std::string extraConfiguration()
{
#if MW_SIP_UPSTREAM
    // Packets are read on the sip thread, and a call is accepted without a question to the application first.
    return "call_accept yes\naudio_jitter_buffer_type off\nvideo_jitter_buffer_type off\nrtp_rxmode main\n"
           "dns_getaddrinfo yes\n";
#else
    return "jitter_buffer_type off\naudio_txmode poll\n";
#endif
}

int configure(const std::string& text)
{
    if (const auto failed = ::conf_configure_buf(reinterpret_cast<const uint8_t*>(text.data()), text.size()); failed != 0)
        return failed;
    // Upstream parses in the call above; 1.1.0 leaves it to the caller. Twice does no harm.
    return ::config_parse_conf(::conf_config(), ::conf_cur());
}

int loadModule(const char* name)
{
#ifdef MILLIWATT_STATIC_SIP_MODULES
    for (const auto* known : { &exports_g711, &exports_g722, &exports_opus, &exports_l16, &exports_srtp })
        if (::str_casecmp(known->name, name) == 0)
        {
            struct mod* module = nullptr;  // owned by libre's list until mod_close()
            return ::mod_add(&module, known);
        }
    return ENOENT;
#else
    return ::module_load(MILLIWATT_SIP_MODULE_PATH, name);
#endif
}

int listenToUserAgents(UserAgentEvents* receiver)
{
    eventReceiver = receiver;
#if MW_SIP_UPSTREAM
    ::bevent_unregister(eventThunk);
    return receiver == nullptr ? 0 : ::bevent_register(eventThunk, nullptr);
#else
    ::uag_event_unregister(eventThunk);
    return receiver == nullptr ? 0 : ::uag_event_register(eventThunk, nullptr);
#endif
}

int startLibre()
{
#if MW_SIP_UPSTREAM
    // Without memory, re_alloc() of 4.10 destroys an object whose descriptor is still 0 and closes that of the process.
    const auto standardInput = ::dup(STDIN_FILENO);
    const auto failed = ::libre_init();
    if (failed != 0 && standardInput >= 0)
        ::dup2(standardInput, STDIN_FILENO);
    if (standardInput >= 0)
        ::close(standardInput);
    return failed;
#else
    return ::libre_init();
#endif
}

bool networkHas([[maybe_unused]] const std::string& address)
{
#if MW_SIP_UPSTREAM
    struct sa wanted {};
    return ::sa_set_str(&wanted, address.c_str(), 0) == 0 && ::net_is_laddr(::baresip_network(), &wanted);
#else
    return true;
#endif
}

int sendRtp(struct rtp_sock* socket, const struct sa* to, bool marker, uint8_t payloadType, uint32_t timestamp,
            struct mbuf* payload)
{
#if MW_SIP_UPSTREAM
    return ::rtp_send(socket, to, false, marker, payloadType, timestamp, ::tmr_jiffies_rt_usec(), payload);
#else
    return ::rtp_send(socket, to, false, marker, payloadType, timestamp, payload);
#endif
}

void keepFromDecoder([[maybe_unused]] std::span<uint8_t> header) noexcept
{
#if MW_SIP_UPSTREAM
    constexpr uint8_t markerBit = 0x80, reserved = 1;  // RFC 3551, table 4: no offer may have it
    header[1] = static_cast<uint8_t>((header[1] & markerBit) | reserved);
#endif
}

int descriptorOf(const struct udp_sock* socket, [[maybe_unused]] int family)
{
#if MW_SIP_UPSTREAM
    return ::udp_sock_fd(socket);
#else
    return ::udp_sock_fd(socket, family);
#endif
}

int makeEncoder(struct auenc_state** state, const struct aucodec* codec, [[maybe_unused]] int ptimeMs, const char* fmtp)
{
    struct auenc_param wanted {};
#if ! MW_SIP_UPSTREAM
    wanted.ptime = static_cast<uint32_t>(ptimeMs);
#endif
    return codec->encupdh(state, codec, &wanted, fmtp);
}

int setDescriptorLimit(int count)
{
    if (const auto failed = ::fd_setsize(count); failed != 0)
        return failed;
    // Otherwise libre sets its polling up at the first watch. Should that fail, it forgets the limit, and its next table of
    // descriptors is shorter than the number of descriptors that an earlier run in this process had.
    return ::poll_method_set(::poll_method_best());
}

#if MW_SIP_UPSTREAM
int runningTimers() noexcept { return static_cast<int>(::tmrl_count(::re_tmrl_get())); }
#else
int runningTimers() noexcept { return static_cast<int>(::list_count(::tmrl_get())); }
#endif

int ReadWatch::start(int descriptor, std::function<void()> readable)
{
    stop();
    onReadable = std::move(readable);
    fd = descriptor;
#if MW_SIP_UPSTREAM
    const auto failed = ::fd_listen(&handle, fd, FD_READ, ready, this);
#else
    const auto failed = ::fd_listen(fd, FD_READ, ready, this);
#endif
    if (failed != 0)
        fd = -1;
    return failed;
}

void ReadWatch::stop() noexcept
{
    if (fd < 0)
        return;
#if MW_SIP_UPSTREAM
    handle = ::fd_close(handle);
#else
    ::fd_close(fd);
#endif
    fd = -1;
}

void ReadWatch::ready(int, void* self) noexcept
{
    const auto call = static_cast<ReadWatch*>(self)->onReadable;  // a copy: the call may end the watch that holds it
    call();
}

} // namespace mw::adapter
