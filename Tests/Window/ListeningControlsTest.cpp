#include "HeardLevels.h"
#include "LiveWindow.h"

#include <cmath>

using namespace mw;
using namespace std::chrono_literals;

/** The menu Listen with a sound card: PulseAudio's null sink behind ALSA, which keeps time as a card does and whose sound another
    program records. During a live call, which must not notice. */
class ListeningControls : public LiveWindow
{
protected:
    static constexpr int cardRateHz = 48000;
    static constexpr const char* cardName = "PulseAudio Sound Server";

    void SetUp() override
    {
        LiveWindow::SetUp();
        server = std::make_unique<test::Process>(std::vector<std::string> {
            "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--log-level=notice",
            "--load=module-null-sink sink_name=card rate=" + std::to_string(cardRateHz), "--load=module-native-protocol-unix" });
        ASSERT_TRUE(until([] { return test::Process({ "pactl", "info" }).wait(5s) == 0; })) << server->output();
        recorder = std::make_unique<test::Process>(std::vector<std::string> {
            "parec", "--device=card.monitor", "--rate=" + std::to_string(cardRateHz), "--channels=1", "--format=s16le", "--latency-msec=20", "--raw",
            file("card.raw").string() });
        open();
        callsUs("alice", "tone:1004@-20");
        alice = legOf("alice");
        dial(sinkCalled("ear").uri());
    }

    void TearDown() override
    {
        LiveWindow::TearDown();
        recorder.reset();
        server.reset();
    }

    /** What the card played lately [dBm0], HeardLevels::silent for silence. */
    double cardDbm0()
    {
        letPass(0.6);
        const auto bytes = readText(file("card.raw"));
        constexpr size_t lately = cardRateHz / 5;
        const auto count = bytes.size() / 2;
        EXPECT_GT(count, lately);
        if (count <= lately)
            return HeardLevels::silent;
        double sum = 0.0;
        for (auto i = count - lately; i < count; ++i)
        {
            const auto low = static_cast<unsigned char>(bytes[2 * i]), high = static_cast<unsigned char>(bytes[2 * i + 1]);
            const auto sample = static_cast<double>(static_cast<int16_t>(low | high << 8)) / 32768.0;
            sum += sample * sample;
        }
        const auto rms = std::sqrt(sum / static_cast<double>(lately));
        return rms < 1e-4 ? HeardLevels::silent : dbm0FromRms(rms, Law::mu);
    }

    /** The card plays this level, and the table of controls has a row for it. */
    void expectCard(const std::string& how, double dbm0)
    {
        auto heard = cardDbm0();
        const auto isRight = [&] { return std::abs(heard - dbm0) < HeardLevels::toleranceDb; };
        for (int i = 0; i < 5 && ! isRight(); ++i)  // what the card still had in store
            heard = cardDbm0();
        EXPECT_TRUE(isRight()) << how << ": the card plays " << heard << " dBm0 where " << dbm0 << " is due";
        char text[64] = "silence";
        if (heard != HeardLevels::silent)
            std::snprintf(text, sizeof text, "%.2f dBm0", heard);
        HeardLevels::row("Listen", how, std::string("the card plays ") + text);
    }

    std::unique_ptr<test::Process> server, recorder;
    LegId alice = 0;
};

TEST_F(ListeningControls, OfTheListenMenu)
{
    choose("Listen", cardName);
    ASSERT_TRUE(named<juce::Button>("Listen").getToggleState()) << model().log().back().text;
    expectCard("a sound card chosen: the mix", -20.0);

    typeInto("Typed gain of all outputs", "-6");
    expectCard("the outputs at −6 dB", -26.0);
    typeInto("Typed gain of all outputs", "0");

    model().select(alice);
    pump(200);
    const auto strip = "leg " + juce::String(engine().call(alice)->channel + 1) + ", alice";
    choose("Listen", strip + ", as sent");
    expectCard("leg alice, as sent: nobody else talks", HeardLevels::silent);
    choose("Listen", strip + ", as received");
    expectCard("leg alice, as received", -20.0);
    choose("Listen", "The mix");
    expectCard("the mix again", -20.0);

    choose("Listen", "Off (delay");
    EXPECT_FALSE(named<juce::Button>("Listen").getToggleState());
    expectCard("Off", HeardLevels::silent);

    HeardLevels levels;
    levels.expect("Dial", "address typed, Return", -20.0);
    levels.expect("Typed gain of all outputs", "typed −6, listened to on a card", -26.0);
    levels.expect("Typed gain of all outputs", "typed 0; Listen changed four times", -20.0);
    expectHeard(levels, "ear");
}
