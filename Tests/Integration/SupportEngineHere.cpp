#include "SupportEngineHere.h"

#include <algorithm>
#include <utility>

namespace
{

mw::SipConfig sipConfig(const std::shared_ptr<mw::Clock>& clock, const std::string& codec)
{
    mw::SipConfig config;
    config.listen = "127.0.0.1:0";
    config.rtpPortMin = 20000;
    config.rtpPortMax = 49999;
    config.codecs = { codec };
    config.port.engineRateHz = EngineHere::rateHz;
    config.port.maxBlockFrames = EngineHere::rateHz / 50;
    config.port.playout.depthMs = here::depthMs;
    config.port.playout.maxBacklogMs = here::backlogMs;
    config.clock = clock;
    return config;
}

mw::Engine::Config engineConfig(const std::shared_ptr<mw::Clock>& clock, int maxLegs)
{
    mw::Engine::Config config;
    config.sampleRateHz = EngineHere::rateHz;
    config.mixer.maxLegs = maxLegs;
    config.clock = clock;
    return config;
}

} // namespace

EngineHere::EngineHere(int maxLegs, std::shared_ptr<mw::Clock> clockToUse, const std::string& codec)
    : clock(std::move(clockToUse)), stack(mw::makeSipStack(sipConfig(clock, codec))), engine(engineConfig(clock, maxLegs), *stack)
{
}

size_t EngineHere::established() const
{
    const auto calls = engine.calls();
    return static_cast<size_t>(std::ranges::count_if(calls, [](const mw::CallInfo& call) { return call.state == mw::CallState::established && ! call.codec.empty(); }));
}
