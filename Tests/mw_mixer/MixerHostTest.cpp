#include "MixerBench.h"

#include <juce_audio_processors/juce_audio_processors.h>
#include <gtest/gtest.h>

namespace mw::test
{

namespace
{
juce::AudioBuffer<float> bufferOf(const Channels& in, int channels, int frames)
{
    juce::AudioBuffer<float> buffer(channels, frames);
    buffer.clear();
    for (int c = 0; c < std::min(channels, static_cast<int>(in.size())); ++c)
        buffer.copyFrom(c, 0, in[static_cast<size_t>(c)].data(), frames);
    return buffer;
}

void activate(MixerProcessor& mixer, int legs)
{
    for (int i = 0; i < legs; ++i)
    {
        MixerCommand c;
        c.kind = MixerCommand::Kind::setLegActive;
        c.leg = i;
        c.active = true;
        ASSERT_NE(mixer.post(c), 0u);
    }
}

void expectConference(const Channels& in, const juce::AudioBuffer<float>& out)
{
    for (int leg = 0; leg < static_cast<int>(in.size()); ++leg)
        for (int i = 0; i < out.getNumSamples(); ++i)
        {
            double sum = 0.0;
            for (int from = 0; from < static_cast<int>(in.size()); ++from)
                if (from != leg)
                    sum += static_cast<double>(in[static_cast<size_t>(from)][static_cast<size_t>(i)]);
            ASSERT_EQ(static_cast<double>(out.getSample(leg, i)), sum) << "leg " << leg << ", sample " << i;
        }
}
} // namespace

TEST(MixerHost, WhatIsSetWithoutTellingAnybodyCountsFromTheNextBlock)
{
    MixerBench bench(3, 8000.0, 160, 0.0);
    bench.activateAll();
    bench.settle(160);
    const auto& parameters = bench.mixer.parameters();
    const auto rowAfterABlock = [&](int strip) {
        bench.settle(160);
        return bench.row(strip);
    };
    const auto set = [](juce::RangedAudioParameter& parameter, float value) {
        static_cast<juce::AudioProcessorParameter&>(parameter).setValue(parameter.convertTo0to1(value));  // as a host does
    };
    set(*parameters.strips[1].gain, -6.0f);
    EXPECT_NEAR(rowAfterABlock(1).gainDb, -6.0f, 1e-5f);
    EXPECT_EQ(bench.row(0).gainDb, 0.0f);
    set(*parameters.strips[1].mute, 1.0f);
    EXPECT_TRUE(rowAfterABlock(1).muted);
    set(*parameters.strips[1].mute, 0.0f);
    set(*parameters.masterIn, 3.0f);
    EXPECT_NEAR(rowAfterABlock(1).gainDb, -3.0f, 1e-5f);
    set(*parameters.strips[2].solo, 1.0f);
    EXPECT_TRUE(std::isinf(rowAfterABlock(1).gainDb)) << "another strip is soloed";
    bench.activate(2, false);
    EXPECT_NEAR(rowAfterABlock(1).gainDb, -3.0f, 1e-5f) << "that strip went";
    bench.activate(2);
    EXPECT_TRUE(std::isinf(rowAfterABlock(1).gainDb)) << "it came back";
}

TEST(MixerHost, ProcessBlockMixesInPlace)
{
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    mixer.setRateAndBufferSizeDetails(16000.0, 320);
    mixer.prepareToPlay(16000.0, 320);
    activate(mixer, 4);
    const auto in = talkers(4, 320, 8000);
    auto buffer = bufferOf(in, 4, 320);
    juce::MidiBuffer midi;
    mixer.processBlock(buffer, midi);
    expectConference(in, buffer);
    mixer.processBlockBypassed(buffer, midi);
    EXPECT_EQ(buffer.getMagnitude(0, 320), 0.0f) << "bypassed: silence, not one's own voice";
    mixer.releaseResources();
}

TEST(MixerHost, BusesAreOneChannelALeg)
{
    MixerProcessor mixer(MixerProcessor::Config { 40 });
    EXPECT_EQ(mixer.getTotalNumInputChannels(), 40);
    EXPECT_EQ(mixer.getTotalNumOutputChannels(), 40);
    const auto layout = [](int in, int out) {
        juce::AudioProcessor::BusesLayout result;
        result.inputBuses.add(juce::AudioChannelSet::discreteChannels(in));
        result.outputBuses.add(juce::AudioChannelSet::discreteChannels(out));
        return result;
    };
    EXPECT_TRUE(mixer.checkBusesLayoutSupported(layout(40, 40)));
    EXPECT_TRUE(mixer.checkBusesLayoutSupported(layout(2, 3)));
    EXPECT_FALSE(mixer.checkBusesLayoutSupported(layout(41, 41)));
    EXPECT_FALSE(mixer.checkBusesLayoutSupported(layout(0, 1)));
    EXPECT_EQ(MixerProcessor(MixerProcessor::Config { 2048 }).getTotalNumInputChannels(), 2048);
}

TEST(MixerHost, FewerInputsThanOutputs)
{
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    juce::AudioProcessor::BusesLayout layout;
    layout.inputBuses.add(juce::AudioChannelSet::discreteChannels(1));
    layout.outputBuses.add(juce::AudioChannelSet::discreteChannels(3));
    ASSERT_TRUE(mixer.setBusesLayout(layout));
    mixer.prepareToPlay(8000.0, 160);
    activate(mixer, 4);
    const auto in = talkers(3, 160, 8000);  // channels 1 and 2 of the buffer hold nothing of a leg's
    auto buffer = bufferOf(in, 3, 160);
    juce::MidiBuffer midi;
    mixer.processBlock(buffer, midi);
    for (int i = 0; i < 160; ++i)
    {
        ASSERT_EQ(buffer.getSample(0, i), 0.0f);
        ASSERT_EQ(buffer.getSample(1, i), in[0][static_cast<size_t>(i)]);
        ASSERT_EQ(buffer.getSample(2, i), in[0][static_cast<size_t>(i)]);
    }
}

TEST(MixerHost, RunsInAnAudioProcessorGraph)
{
    constexpr int legs = 3, frames = 128;
    using Graph = juce::AudioProcessorGraph;
    Graph graph;
    graph.setPlayConfigDetails(legs, legs, 48000.0, frames);
    auto owned = std::make_unique<MixerProcessor>(MixerProcessor::Config { legs });
    auto& mixer = *owned;
    const auto input = graph.addNode(std::make_unique<Graph::AudioGraphIOProcessor>(Graph::AudioGraphIOProcessor::audioInputNode));
    const auto output = graph.addNode(std::make_unique<Graph::AudioGraphIOProcessor>(Graph::AudioGraphIOProcessor::audioOutputNode));
    const auto node = graph.addNode(std::move(owned));
    for (int c = 0; c < legs; ++c)
    {
        ASSERT_TRUE(graph.addConnection({ { input->nodeID, c }, { node->nodeID, c } }));
        ASSERT_TRUE(graph.addConnection({ { node->nodeID, c }, { output->nodeID, c } }));
    }
    graph.prepareToPlay(48000.0, frames);
    juce::MessageManager::getInstance()->runDispatchLoopUntil(20);  // the graph builds its order there
    activate(mixer, legs);

    const auto in = talkers(legs, frames, 8000);
    auto buffer = bufferOf(in, legs, frames);
    juce::MidiBuffer midi;
    graph.processBlock(buffer, midi);
    expectConference(in, buffer);
    graph.releaseResources();
}

TEST(MixerHost, RunsAsAHostsPlayerCallsIt)
{
    // What juce::AudioProcessorPlayer does in each callback: both of its locks, the check for suspension, blocks that vary.
    MixerProcessor mixer(MixerProcessor::Config { 4 });
    mixer.setPlayConfigDetails(4, 4, 8000.0, 160);
    mixer.setProcessingPrecision(juce::AudioProcessor::singlePrecision);
    mixer.prepareToPlay(8000.0, 160);
    activate(mixer, 4);
    juce::CriticalSection playerLock;
    juce::MidiBuffer midi;
    for (const auto frames : { 160, 1, 97, 160, 33 })
    {
        const auto in = talkers(4, static_cast<size_t>(frames), 8000, static_cast<unsigned>(frames));
        auto buffer = bufferOf(in, 4, frames);
        const juce::ScopedLock player(playerLock);
        const juce::ScopedLock callback(mixer.getCallbackLock());
        ASSERT_FALSE(mixer.isSuspended());
        mixer.processBlock(buffer, midi);
        expectConference(in, buffer);
    }
    mixer.releaseResources();
}

TEST(MixerHost, OutputsMayLieOverOtherLegsInputs)
{
    constexpr int legs = 5, frames = 160;
    MixerBench apart(legs), over(legs);
    for (auto* bench : { &apart, &over })
    {
        bench->activateAll();
        bench->setCell(3, 0, -6.0);  // a leg that also reads another's strip while outputs are written
    }
    for (unsigned block = 0; block < 3; ++block)
    {
        auto in = talkers(legs, frames, 8000, block);
        Channels out(legs, Channel(frames));
        std::vector<const float*> reads;
        std::vector<float*> writes, writesOver;
        for (size_t leg = 0; leg < legs; ++leg)
        {
            reads.push_back(in[leg].data());
            writes.push_back(out[leg].data());
            writesOver.push_back(in[legs - 1 - leg].data());
        }
        apart.mixer.process(reads.data(), writes.data(), frames);
        over.mixer.process(reads.data(), writesOver.data(), frames);
        for (size_t leg = 0; leg < legs; ++leg)
            EXPECT_EQ(in[legs - 1 - leg], out[leg]) << "leg " << leg << " in block " << block;
    }
}

} // namespace mw::test
