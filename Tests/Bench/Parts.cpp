// What Milliwatt's parts cost, a call of each for a block of 20 ms: Google Benchmark. Scripts/bench parts builds and runs it.
// References: a copy of the same sound, and a mixer that adds all others anew for each leg.

#include "../mw_mixer/MixerBench.h"

#include <Support/FakeLegs.h>
#include <benchmark/benchmark.h>
#include <mw_legs/mw_legs.h>
#include <mw_signal/mw_signal.h>

#include <cstring>
#include <memory>

namespace
{
using mw::test::Channel;
using mw::test::Channels;

constexpr double rateHz = 16000.0;
constexpr size_t blockFrames = 320;

/** So quiet together that no limiter works. */
Channels talkersFor(size_t legs) { return mw::test::talkers(static_cast<int>(legs), blockFrames, 20000 / static_cast<int>(legs) + 1); }

void countLegs(benchmark::State& state)
{
    state.counters["legs"] = benchmark::Counter(static_cast<double>(state.range(0)) * static_cast<double>(state.iterations()),
                                                benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void copyOfTheSound(benchmark::State& state)
{
    const auto in = talkersFor(static_cast<size_t>(state.range(0)));
    auto out = in;
    for (auto _ : state)
        for (size_t leg = 0; leg < in.size(); ++leg)
        {
            std::memcpy(out[leg].data(), in[leg].data(), blockFrames * sizeof(float));
            benchmark::ClobberMemory();
        }
    countLegs(state);
}

void naiveMix(benchmark::State& state)
{
    const auto in = talkersFor(static_cast<size_t>(state.range(0)));
    auto out = in;
    for (auto _ : state)
        for (size_t leg = 0; leg < in.size(); ++leg)
        {
            std::fill(out[leg].begin(), out[leg].end(), 0.0f);
            for (size_t from = 0; from < in.size(); ++from)
                for (size_t i = 0; from != leg && i < blockFrames; ++i)
                    out[leg][i] += 0.7f * in[from][i];
            benchmark::ClobberMemory();
        }
    countLegs(state);
}

/** The bus alone: sums, and each leg's mix-minus, with gains. */
void mixBus(benchmark::State& state)
{
    const auto in = talkersFor(static_cast<size_t>(state.range(0)));
    auto out = in;
    std::vector<mw::MixBus::Part> parts;
    for (const auto& strip : in)
        parts.push_back({ strip, 0.7f });
    mw::MixBus bus;
    bus.prepare(blockFrames);
    for (auto _ : state)
    {
        bus.begin(blockFrames);
        bus.addAll(parts);
        for (size_t leg = 0; leg < in.size(); ++leg)
            bus.mixMinus(in[leg], 0.7f, out[leg], 0.9);
        benchmark::ClobberMemory();
    }
    countLegs(state);
}

/** The whole processor: strips, meters, limiters, snapshot. */
void mixerProcessor(benchmark::State& state)
{
    const auto legs = static_cast<size_t>(state.range(0));
    mw::test::MixerBench bench(static_cast<int>(legs), rateHz, blockFrames);
    bench.activateAll();
    bench.mixer.setMasterInGainDb(-3.0);
    bench.mixer.setOutputGainDb(-1.0);
    const auto talkers = talkersFor(legs);
    Channel in, out(legs * blockFrames);  // each in one piece, as the device has them
    for (const auto& talker : talkers)
        in.insert(in.end(), talker.begin(), talker.end());
    std::vector<const float*> reads;
    std::vector<float*> writes;
    for (size_t leg = 0; leg < legs; ++leg)
    {
        reads.push_back(in.data() + leg * blockFrames);
        writes.push_back(out.data() + leg * blockFrames);
    }
    for (auto _ : state)
        bench.mixer.process(reads.data(), writes.data(), blockFrames);
    countLegs(state);
}

/** What listens to a block. */
template <typename Part>
void listening(benchmark::State& state)
{
    const auto in = talkersFor(1);
    Part part;
    part.prepare(rateHz);
    for (auto _ : state)
        part.process(in[0]);
}

void limiterAtRest(benchmark::State& state)
{
    auto in = talkersFor(2);
    mw::Limiter limiter;
    limiter.prepare(rateHz);
    for (auto _ : state)
        benchmark::DoNotOptimize(limiter.process(in[0]));
}

void dtmfOscillator(benchmark::State& state)
{
    mw::DtmfOscillator oscillator;
    oscillator.prepare(rateHz);
    mw::DtmfSettings settings;
    settings.sequence = mw::DtmfSequence::parse("1").value();
    settings.loop = true;
    settings.onMs = 10000;
    oscillator.play(settings);
    Channel block(blockFrames);
    for (auto _ : state)
        oscillator.render(block);
}

/** A leg of G.711 at the mix's rate or resampled: a packet in, its block out, a block in, its packet out. */
void legPort(benchmark::State& state)
{
    const auto rate = static_cast<int>(state.range(0));
    mw::LegPortConfig config;
    config.engineRateHz = rate;
    config.maxBlockFrames = rate / 50;
    mw::LegPort port(std::make_unique<mw::test::FakeL16Codec>(8000), config);
    port.setDirection(true, true);
    Channel block(static_cast<size_t>(rate / 50));
    std::vector<uint8_t> payload(320, 1);
    mw::RtpPacket packet;
    packet.ssrc = 1;
    packet.payloadType = static_cast<uint8_t>(port.format().payloadType);
    packet.payload = payload;
    int64_t nowNs = 1'000'000'000;
    for (auto _ : state)
    {
        ++packet.sequence;
        packet.timestamp += 160;
        packet.arrivalNs = nowNs;
        port.receive(packet);
        nowNs += 20'000'000;
        port.pull(block, nowNs);
        port.push(block, nowNs);
        port.drainToSend([](const mw::SendPacket& sent) { benchmark::DoNotOptimize(sent.payload.data()); });
    }
}

struct Row
{
    double values[11] = {};
};

void snapshotOfManyRows(benchmark::State& state)
{
    std::vector<Row> rows(static_cast<size_t>(state.range(0))), read;
    mw::LatestRows<Row, Row> snapshot(rows.size());
    Row header;
    for (auto _ : state)
    {
        snapshot.publish(header, rows);
        benchmark::DoNotOptimize(snapshot.read(header, read));
    }
    countLegs(state);
}

BENCHMARK(copyOfTheSound)->Arg(2)->Arg(32)->Arg(512);
BENCHMARK(naiveMix)->Arg(2)->Arg(32)->Arg(128);
BENCHMARK(mixBus)->Arg(2)->Arg(32)->Arg(512)->Arg(2048);
BENCHMARK(mixerProcessor)->Arg(2)->Arg(32)->Arg(512)->Arg(2048);
BENCHMARK(listening<mw::LevelMeter>)->Name("levelMeter");
BENCHMARK(limiterAtRest);
BENCHMARK(dtmfOscillator);
BENCHMARK(listening<mw::DtmfReceiver>)->Name("dtmfReceiver");
BENCHMARK(legPort)->Arg(8000)->Arg(16000)->Arg(48000);
BENCHMARK(snapshotOfManyRows)->Arg(64)->Arg(512);
} // namespace

BENCHMARK_MAIN();
