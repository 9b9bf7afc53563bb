#include "Player.h"

namespace mw
{

Player::Player(MixerProcessor& mixerToFeed, int sampleRateHz) : mixer(mixerToFeed), rateHz(sampleRateHz) {}

Player::~Player()
{
    loader.join();
    if (source != nullptr)
        mixer.setPlayer(nullptr);
}

Result<void> Player::load(const juce::File& file)
{
    loader.join();
    juce::ignoreUnused(loaded.takeAll());
    stop();
    clip.reset();
    chosen = juce::File();
    now = State::empty;
    auto started = loader.start("player", ThreadRole::recorder, [this, file] { loaded.post(loadSoundFile(file, rateHz)); });
    if (! started)
        return started;
    chosen = file;
    now = State::loading;
    return {};
}

void Player::play()
{
    if (clip == nullptr)
        return;
    source = std::make_shared<ClipSource>(clip, repeats);
    mixer.setPlayer(source);
    now = State::playing;
}

void Player::stop()
{
    if (source == nullptr)
        return;
    mixer.setPlayer(nullptr);
    source.reset();
    now = State::stopped;
}

void Player::setRepeat(Repeat repeatIt)
{
    repeats = repeatIt;
    if (now == State::playing)
        play();
}

Result<void> Player::poll()
{
    for (auto& read : loaded.takeAll())
    {
        loader.join();
        if (! read)
        {
            now = State::empty;
            chosen = juce::File();
            return read.error();
        }
        clip = std::make_shared<const SoundClip>(std::move(read).value());
        play();
    }
    if (now == State::playing && source->isFinished())
        stop();
    return {};
}

double Player::seconds() const noexcept
{
    return clip != nullptr && clip->sampleRateHz > 0 ? static_cast<double>(clip->samples.size()) / clip->sampleRateHz : 0.0;
}

} // namespace mw
