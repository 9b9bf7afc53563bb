#include "RunKeys.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mw::run
{

namespace
{
/** Legs are numbered from 1, as in the status table. */
std::string nameOfLeg(int channel) { return "leg " + std::to_string(channel + 1); }

std::string shownGain(double gainDb)
{
    if (std::isinf(gainDb))
        return "-inf dB";
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%+.0f dB", gainDb);
    return text.data();
}

/** One step of a fader; minus infinity lies below the lowest gain. */
double stepped(double gainDb, double byDb)
{
    if (std::isinf(gainDb))
        return byDb > 0 ? minGainDb : gainDb;
    const auto next = gainDb + byDb;
    return next < minGainDb ? silenceDb : std::min(next, maxGainDb);
}

/** Calls that hold a channel, in the order of the table. */
std::vector<CallInfo> liveCalls(const Engine& engine)
{
    auto calls = engine.calls();
    std::erase_if(calls, [](const CallInfo& call) { return call.state == CallState::closed || call.channel < 0; });
    std::sort(calls.begin(), calls.end(), [](const CallInfo& a, const CallInfo& b) { return a.channel < b.channel; });
    return calls;
}
} // namespace

RunKeys::RunKeys(Engine& e, Set s, const DtmfSettings& d, std::function<void()> q)
    : engine(e), set(s), digit(d), quit(std::move(q))
{
    digit.loop = false;
}

const CallInfo* RunKeys::chosenCall(const std::vector<CallInfo>& calls) const
{
    for (const auto& call : calls)
        if (call.leg == chosen)
            return &call;
    return calls.empty() ? nullptr : &calls.front();
}

int RunKeys::chosenChannel() const
{
    const auto calls = liveCalls(engine);
    const auto* call = chosenCall(calls);
    return call != nullptr ? call->channel : -1;
}

void RunKeys::press(const Key& key)
{
    if (muting)
        return pressForMute(key);

    switch (key.kind)
    {
        case Key::Kind::tab:
        case Key::Kind::down: return move(+1);
        case Key::Kind::backTab:
        case Key::Kind::up: return move(-1);
        case Key::Kind::right: return changeLegGain(+1.0);
        case Key::Kind::left: return changeLegGain(-1.0);
        case Key::Kind::character: return pressCharacter(key.character);
        case Key::Kind::enter:
        case Key::Kind::backspace: return;
    }
}

void RunKeys::pressCharacter(char c)
{
    auto& mixer = engine.mixer();
    const auto calls = liveCalls(engine);
    const auto* call = chosenCall(calls);

    switch (c)
    {
        case 'q': said = "hanging up"; return quit();
        case 'h':
        case '?': help = ! help; return;
        case 'x':
        case 'b':
            said = call != nullptr ? nameOfLeg(call->channel) + " hung up" : "there is no leg to hang up";
            if (call != nullptr)
                engine.hangUp(call->leg);
            return;
        default: break;
    }
    if (set == Set::calls)
    {
        said = std::string("the key ") + c + " does nothing here; h shows the keys";
        return;
    }

    switch (c)
    {
        case '+':
        case '=':
        case '-':
            mixer.setMasterInGainDb(stepped(mixer.masterInGainDb(), c == '-' ? -1.0 : 1.0));
            said = "gain in " + shownGain(mixer.masterInGainDb());
            return;
        case '[':
        case ']':
            mixer.setDtmfGainDb(stepped(mixer.dtmfGainDb(), c == '[' ? -1.0 : 1.0));
            said = "DTMF gain " + shownGain(mixer.dtmfGainDb());
            return;
        case '.':
        {
            MixerCommand command;
            command.kind = MixerCommand::Kind::stopDtmf;
            said = engine.mixer().post(command) != 0 ? "digits stopped" : "the mixer's command queue is full";
            return;
        }
        case 'r':
        {
            MixerCommand command;
            command.kind = MixerCommand::Kind::resetMeters;
            said = engine.mixer().post(command) != 0 ? "peak holds and clip marks reset" : "the mixer's command queue is full";
            return;
        }
        case 'm':
            muting = true;
            muteNumber.clear();
            said = "mute leg: _ (number, or m for the chosen one)";
            return;
        case 's':
            if (call == nullptr)
            {
                said = "there is no leg to solo";
                return;
            }
            mixer.setStripSoloed(call->channel, ! mixer.isStripSoloed(call->channel));
            said = nameOfLeg(call->channel) + (mixer.isStripSoloed(call->channel) ? " soloed" : " not soloed");
            return;
        case 'a':
        {
            const auto ringing = std::find_if(calls.begin(), calls.end(), [](const CallInfo& each) {
                return each.state == CallState::incoming && ! each.outgoing;
            });
            said = ringing != calls.end() ? "answered " + ringing->peerName : "nothing rings";
            if (ringing != calls.end())
                engine.answer(ringing->leg);
            return;
        }
        default: break;
    }

    if ((c >= '0' && c <= '9') || c == '*' || c == '#' || (c >= 'A' && c <= 'D'))
        return startDigit(c);
    said = std::string("the key ") + c + " does nothing; h shows the keys";
}

void RunKeys::startDigit(char c)
{
    const auto sequence = DtmfSequence::parse({ &c, 1 });
    if (! sequence)
    {
        said = sequence.error().message();
        return;
    }
    MixerCommand command;
    command.kind = MixerCommand::Kind::playDtmf;
    command.dtmf = digit;
    command.dtmf.sequence = sequence.value();
    said = engine.mixer().post(command) != 0 ? std::string("digit ") + c : "the mixer's command queue is full";
}

void RunKeys::pressForMute(const Key& key)
{
    const auto isDigit = key.kind == Key::Kind::character && key.character >= '0' && key.character <= '9';
    if (isDigit && muteNumber.size() < 4)
    {
        muteNumber += key.character;
        // Done as soon as no live leg's number could still be meant by typing on.
        const auto number = std::stoi(muteNumber);
        const auto calls = liveCalls(engine);
        const auto couldGoOn = number > 0 && std::any_of(calls.begin(), calls.end(), [number](const CallInfo& call) {
            return call.channel + 1 >= number * 10;
        });
        if (couldGoOn)
        {
            said = "mute leg: " + muteNumber + "_ (enter)";
            return;
        }
    }

    muting = false;
    const auto confirmed = isDigit || key.kind == Key::Kind::enter;
    if (confirmed && ! muteNumber.empty())
        return toggleMute(std::stoi(muteNumber) - 1);
    if (muteNumber.empty() && (key.kind == Key::Kind::enter || key == Key { Key::Kind::character, 'm' }))
        return toggleMute(chosenChannel());
    said = "nothing muted";
}

void RunKeys::toggleMute(int channel)
{
    const auto calls = liveCalls(engine);
    if (std::none_of(calls.begin(), calls.end(), [channel](const CallInfo& call) { return call.channel == channel; }))
    {
        said = channel < 0 ? "there is no leg to mute" : "there is no " + nameOfLeg(channel);
        return;
    }
    auto& mixer = engine.mixer();
    mixer.setStripMuted(channel, ! mixer.isStripMuted(channel));
    said = nameOfLeg(channel) + (mixer.isStripMuted(channel) ? " muted" : " heard again");
}

void RunKeys::changeLegGain(double byDb)
{
    const auto channel = chosenChannel();
    if (set == Set::calls || channel < 0)
        return;
    auto& mixer = engine.mixer();
    mixer.setStripGainDb(channel, stepped(mixer.stripGainDb(channel), byDb));
    said = nameOfLeg(channel) + " gain " + shownGain(mixer.stripGainDb(channel));
}

void RunKeys::move(int by)
{
    const auto calls = liveCalls(engine);
    if (calls.empty())
    {
        said = "there is no leg yet";
        return;
    }
    const auto* now = chosenCall(calls);
    const auto count = static_cast<int>(calls.size());
    const auto at = static_cast<int>(now - calls.data());
    const auto& next = calls[static_cast<size_t>((at + by + count) % count)];
    chosen = next.leg;
    said = next.peerUri;
}

} // namespace mw::run
