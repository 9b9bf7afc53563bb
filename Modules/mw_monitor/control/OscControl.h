#pragma once

#include "ControlTargets.h"

#include <juce_events/juce_events.h>
#include <juce_osc/juce_osc.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mw
{

/** Parameters moved by OSC messages on a UDP port; off until listen().

        ADDRESS/gain, /master/in, /master/out   one number [dB], −∞ or −60…+20; less is −∞
        ADDRESS/mute, ADDRESS/solo, /dtmf/on    one number, 0 is off
        /dtmf/play                              one text of digits, played in the mix; empty stops
    with the addresses of ControlTargets. Bundles are taken apart, their times are not kept. Anything else is counted, said
    once a delivery, and does nothing.

    OSC knows no password: who reaches the port moves the faders. It therefore listens on 127.0.0.1 unless told otherwise.

    Threads: JUCE's OSC thread turns messages into plain values in a bounded queue; all else is the message thread. */
class OscControl final : private juce::OSCReceiver::Listener<juce::OSCReceiver::RealtimeCallback>, private juce::AsyncUpdater
{
public:
    struct Figures
    {
        uint64_t taken = 0;    ///< messages that set something
        uint64_t wrong = 0;    ///< of no known address, with a wrong value, or no OSC at all
        uint64_t dropped = 0;  ///< came faster than the message thread took them
    };

    /** @param targetsToMove outlive this @param playDigits plays a sequence, or stops with an empty one */
    OscControl(const ControlTargets& targetsToMove, std::function<void(const DtmfSequence&)> playDigits);
    ~OscControl() override;

    static constexpr int usualPort = 9000;

    /** Begins to listen, elsewhere than before if it did already. @param port 1…65535, or 0 for a free one
        @param address of a local interface; "0.0.0.0" for all
        @returns an error (environment) when the port cannot be had; then it is off */
    [[nodiscard]] Result<void> listen(int port, const std::string& address = "127.0.0.1");

    /** At most a tenth of a second. */
    void close();

    /** 0 while it is off. */
    [[nodiscard]] int port() const noexcept { return boundPort; }
    [[nodiscard]] const std::string& address() const noexcept { return boundAddress; }
    [[nodiscard]] Figures figures() const noexcept;

    /** Told of wrong messages, once a delivery. Message thread. */
    std::function<void(const std::string& what)> onWrong;

private:
    /** A message as a plain value. */
    struct Item
    {
        enum class Kind : uint8_t { number, text, wrong };
        Kind kind = Kind::wrong;
        float number = 0.0f;
        std::array<char, 64> address {};  ///< with a zero at its end, as the text
        std::array<char, DtmfSequence::maxLength + 2> text {};
    };

    void oscMessageReceived(const juce::OSCMessage& message) override;
    void oscBundleReceived(const juce::OSCBundle& bundle) override;
    void handleAsyncUpdate() override;
    void push(const Item& item);
    [[nodiscard]] static Item itemOf(const juce::OSCMessage& message);
    [[nodiscard]] std::string apply(const Item& item);

    const ControlTargets& targets;
    const std::function<void(const DtmfSequence&)> play;
    std::unique_ptr<juce::DatagramSocket> socket;
    std::unique_ptr<juce::OSCReceiver> receiver;
    SpscQueue<Item> waiting { 512 };
    std::atomic<uint64_t> droppedItems { 0 }, malformedPackets { 0 };
    uint64_t malformedTold = 0, droppedTold = 0;
    Figures counted;
    int boundPort = 0;
    std::string boundAddress;
};

} // namespace mw
