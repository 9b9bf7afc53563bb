#include "Session.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace mw
{

namespace
{
/** The mixer's whole state, as it is saved. */
MixerState stateOf(MixerProcessor& mixer)
{
    juce::MemoryBlock block;
    mixer.getStateInformation(block);
    auto state = MixerState::decode(block.getData(), block.getSize(), mixer.maxLegs());
    return state ? std::move(state.value()) : MixerState(mixer.maxLegs());  // what was just written can be read
}

/** Channels in the order of a session's numbering: those of its legs, then all others. */
std::vector<int> numbering(const std::vector<int>& ofLegs, int maxLegs)
{
    auto order = ofLegs;
    for (int channel = 0; channel < maxLegs; ++channel)
        if (std::find(ofLegs.begin(), ofLegs.end(), channel) == ofLegs.end())
            order.push_back(channel);
    return order;
}

MixerCommand stripCommand(MixerCommand::Kind kind, int strip)
{
    MixerCommand command;
    command.kind = kind;
    command.leg = strip;
    return command;
}

Result<void> setStrip(Engine& engine, int strip, const MixerState::Strip& settings)
{
    auto& mixer = engine.mixer();
    mixer.setStripGainDb(strip, settings.gainDb);
    mixer.setStripMuted(strip, settings.muted);
    mixer.setStripSoloed(strip, settings.soloed);
    auto trim = stripCommand(MixerCommand::Kind::setTrim, strip);
    trim.gainDb = settings.trimDb;
    return engine.command(trim);
}

Result<void> setLegStrip(Engine& engine, LegId leg, const MixerState::Strip& settings)
{
    if (auto set = engine.setRole(leg, settings.role); ! set)
        return set;
    const auto call = engine.call(leg);
    return call.has_value() && call->channel >= 0 ? setStrip(engine, call->channel, settings) : Result<void>();
}

std::vector<CallInfo> openCallsWeMade(const Engine& engine)
{
    auto calls = engine.calls();
    std::erase_if(calls, [](const CallInfo& call) { return ! call.outgoing || call.state == CallState::closed || call.channel < 0; });
    std::sort(calls.begin(), calls.end(), [](const CallInfo& a, const CallInfo& b) { return a.channel < b.channel; });
    return calls;
}

Error wrongSession(const std::string& why, const std::string& remedy) { return { ExitCode::wrongUse, "use the session", why, remedy }; }

/** The legs of a session that are called already, and the calls that were made for the others. */
struct LegCalls
{
    std::vector<LegId> ofLegs;   ///< 0: not called yet
    std::vector<LegId> made;

    static LegCalls of(const Session& session, const Engine& engine)
    {
        LegCalls result;
        auto open = openCallsWeMade(engine);
        for (const auto& leg : session.legs)
        {
            const auto found = std::find_if(open.begin(), open.end(), [&](const CallInfo& call) { return call.peerUri == leg.uri; });
            result.ofLegs.push_back(found != open.end() ? found->leg : 0);
            if (found != open.end())
                open.erase(found);
        }
        return result;
    }

    [[nodiscard]] int missing() const { return static_cast<int>(std::count(ofLegs.begin(), ofLegs.end(), LegId { 0 })); }

    Result<void> dial(const Session& session, Engine& engine)
    {
        for (size_t i = 0; i < ofLegs.size(); ++i)
        {
            if (ofLegs[i] != 0)
                continue;
            const auto leg = engine.dial(session.legs[i].uri, session.legs[i].strip.role == LegRole::sink ? "sink" : "dial");
            if (! leg)
            {
                for (const auto each : made)
                    engine.hangUp(each);
                return leg.error();
            }
            ofLegs[i] = leg.value();
            made.push_back(leg.value());
        }
        return {};
    }
};
} // namespace

Result<LegId> callWithStrip(Engine& engine, const MixerRoleConfig::Leg& leg)
{
    auto called = engine.dial(leg.uri, leg.strip.role == LegRole::sink ? "sink" : "dial");
    if (! called)
        return called;
    if (auto set = setLegStrip(engine, called.value(), leg.strip); ! set)
    {
        engine.hangUp(called.value());
        return set.error();
    }
    return called;
}

Result<void> setHouseStrip(Engine& engine, HouseStrip strip, const MixerState::Strip& settings)
{
    return setStrip(engine, engine.mixer().indexOf(strip), settings);
}

Session Session::capture(Engine& engine)
{
    auto& mixer = engine.mixer();
    const auto state = stateOf(mixer);
    const auto maxLegs = mixer.maxLegs();
    Session session;
    session.masterInGainDb = state.masterInGainDb;
    session.masterOutGainDb = state.outputGainDb;
    session.dtmfOn = state.dtmfOn;
    session.mode = state.mode;
    session.funnelReturn = state.funnelReturn;
    std::copy(state.strips.begin() + maxLegs, state.strips.end(), session.house.begin());

    std::vector<int> channels;
    for (const auto& call : openCallsWeMade(engine))
    {
        channels.push_back(call.channel);
        session.legs.push_back({ call.peerUri, state.strips[static_cast<size_t>(call.channel)] });
    }
    const auto order = numbering(channels, maxLegs);
    std::vector<int> numberOf(order.size());
    for (size_t i = 0; i < order.size(); ++i)
        numberOf[static_cast<size_t>(order[i])] = static_cast<int>(i);
    for (const auto& [place, gainDb] : state.cells)
        session.cells.push_back({ numberOf[static_cast<size_t>(place.first)],
                                  place.second < maxLegs ? numberOf[static_cast<size_t>(place.second)] : -1 - (place.second - maxLegs), gainDb });

    const auto& sounds = engine.houseSounds();
    session.dtmf = sounds.dtmf;
    session.playDtmf = ! sounds.dtmfWasStopped && sounds.dtmf.loop;
    session.toneHz = sounds.toneHz;
    session.toneDbm0 = sounds.toneDbm0;
    return session;
}

Result<void> Session::checkFor(const Engine::Config& config, int freeLegs) const
{
    const auto maxLegs = config.mixer.maxLegs;
    if (static_cast<int>(legs.size()) > freeLegs)
        return wrongSession("legs: there are " + std::to_string(legs.size()) + ", and room for " + std::to_string(freeLegs), "allow more legs (--legs)");
    for (size_t i = 0; i < cells.size(); ++i)
        if (cells[i].leg >= maxLegs || cells[i].from >= maxLegs)
            return wrongSession("cells[" + std::to_string(i) + "]: there are " + std::to_string(maxLegs) + " legs", "allow more legs (--legs)");
    if (toneDbm0 > overloadDbm0(config.mixer.law) || toneHz >= config.sampleRateHz / 2.0)
        return wrongSession("tone: it is beyond what " + std::to_string(config.sampleRateHz) + " Hz and this law hold", "");
    auto digits = dtmf;
    digits.law = config.mixer.law;
    return digits.check();
}

Result<void> Session::applyTo(MixerRoleConfig& config) const
{
    if (auto fits = checkFor(config.engine, config.engine.mixer.maxLegs - static_cast<int>(config.dial.size() + config.sinks.size())); ! fits)
        return fits;
    config.legs = legs;
    config.mode = mode;
    config.funnelReturn = funnelReturn;
    config.gainInDb = masterInGainDb;
    config.outputGainDb = masterOutGainDb;
    config.dtmfGainDb = house[static_cast<size_t>(HouseStrip::dtmf)].gainDb;
    config.dtmfOn = dtmfOn;
    config.house = house;
    config.toneHz = toneHz;
    config.toneDbm0 = toneDbm0;
    std::vector<MixerRoleConfig::Cell> ours;
    for (const auto& cell : cells)
        ours.push_back({ cell.leg, cell.from >= 0 ? cell.from : config.engine.mixer.maxLegs + (-1 - cell.from), cell.gainDb });
    config.cells.insert(config.cells.begin(), ours.begin(), ours.end());
    config.dtmf.reset();
    if (playDtmf && dtmf.sequence.length > 0)
    {
        config.dtmf = dtmf;
        config.dtmf->law = config.engine.mixer.law;
    }
    return {};
}

Result<void> Session::applyTo(Engine& engine) const
{
    auto calls = LegCalls::of(*this, engine);
    const auto& config = engine.config();
    const auto open = engine.calls();
    const auto taken = std::count_if(open.begin(), open.end(), [](const CallInfo& call) { return call.channel >= 0 && call.state != CallState::closed; });
    const auto known = static_cast<int>(legs.size()) - calls.missing();
    if (auto fits = checkFor(config, known + config.mixer.maxLegs - static_cast<int>(taken)); ! fits)
        return fits;
    if (auto dialled = calls.dial(*this, engine); ! dialled)
        return dialled;

    // Nothing below can be refused: every value was checked, and commands wait for room.
    auto& mixer = engine.mixer();
    const auto state = stateOf(mixer);
    std::vector<int> channels;
    for (const auto leg : calls.ofLegs)
        if (const auto call = engine.call(leg); call.has_value() && call->channel >= 0)
            channels.push_back(call->channel);
    const auto order = numbering(channels, mixer.maxLegs());

    Result<void> result;
    const auto keep = [&result](Result<void> done) { if (result && ! done) result = std::move(done); };
    MixerCommand modeCommand;
    modeCommand.kind = MixerCommand::Kind::setMode;
    modeCommand.mode = mode;
    modeCommand.funnelReturn = funnelReturn;
    keep(engine.command(modeCommand));

    std::map<std::pair<int, int>, double> wanted;
    for (const auto& cell : cells)
        wanted[{ order[static_cast<size_t>(cell.leg)],
                 cell.from >= 0 ? order[static_cast<size_t>(cell.from)] : mixer.maxLegs() + (-1 - cell.from) }] = cell.gainDb;
    for (const auto& [place, gainDb] : state.cells)
        if (! wanted.contains(place))
        {
            auto clear = stripCommand(MixerCommand::Kind::clearCell, place.first);
            clear.from = place.second;
            keep(engine.command(clear));
        }
    for (const auto& [place, gainDb] : wanted)
    {
        auto set = stripCommand(MixerCommand::Kind::setCell, place.first);
        set.from = place.second;
        set.gainDb = gainDb;
        keep(engine.command(set));
    }

    mixer.setMasterInGainDb(masterInGainDb);
    mixer.setOutputGainDb(masterOutGainDb);
    mixer.setDtmfOn(dtmfOn);
    for (int i = 0; i < houseStripCount; ++i)
        keep(setHouseStrip(engine, static_cast<HouseStrip>(i), house[static_cast<size_t>(i)]));
    for (size_t i = 0; i < legs.size(); ++i)
        keep(setLegStrip(engine, calls.ofLegs[i], legs[i].strip));

    MixerCommand tone;
    tone.kind = MixerCommand::Kind::setTone;
    tone.frequencyHz = toneHz;
    tone.levelDbm0 = toneDbm0;
    keep(engine.command(tone));
    if (playDtmf && dtmf.sequence.length > 0)
    {
        MixerCommand play;
        play.kind = MixerCommand::Kind::playDtmf;
        play.dtmf = dtmf;
        play.dtmf.law = config.mixer.law;
        keep(engine.command(play));
    }
    return result;
}

} // namespace mw
