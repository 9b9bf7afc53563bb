#pragma once

#include "DetailBench.h"
#include "Gestures.h"
#include "Pictures.h"

#include <array>
#include <cmath>
#include <numbers>

namespace mw::test
{

/** A window for pictures: callers whose sound is the same in every run, on a manual clock, not on any screen (so that nothing is
    under a mouse), and nothing with the keyboard's focus. */
class PictureBench : public DetailBench
{
public:
    explicit PictureBench(int legCount, double seconds = 12.0) : DetailBench(std::max(legCount + 8, 16))
    {
        view->removeFromDesktop();
        view->setBounds(pictureBounds());
        engine->keepMessages(true);
        for (int i = 0; i < legCount; ++i)
            add(i);
        live(seconds);
    }

    /** Who calls in as the n-th: names at first, numbers then. */
    static std::string uriOf(int number)
    {
        static constexpr std::array names { "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi" };
        const auto host = "@10.0.0." + std::to_string(20 + number % 200);
        return number < static_cast<int>(names.size()) ? std::string("sip:") + names[static_cast<size_t>(number)] + host
                                                       : "sip:agent-" + std::to_string(100 + number) + host;
    }

    /** A caller whose level swells and fades in 2.5 to 4 s; each third one's network is bad. */
    LegId add(int number)
    {
        const auto leg = call(uriOf(number));
        const auto amplitude = 32768.0 * sineAmplitudeFromDbm0(-6.0 - number * 7 % 23, Law::mu);
        const auto hz = 300.0 + number * 37 % 1500, swellHz = 0.25 + 0.03 * (number % 5);
        FakeNetwork network;
        network.seed = static_cast<uint64_t>(number) + 1;
        network.jitterMs = number % 3 == 2 ? 24 : number % 5;
        network.lossShare = number % 3 == 2 ? 0.03 : 0.0;
        legs->setVoice(leg, [=](std::span<uint8_t> octets, uint64_t first) {
            for (size_t i = 0; i < octets.size(); ++i)
            {
                const auto seconds = static_cast<double>(first + i) / 8000.0, turn = 2.0 * std::numbers::pi * seconds;
                const auto sample = amplitude * std::abs(std::sin(turn * swellHz)) * std::sin(turn * hz);
                octets[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(sample)));
            }
        }, network);
        return callers.emplace_back(leg);
    }

    /** The signalling of a call as it is between two phones. */
    void passDialogue(LegId leg)
    {
        const std::string sdp = "\r\nContent-Type: application/sdp\r\n\r\n"
                                "v=0\r\no=- 1 1 IN IP4 10.0.0.20\r\ns=call\r\nc=IN IP4 10.0.0.20\r\nt=0 0\r\n"
                                "m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
        legs->passMessage(leg, false, "INVITE sip:milliwatt@10.0.0.5 SIP/2.0", "INVITE", sdp);
        live(0.2);
        legs->passMessage(leg, true, "SIP/2.0 180 Ringing", "INVITE");
        live(0.2);
        legs->passMessage(leg, true, "SIP/2.0 200 OK", "INVITE", sdp);
        live(0.2);
        legs->passMessage(leg, false, "ACK sip:milliwatt@10.0.0.5 SIP/2.0", "ACK");
        live(0.4);
        legs->passMessage(leg, false, "INFO sip:milliwatt@10.0.0.5 SIP/2.0", "INFO");
        legs->passMessage(leg, true, "SIP/2.0 415 Unsupported Media Type", "INFO");
        live(0.2);
    }

    /** Both themes of what stands there now. */
    void expectPictures(const std::string& name)
    {
        for (const auto theme : { Theme::dark, Theme::light })
        {
            view->setTheme(theme);
            settle();
            EXPECT_TRUE(looksAsStored(*view, name + (theme == Theme::dark ? "-dark" : "-light")));
        }
    }

    void settle()
    {
        juce::Component::unfocusAllComponents();
        view->model().look();
        pump(30);
        juce::Component::unfocusAllComponents();
    }

    std::vector<LegId> callers;
};

} // namespace mw::test
