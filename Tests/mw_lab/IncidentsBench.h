#pragma once

#include "LabBench.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::lab_test
{

/** One octet a sample; what the test asks for fails. */
class OctetCodec final : public Codec
{
public:
    OctetCodec()
    {
        description.name = "OCTET";
        description.eventPayloadType = 101;
    }
    const CodecFormat& format() const noexcept override { return description; }

    int decode(std::span<const uint8_t> payload, bool, std::span<int16_t> pcm) noexcept override
    {
        if (payload.size() % 2 != 0)
            return -1;
        std::fill_n(pcm.begin(), payload.size(), int16_t { 0 });
        return static_cast<int>(payload.size());
    }
    int conceal(std::span<int16_t>) noexcept override { return 0; }
    int encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool&) noexcept override
    {
        if (encodingFails)
            return -1;
        std::fill_n(payload.begin(), pcm.size(), uint8_t { 0 });
        return static_cast<int>(pcm.size());
    }

    bool encodingFails = false;

private:
    CodecFormat description;
};

/** ScriptedLegs that also pass on events of the test's own making. */
class LegsByHand final : public ScriptedLegs
{
public:
    using ScriptedLegs::ScriptedLegs;
    Result<void> start(EventHandler newHandler) override
    {
        emitByHand = newHandler;
        return ScriptedLegs::start(std::move(newHandler));
    }
    EventHandler emitByHand;
};

/** Provokes counters of report/Incidents.h and looks for them in status line, table and JSON. */
class Incidents : public ::testing::Test
{
protected:
    static constexpr int64_t blockNs = 20'000'000;
    static constexpr int64_t stallNs = 1'000'000'000;  ///< as documented

    void begin(int maxLegs = 8)
    {
        engine = std::make_unique<Engine>(manualConfig(clock, maxLegs), legs);
        ASSERT_TRUE(engine->start().ok());
        expectQuiet();
    }

    /** A caller whose packets the test makes itself. */
    LegId beginWithCaller()
    {
        begin();
        const auto leg = legs.ring("sip:peer@x");
        engine->handleEvents();
        legs.call(leg).feedsSilenceAtEnd = false;
        LegEvent media;
        media.kind = LegEvent::Kind::mediaReady;
        media.leg = leg;
        media.port = port = makePort();
        legs.emitByHand(std::move(media));
        tick();
        return leg;
    }

    std::shared_ptr<LegPort> makePort()
    {
        LegPortConfig config;
        config.engineRateHz = 8000;
        return std::make_shared<LegPort>(codec, config);
    }

    void tick()
    {
        clock->advanceNs(blockNs);
        engine->runTick();
        engine->handleEvents();
        if (port != nullptr && collects)
            port->drainToSend([](const SendPacket&) {});
    }

    struct Packet
    {
        uint16_t sequence = 0;
        uint8_t payloadType = 0;
        uint32_t ssrc = 7;
        size_t octets = 160;
    };
    bool send(Packet what)
    {
        const std::vector<uint8_t> payload(what.octets);
        RtpPacket packet;
        packet.arrivalNs = clock->nowNs();
        packet.ssrc = what.ssrc;
        packet.sequence = what.sequence;
        packet.timestamp = 160u * what.sequence;
        packet.payloadType = what.payloadType;
        packet.payload = payload;
        return port->receive(packet);
    }

    /** A packet a tick. */
    void stream(uint16_t first, uint16_t count)
    {
        for (uint16_t i = 0; i < count; ++i)
        {
            send({ .sequence = static_cast<uint16_t>(first + i) });
            tick();
        }
    }

    [[nodiscard]] uint64_t count(const std::string& key) const
    {
        for (const auto& incident : incidentsOf(engine->snapshot()))
            if (incident.key == key)
                return incident.count;
        ADD_FAILURE() << "there is no counter " << key;
        return 0;
    }

    /** Nothing is said while all counters are 0. */
    void expectQuiet() const
    {
        const auto snapshot = engine->snapshot();
        EXPECT_EQ(incidentText(snapshot), "");
        EXPECT_EQ(statusLine(snapshot).find("INCIDENTS"), std::string::npos) << statusLine(snapshot);
        EXPECT_EQ(statusTable(snapshot, 200, false).find("INCIDENTS"), std::string::npos) << statusTable(snapshot, 200, false);
    }

    /** The counter has this value and stands in every view of the snapshot. @param alone whether it is the only one */
    void expectShown(const std::string& key, const std::string& words, uint64_t value, bool alone = true) const
    {
        const auto snapshot = engine->snapshot();
        EXPECT_EQ(count(key), value) << key << " of: " << incidentText(snapshot);
        const auto entry = words + " " + std::to_string(value);
        if (alone)
        {
            EXPECT_EQ(incidentText(snapshot), entry);
        }
        for (const auto& text : { statusLine(snapshot), statusTable(snapshot, 400, false), statusTable(snapshot, 400, true) })
            EXPECT_NE(text.find((alone ? "INCIDENTS: " : "") + entry), std::string::npos) << entry << " is not shown in: " << text;
        const auto json = juce::JSON::parse(juce::JSON::toString(toJson(snapshot)));
        EXPECT_EQ(static_cast<uint64_t>(static_cast<juce::int64>(json["incidents"][juce::Identifier(key)])), value) << key;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000'000);
    LegsByHand legs { clock };
    std::unique_ptr<Engine> engine;
    std::shared_ptr<OctetCodec> codec = std::make_shared<OctetCodec>();
    std::shared_ptr<LegPort> port;
    bool collects = true;
};

} // namespace mw::lab_test
