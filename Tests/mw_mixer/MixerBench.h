#pragma once

#include <mw_mixer/mw_mixer.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace mw::test
{

using Channel = std::vector<float>;
using Channels = std::vector<Channel>;

/** A mixer with sound to feed it and room for what comes out; process() is called as the device calls it. */
class MixerBench
{
public:
    explicit MixerBench(int legs, double rateHz = 8000.0, int maxFrames = 160, double gainRampMs = 10.0, Law law = Law::mu)
        : mixer(MixerProcessor::Config { legs, law, 8192, gainRampMs }), rate(rateHz)
    {
        mixer.prepareToPlay(rateHz, maxFrames);
    }

    MixerCommand command(MixerCommand::Kind kind, int leg = 0)
    {
        MixerCommand c;
        c.kind = kind;
        c.leg = leg;
        return c;
    }

    uint64_t activate(int leg, bool active = true)
    {
        auto c = command(MixerCommand::Kind::setLegActive, leg);
        c.active = active;
        return mixer.post(c);
    }

    void activateAll()
    {
        for (int i = 0; i < mixer.maxLegs(); ++i)
            activate(i);
    }

    uint64_t setMode(MixMode mode, bool funnelReturn = false)
    {
        auto c = command(MixerCommand::Kind::setMode);
        c.mode = mode;
        c.funnelReturn = funnelReturn;
        return mixer.post(c);
    }

    uint64_t setRole(int leg, LegRole role)
    {
        auto c = command(MixerCommand::Kind::setLegRole, leg);
        c.role = role;
        return mixer.post(c);
    }

    uint64_t setCell(int leg, int from, double gainDb)
    {
        auto c = command(MixerCommand::Kind::setCell, leg);
        c.from = from;
        c.gainDb = gainDb;
        return mixer.post(c);
    }

    uint64_t clearCell(int leg, int from)
    {
        auto c = command(MixerCommand::Kind::clearCell, leg);
        c.from = from;
        return mixer.post(c);
    }

    uint64_t setTrim(int strip, double gainDb)
    {
        auto c = command(MixerCommand::Kind::setTrim, strip);
        c.gainDb = gainDb;
        return mixer.post(c);
    }

    uint64_t setTone(double hz, double dbm0)
    {
        auto c = command(MixerCommand::Kind::setTone);
        c.frequencyHz = hz;
        c.levelDbm0 = dbm0;
        return mixer.post(c);
    }

    uint64_t play(const char* digits, int onMs = 100, int offMs = 100, bool loop = false)
    {
        auto c = command(MixerCommand::Kind::playDtmf);
        c.dtmf.sequence = DtmfSequence::parse(digits).value();
        c.dtmf.onMs = onMs;
        c.dtmf.offMs = offMs;
        c.dtmf.loop = loop;
        return mixer.post(c);
    }

    /** Runs the next frames of `in` (silence beyond its end) through the mixer in one call. */
    Channels run(const Channels& in, int frames)
    {
        Channels out(static_cast<size_t>(mixer.maxLegs()), Channel(static_cast<size_t>(frames), 9.0f));
        run(in, 0, out, frames);
        return out;
    }

    void run(const Channels& in, size_t from, Channels& out, int frames)
    {
        const auto legs = static_cast<size_t>(mixer.maxLegs());
        std::vector<const float*> reads(legs, nullptr);
        std::vector<float*> writes(legs, nullptr);
        for (size_t i = 0; i < legs; ++i)
        {
            if (i < in.size() && in[i].size() >= from + static_cast<size_t>(frames))
                reads[i] = in[i].data() + from;
            if (i < out.size() && ! out[i].empty())
                writes[i] = out[i].data() + from;
        }
        mixer.process(reads.data(), writes.data(), frames);
    }

    /** Silence for a while: ramps settle. */
    void settle(int frames = 2000)
    {
        Channels none;
        mixer.process(nullptr, nullptr, frames);
    }

    MixerHeader header() const
    {
        MixerHeader result;
        std::vector<StripRow> rows;
        mixer.readSnapshot(result, rows);
        return result;
    }

    StripRow row(int index) const
    {
        MixerHeader ignored;
        std::vector<StripRow> rows;
        mixer.readSnapshot(ignored, rows);
        const auto found = std::find_if(rows.begin(), rows.end(), [index](const StripRow& r) { return r.index == index; });
        if (found != rows.end())
            return *found;
        StripRow none;
        none.index = -1;
        return none;
    }

    int house(HouseStrip strip) const { return mixer.indexOf(strip); }

    MixerProcessor mixer;
    double rate;
};

/** 16-bit samples as floats, ± `peak`. */
inline Channel integers(std::mt19937& random, size_t frames, int peak)
{
    std::uniform_int_distribution<int> value(-peak, peak);
    Channel result(frames);
    for (auto& sample : result)
        sample = static_cast<float>(value(random)) / 32768.0f;
    return result;
}

inline Channels talkers(int count, size_t frames, int peak, unsigned seed = 1)
{
    std::mt19937 random(seed);
    Channels result;
    for (int i = 0; i < count; ++i)
        result.push_back(integers(random, frames, peak));
    return result;
}

inline Channel constant(float value, size_t frames) { return Channel(frames, value); }

inline int sampleOf(float value) { return static_cast<int>(std::lround(static_cast<double>(value) * 32768.0)); }

/** A player that repeats one value, or says it is finished. */
class ConstantSource final : public BlockSource
{
public:
    explicit ConstantSource(float valueToPlay) : value(valueToPlay) {}
    void render(std::span<float> block, int64_t) noexcept override { std::fill(block.begin(), block.end(), value); }
    bool isFinished() const noexcept override { return finished.load(); }
    std::atomic<bool> finished { false };

private:
    const float value;
};

} // namespace mw::test
