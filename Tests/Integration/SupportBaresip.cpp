#include "SupportBaresip.h"

#include "SupportPorts.h"
#include "SupportWav.h"

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace
{

using namespace std::chrono_literals;

void sendTo(uint16_t port, const std::string& text)
{
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto sent = ::sendto(descriptor, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::close(descriptor);
    if (sent != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("baresip's console cannot be reached");
}

size_t countOf(const std::string& text, const std::string& part)
{
    size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

} // namespace

StockBaresip::StockBaresip(const std::filesystem::path& parent, const StockBaresipOptions& options)
    : ownSipPort(ports::freePort()), consolePort(ports::freePort()), firstRtp(ports::freeBlock(rtpPortCount))
{
    const auto directory = parent / ("baresip" + std::to_string(ownSipPort));
    std::filesystem::create_directories(directory);

    std::ostringstream config;
    config << "poll_method epoll\n"
           << "sip_listen 127.0.0.1:" << ownSipPort << "\n"
           << "net_interface 127.0.0.1\n"
           << "rtp_ports " << firstRtp << "-" << firstRtp + rtpPortCount - 1 << "\n"
           << "audio_path " << directory.string() << "\n"  // no ring tones
           << "audio_player aufile,none\naudio_alert aufile,none\n"
           << "audio_source aufile," << options.sound.string() << "\n"
           << "jitter_buffer_delay 5-10\n"
           << "cons_listen 127.0.0.1:" << consolePort << "\n"
           << "module_path /usr/lib/baresip/modules\n";
    std::istringstream modules(options.modules);
    for (std::string module; modules >> module;)
        config << "module " << module << "\n";
    config << "module aufile.so\nmodule cons.so\nmodule_tmp account.so\nmodule_app menu.so\n";
    writeText(directory / "config", config.str());
    writeText(directory / "accounts", "<sip:stock@127.0.0.1>;regint=0;answermode=auto;audio_codecs=" + options.audioCodecs + "\n");
    writeText(directory / "contacts", "\n");

    std::vector<std::string> command { "/usr/bin/baresip", "-f", directory.string(), "-t", "240" };
    if (! options.dial.empty())
    {
        command.push_back("-e");
        command.push_back("/dial " + options.dial);
    }
    mw::test::Process::Options processOptions;
    processOptions.workingDirectory = directory;
    baresip = std::make_unique<mw::test::Process>(command, processOptions);
    if (! ports::waitUntilBound(ownSipPort, 30s))
        throw std::runtime_error("Debian's baresip does not listen: " + baresip->output());
}

bool StockBaresip::waitUntilEstablished(std::chrono::milliseconds deadline)
{
    return baresip->waitForOutput("Call established", deadline);
}

bool StockBaresip::press(char digit)
{
    const std::string confirmation = std::string("send DTMF digit: '") + digit + "'";
    const auto before = countOf(baresip->output(), confirmation);
    sendTo(consolePort, std::string(1, digit));
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (countOf(baresip->output(), confirmation) == before)
    {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        std::this_thread::sleep_for(20ms);  // sleeps: a stranger's console is only to be read
    }
    std::this_thread::sleep_for(400ms);  // baresip lets the key go by itself after 250 ms; the next one must come later
    return true;
}

int StockBaresip::hangUpAndEnd(std::chrono::milliseconds deadline)
{
    baresip->signal(SIGINT);
    return baresip->wait(deadline).value_or(-1);
}
