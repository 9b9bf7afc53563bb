#include "OscControl.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mw
{

namespace
{
/** Copies a text that fits with its closing zero. @returns whether it did */
template <size_t length>
bool copyTo(std::array<char, length>& place, const juce::String& text)
{
    const auto octets = text.getNumBytesAsUTF8();
    if (octets + 1 > length)
        return false;
    text.copyToUTF8(place.data(), length);
    return true;
}
} // namespace

OscControl::OscControl(const ControlTargets& targetsToMove, std::function<void(const DtmfSequence&)> playDigits)
    : targets(targetsToMove), play(std::move(playDigits))
{
}

OscControl::~OscControl() { close(); }

Result<void> OscControl::listen(int port, const std::string& address)
{
    close();
    const Error failed { ExitCode::environment, "listen for OSC on " + address + ":" + std::to_string(port),
                         "the UDP port cannot be had", "choose another port, or an address of this machine" };
    // JUCE would take a name, or half an address, for the broadcast address.
    if (port < 0 || port > 65535 || juce::IPAddress(juceText(address)).toString() != juceText(address) || juceText(address).contains(":"))
        return failed;
    auto made = std::make_unique<juce::DatagramSocket>(false);
    made->setEnablePortReuse(false);  // of two programs on one port, one would hear nothing and not know why
    if (! made->bindToPort(port, juceText(address)))
        return failed;
    receiver = std::make_unique<juce::OSCReceiver>("osc");
    receiver->addListener(this);
    receiver->registerFormatErrorHandler([this](const char*, int) {
        malformedPackets.fetch_add(1, std::memory_order_relaxed);
        triggerAsyncUpdate();
    });
    if (! receiver->connectToSocket(*made))
    {
        receiver.reset();
        return failed;
    }
    boundPort = made->getBoundPort();
    boundAddress = address;
    socket = std::move(made);
    return {};
}

void OscControl::close()
{
    if (receiver != nullptr)
    {
        receiver->disconnect();
        receiver->removeListener(this);
    }
    receiver.reset();
    socket.reset();
    cancelPendingUpdate();
    boundPort = 0;
    boundAddress.clear();
}

OscControl::Figures OscControl::figures() const noexcept
{
    auto all = counted;
    all.wrong += malformedPackets.load(std::memory_order_relaxed);
    all.dropped = droppedItems.load(std::memory_order_relaxed);
    return all;
}

// ---- JUCE's OSC thread -------------------------------------------------------------------------------------------------------

OscControl::Item OscControl::itemOf(const juce::OSCMessage& message)
{
    Item item;
    if (! copyTo(item.address, message.getAddressPattern().toString()))
        copyTo(item.address, "(a long address)");
    else if (message.size() == 1 && message[0].isFloat32())
        item.kind = Item::Kind::number, item.number = message[0].getFloat32();
    else if (message.size() == 1 && message[0].isInt32())
        item.kind = Item::Kind::number, item.number = static_cast<float>(message[0].getInt32());
    else if (message.size() == 1 && message[0].isString() && copyTo(item.text, message[0].getString()))
        item.kind = Item::Kind::text;
    return item;
}

void OscControl::oscMessageReceived(const juce::OSCMessage& message) { push(itemOf(message)); }

void OscControl::oscBundleReceived(const juce::OSCBundle& bundle)
{
    for (const auto& element : bundle)
        if (element.isMessage())
            oscMessageReceived(element.getMessage());
        else
            oscBundleReceived(element.getBundle());
}

void OscControl::push(const Item& item)
{
    if (! waiting.push(item))
        droppedItems.fetch_add(1, std::memory_order_relaxed);
    triggerAsyncUpdate();
}

// ---- message thread ----------------------------------------------------------------------------------------------------------

std::string OscControl::apply(const Item& item)
{
    const juce::String address(juce::CharPointer_UTF8(item.address.data()));
    const auto shown = "'" + address.toStdString() + "'";
    if (address == "/dtmf/play")
    {
        const auto parsed = DtmfSequence::parse(item.text.data());
        if (item.kind != Item::Kind::text)
            return shown + " takes one text of digits";
        if (! parsed)
            return shown + ": " + parsed.error().message();
        play(parsed.value());
        return {};
    }
    auto* parameter = targets.byAddress(address);
    if (parameter == nullptr)
        return shown + " is no address of this mixer";
    if (item.kind != Item::Kind::number || std::isnan(item.number))
        return shown + " takes one number";
    if (auto* gain = dynamic_cast<GainParameter*>(parameter))
    {
        if (double { item.number } > maxGainDb)
            return shown + " takes at most +20 dB";
        gain->setDb(double { item.number });
    }
    else
    {
        parameter->setValueNotifyingHost(item.number != 0.0f ? 1.0f : 0.0f);
    }
    return {};
}

void OscControl::handleAsyncUpdate()
{
    std::string said;
    // No more than was there at the beginning: who sends without end must not keep the window from its other work.
    auto left = waiting.size();
    for (Item item; left > 0 && waiting.pop(item); --left)
    {
        auto wrong = apply(item);
        ++(wrong.empty() ? counted.taken : counted.wrong);
        if (! wrong.empty())
            said = std::move(wrong);
    }
    if (const auto malformed = malformedPackets.load(std::memory_order_relaxed); malformed != std::exchange(malformedTold, malformed))
        said = "a packet is no OSC message";
    if (const auto dropped = droppedItems.load(std::memory_order_relaxed); dropped != std::exchange(droppedTold, dropped))
        said = "messages come faster than they can be taken; " + std::to_string(dropped) + " were dropped";
    if (! said.empty() && onWrong)
        onWrong("OSC: " + said + " (" + std::to_string(figures().wrong) + " wrong messages so far)");
}

} // namespace mw
