#pragma once

#include <mw_lab/mw_lab.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace mw::lab_test
{

/** G.711 µ-law by its definition (ITU-T G.711), 16-bit samples. */
[[nodiscard]] int16_t muLawDecode(uint8_t octet) noexcept;
[[nodiscard]] uint8_t muLawEncode(int16_t sample) noexcept;

/** A sound (full scale = 1.0) as µ-law octets. */
[[nodiscard]] std::vector<uint8_t> muLaw(std::span<const float> samples);
[[nodiscard]] std::vector<float> fromMuLaw(std::span<const uint8_t> octets);

/** A sine at 8 kHz. */
[[nodiscard]] std::vector<float> sine(double frequencyHz, double levelDbm0, double seconds, int rateHz = 8000);

/** Level of the component at a frequency [dBm0]. */
[[nodiscard]] double levelAt(std::span<const float> samples, double frequencyHz, int rateHz = 8000);

/** Mean square as a level [dBm0]. */
[[nodiscard]] double levelOf(std::span<const float> samples);

/** Legs by script: a test rings, feeds octets, hangs up, and reads what was sent. Control calls and the script may come from
    different threads; tickDone() only counts. */
class ScriptedLegs : public LegFactory
{
public:
    /** How a dialled URI behaves. */
    enum class Callee { answers, ringsOnly, busy, refusedAtOnce };

    /** One call, for the script's side. */
    struct Call
    {
        std::string uri;
        bool outgoing = false, established = false, over = false;
        std::shared_ptr<LegPort> port;
        std::vector<uint8_t> sent;      ///< payloads that the engine sent, in order
        std::vector<uint8_t> toFeed;    ///< what the peer will send, 160 octets a packet
        size_t fed = 0;
        bool feedsSilenceAtEnd = true;
        uint16_t sequence = 0;
        uint32_t timestamp = 0;
        int rejectedWith = 0;
        bool hungUpByEngine = false;
    };

    explicit ScriptedLegs(std::shared_ptr<Clock> clockToUse, int engineRateHz = 8000) : clock(std::move(clockToUse)), engineRate(engineRateHz) {}

    // ---- script -------------------------------------------------------------------------------------------------------
    LegId ring(const std::string& uri, std::vector<uint8_t> sound = {});
    void peerHangsUp(LegId leg, int code = 0, const std::string& reason = "Connection reset by peer", bool failed = false);
    void peerSendsDigit(LegId leg, char digit);
    void replacePort(LegId leg);
    void feedAll();    ///< one packet (20 ms) of every call into its port
    void collectAll(); ///< what waits in the send rings
    [[nodiscard]] Call& call(LegId leg) { return calls.at(leg); }
    [[nodiscard]] size_t openCalls();

    std::map<std::string, Callee> callees;             ///< others answer
    std::map<std::string, std::vector<uint8_t>> sounds; ///< what a callee sends once it answered
    std::string startProblem;      ///< start() fails with it
    bool startThrows = false;
    bool staysSilentAtStop = false;  ///< no `closed` for the calls that stop() ends
    std::function<void()> duringStop;
    std::atomic<uint64_t> ticks { 0 };
    int starts = 0, stops = 0;

    // ---- LegFactory -----------------------------------------------------------------------------------------------------
    Result<void> start(EventHandler newHandler) override;
    void stop(int graceMs) override;
    void refuseNewLegs() override;
    std::string localUri() const override { return started ? "sip:127.0.0.1:5060" : ""; }
    Result<LegId> dial(const std::string& uri) override;
    void answer(LegId leg) override;
    void reject(LegId leg, int sipCode, const std::string& reason) override;
    void hangUp(LegId leg) override;
    void hold(LegId, bool) override {}
    void sendDtmf(LegId leg, const std::string& digits, DtmfMethod, int, int) override { digitsSent[leg] += digits; }
    void tickDone(int64_t) noexcept override { ticks.fetch_add(1, std::memory_order_relaxed); }

    /** A caller whom the factory itself refuses: the engine hears only of the end. */
    LegId turnAway(const std::string& uri, int code, const std::string& reason);

    std::map<LegId, std::string> digitsSent;

private:
    void emit(LegEvent event);
    void establish(LegId leg);
    void end(LegId leg, int code, const std::string& reason, bool failed);
    [[nodiscard]] std::shared_ptr<LegPort> makePort() const;
    LegEvent eventFor(LegId leg, LegEvent::Kind kind);

    std::shared_ptr<Clock> clock;
    const int engineRate;
    std::recursive_mutex mutex;  ///< guards everything below and the public script state
    EventHandler handler;
    std::map<LegId, Call> calls;
    LegId lastLeg = 0;
    bool started = false, refusing = false;
};

/** An engine's configuration for manual time: 8 kHz, 20 ms. */
[[nodiscard]] Engine::Config manualConfig(const std::shared_ptr<ManualClock>& clock, int maxLegs = 8, int rateHz = 8000);

/** One tick of 20 ms: packets in, media, packets out, events, and the role's poll. */
void step(ManualClock& clock, ScriptedLegs& legs, Engine& engine, Role* role = nullptr);

/** A folder for one test, removed at its end. */
struct TestFolder
{
    TestFolder();
    ~TestFolder();
    [[nodiscard]] juce::File file(const juce::String& name) const { return folder.getChildFile(name); }
    juce::File folder;
};

/** A 16-bit WAV file made without the product's code. */
void writeWav(const juce::File& file, const std::vector<std::vector<int16_t>>& channels, int rateHz);

/** The first channel of a WAV file as 16-bit samples. */
[[nodiscard]] std::vector<int> readWav(const juce::File& file, int& rateHz);

} // namespace mw::lab_test
