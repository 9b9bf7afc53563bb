#include "Accuracy.h"
#include "Signals.h"

#include <Integration/SupportWav.h>
#include <mw_lab/measure/SpandspDtmfReceiver.h>
#include <mw_sip/SipCodec.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

/** Talk-off: digits that receivers hear in recorded speech, in which there are none; plain and behind each codec. */
namespace mw::accuracy
{

namespace
{
constexpr int recordedHz = 8000, frameMs = 20;
const std::filesystem::path promptFolder = "/usr/share/asterisk/sounds";
constexpr std::array voices { "en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU" };

/** The way of the speech to the receivers. */
struct TalkWay
{
    const char* name;
    const char* codec;       ///< of baresip; null: none
    int codecHz, engineHz;   ///< of the codec's samples and of the receivers' [Hz]
    double gainDb;           ///< before it, cut off at 16 bits
};

constexpr std::array talkWays {
    TalkWay { "as recorded", nullptr, 8000, 8000, 0.0 }, TalkWay { "6 dB above, cut off at full scale", nullptr, 8000, 8000, 6.0 },
    TalkWay { "PCMU", "PCMU", 8000, 8000, 0.0 },         TalkWay { "PCMA", "PCMA", 8000, 8000, 0.0 },
    TalkWay { "G722", "G722", 16000, 16000, 0.0 },       TalkWay { "opus", "opus", 48000, 16000, 0.0 },
    TalkWay { "L16", "L16", 16000, 16000, 0.0 },
};
constexpr double quickVoiceS = 12.0, voiceS = 790.0;  ///< speech of each voice, to whole prompts [s]

/** baresip's codecs without a call. */
class TalkCodecs
{
public:
    TalkCodecs()
    {
        auto ready = adapter::startLibre() == 0;
        ::log_enable_stdout(false);
        ::log_enable_info(false);
        ::mod_init();
        ready = ready && adapter::configure("opus_stereo no\nopus_sprop_stereo no\n") == 0 && ::baresip_init(::conf_config()) == 0;
        for (const auto* module : { "g711", "g722", "opus", "l16" })
            ready = ready && adapter::loadModule(module) == 0;
        if (! ready)
            throw std::runtime_error("baresip's codecs cannot be loaded");
    }
    ~TalkCodecs()
    {
        ::conf_close();
        ::baresip_close();
        ::mod_close();
        ::libre_close();
    }
    TalkCodecs(const TalkCodecs&) = delete;
    TalkCodecs& operator=(const TalkCodecs&) = delete;

    /** Freed before this. */
    [[nodiscard]] static std::unique_ptr<SipCodec> make(const TalkWay& way)
    {
        const auto* table = ::aucodec_find(::baresip_aucodecl(), way.codec, static_cast<uint32_t>(way.codecHz), 1);
        if (table == nullptr)
            throw std::runtime_error(std::string("baresip has no codec ") + way.codec);
        CodecFormat format;
        format.name = table->name;
        format.sampleRateHz = static_cast<int>(table->srate);
        format.clockRateHz = static_cast<int>(table->crate);
        format.channels = table->pch;
        format.ptimeMs = frameMs;
        std::string why;
        std::unique_ptr<SipCodec> codec(SipCodec::make(*table, format, nullptr, why));
        if (codec == nullptr)
            throw std::runtime_error(why);
        return codec;
    }
};

/** Sound through a codec and the resamplers that a call has, packet by packet and without loss. */
class TalkPath
{
public:
    explicit TalkPath(const TalkWay& wayToTake)
        : way(wayToTake),
          codec(way.codec != nullptr ? TalkCodecs::make(way) : nullptr),
          toCodec(recordedHz, way.codecHz, frames(48000), ResamplerQuality::fast),
          toEngine(way.codecHz, way.engineHz, frames(48000), ResamplerQuality::fast),
          wide(frames(way.codecHz)), heard(frames(way.engineHz)), pcm(frames(way.codecHz)), decoded(5760), payload(4000)
    {
    }

    /** @param sound 20 ms at 8 kHz @returns 20 ms at the engine's rate */
    std::span<const float> pass(std::span<const float> sound)
    {
        toCodec.process(sound, wide);
        for (size_t i = 0; i < wide.size(); ++i)
            pcm[i] = static_cast<int16_t>(std::clamp(std::lround(wide[i] * 32768.0f), -32768L, 32767L));
        if (codec != nullptr)
        {
            auto marker = false;
            const auto octets = codec->encode(pcm, payload, marker);
            const auto samples = octets < 0 ? -1 : codec->decode(std::span(payload).first(static_cast<size_t>(octets)), marker, decoded);
            if (samples != static_cast<int>(pcm.size()))
                throw std::runtime_error(std::string(way.codec) + " gave " + std::to_string(samples) + " samples for " + std::to_string(pcm.size()));
            std::copy_n(decoded.begin(), pcm.size(), pcm.begin());
        }
        std::transform(pcm.begin(), pcm.end(), wide.begin(), [](int16_t sample) { return static_cast<float>(sample) / 32768.0f; });
        toEngine.process(wide, heard);
        return heard;
    }

private:
    static size_t frames(int rateHz) { return static_cast<size_t>(rateHz / 1000 * frameMs); }

    const TalkWay way;
    std::unique_ptr<SipCodec> codec;
    Resampler toCodec, toEngine;
    std::vector<float> wide, heard;
    std::vector<int16_t> pcm, decoded;
    std::vector<uint8_t> payload;
};

/** False digits of each receiver. */
struct FalseDigits
{
    double seconds = 0.0;
    std::string quiet, ntt, mixed, spandsp;
    std::vector<std::string> where;  ///< of `quiet` and `ntt`
    std::string deaf;                ///< who did not hear digits that were there; empty: none
};

/** A receiver of ours and what it heard. */
struct TalkEar
{
    TalkEar(int rateHz, DtmfStandard standard, DtmfBackground background) { receiver.prepare(rateHz, { standard, background, Law::mu }); }

    std::string taken()
    {
        std::string digits;
        for (DtmfDetection found; receiver.take(found);)
            digits += found.digit;
        return digits;
    }

    DtmfReceiver receiver;
};

std::vector<std::filesystem::path> promptsOf(const std::string& voice)
{
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(promptFolder / voice))
        for (const auto& entry : std::filesystem::recursive_directory_iterator(promptFolder / voice))
        {
            const auto name = entry.path().filename().string();
            const auto isSpeech = ! name.starts_with("tt-monkeys.") && ! name.starts_with("beep") && name.find("-2tone") == std::string::npos
                               && entry.path().parent_path().filename() != "silence";
            if (entry.path().extension() == ".wav" && isSpeech)
                files.push_back(entry.path());
        }
    std::sort(files.begin(), files.end());
    return files;
}

constexpr std::string_view talkKeys = "123A456B789C*0#D";

/** Every key of the pad, 80 ms long and as far apart. */
std::vector<float> allKeys()
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(std::string(talkKeys)).value();
    settings.onMs = settings.offMs = 80;
    settings.lowDbm0 = -13.0;
    DtmfOscillator oscillator;
    oscillator.prepare(recordedHz);
    oscillator.play(settings);
    std::vector<float> sound(talkKeys.size() * 160 * recordedHz / 1000);
    oscillator.render(sound);
    return sound;
}

/** One prompt after the other, half a second between them, as one call.
    @param longestS speech to take at least, to whole prompts [s] @param all the settings of our receiver that cost time too */
void listenTo(const TalkWay& way, const std::vector<std::filesystem::path>& prompts, double longestS, bool all, FalseDigits& result)
{
    TalkPath path(way);
    TalkEar quiet(way.engineHz, DtmfStandard::q24UnitedStates, DtmfBackground::quiet);
    TalkEar ntt(way.engineHz, DtmfStandard::q24Ntt, DtmfBackground::quiet), mixed(way.engineHz, DtmfStandard::q24UnitedStates, DtmfBackground::mixed);
    SpandspDtmfReceiver spandsp(way.engineHz, DtmfStandard::q24UnitedStates);
    constexpr size_t packet = recordedHz / 1000 * frameMs;
    const auto hear = [&](std::vector<float> sound, double gain) {
        sound.resize((sound.size() + recordedHz / 2 + packet - 1) / packet * packet);
        for (auto& sample : sound)
            sample = std::clamp(sample * static_cast<float>(gain), -1.0f, 32767.0f / 32768.0f);
        for (size_t at = 0; at < sound.size(); at += packet)
        {
            const auto heard = path.pass(std::span<const float>(sound).subspan(at, packet));
            quiet.receiver.process(heard);
            spandsp.process(heard);
            if (all)
            {
                ntt.receiver.process(heard);
                mixed.receiver.process(heard);
            }
        }
    };
    double seconds = 0.0;
    for (auto file = prompts.begin(); file != prompts.end() && seconds < longestS; ++file)
    {
        auto prompt = WavFile::read(*file);
        if (prompt.rateHz != recordedHz)
            throw std::runtime_error(file->string() + " is not 8 kHz");
        seconds += static_cast<double>(prompt.samples.size()) / recordedHz;
        hear(std::move(prompt.samples), gainFromDb(way.gainDb));
        const auto us = quiet.taken(), japan = ntt.taken();
        if (! us.empty() || ! japan.empty())
            result.where.push_back(file->parent_path().filename().string() + "/" + file->filename().string() + " '" + us + "' '" + japan + "'");
        result.quiet += us;
        result.ntt += japan;
        result.mixed += mixed.taken();
    }
    result.seconds += seconds;
    for (const auto& digit : spandsp.digits())
        result.spandsp += digit.digit;

    // None of them was deaf: digits behind the speech, on the same way.
    const auto silentUntil = spandsp.digits().size();
    hear(allKeys(), 1.0);
    spandsp.flush();
    std::string second;
    for (size_t i = silentUntil; i < spandsp.digits().size(); ++i)
        second += spandsp.digits()[i].digit;
    const auto us = quiet.taken(), japan = ntt.taken(), amid = mixed.taken();
    if (us != talkKeys || second != talkKeys || (all && (japan != talkKeys || amid != talkKeys)))
        result.deaf = "digits behind the speech, " + std::string(way.name) + ": '" + us + "', libspandsp '" + second + "', NTT '" + japan + "', mixed '" + amid + "'";
}

void talkoff(Section& section)
{
    const TalkCodecs codecs;
    std::vector<std::vector<std::filesystem::path>> prompts;
    std::string missing;
    for (const auto* voice : voices)
    {
        prompts.push_back(promptsOf(voice));
        if (prompts.back().empty())
            missing += std::string(missing.empty() ? "" : ", ") + voice;
        if (section.isQuick())
            break;
    }
    if (! missing.empty())
        section.broken("recorded speech is missing: " + missing + "; `Scripts/setup accuracy demo` installs it (asterisk-core-sounds-*-wav)");

    auto& ours = section.promise("recorded speech, as recorded, louder, and through each codec", "false digits of our receiver, US column", "digits", 0.0);
    auto& japan = section.promise("recorded speech, as recorded", "false digits of our receiver, NTT column", "digits", 0.0);
    std::vector<std::vector<std::string>> table;
    double speechS = 0.0;
    for (const auto& way : talkWays)
    {
        const auto asRecorded = way.codec == nullptr && way.gainDb == 0.0;
        FalseDigits heard;
        for (const auto& voice : prompts)
            if (! voice.empty())
                listenTo(way, voice, section.isQuick() ? quickVoiceS : voiceS, asRecorded, heard);
        if (heard.seconds <= 0.0)
            continue;
        speechS = heard.seconds;
        ours.take(static_cast<double>(heard.quiet.size()));
        if (! heard.deaf.empty())
            section.broken(heard.deaf);
        if (asRecorded)
            japan.take(static_cast<double>(heard.ntt.size()));
        for (const auto& each : heard.where)
            std::fprintf(stderr, "accuracy: talkoff: %s: %s\n", way.name, each.c_str());
        table.push_back({ way.name, shown(heard.seconds / 3600.0), std::to_string(heard.quiet.size()), std::to_string(heard.spandsp.size()),
                          asRecorded ? std::to_string(heard.ntt.size()) : "", asRecorded ? std::to_string(heard.mixed.size()) : "" });
    }
    section.say("Debian's Asterisk prompts (asterisk-core-sounds-en-wav, -es-, -fr-, -it-, -ru-; 8 kHz, 16 bits) one after the other: " + shown(speechS / 60.0)
                + " minutes of three women and a man in five languages, pauses not counted, without beeps and animals. A codec is baresip's, as in a call: packets of 20 ms, "
                  "no loss, the resamplers of a leg. The receivers run at 8 kHz, behind G722, opus and L16 at 16 kHz. libspandsp's hears tones from −42 dBm0 on, "
                  "ours from −27. The setting for digits amid other sound is not meant for speech alone, and this is why.");
    if (! section.isQuick())
        section.table({ "speech", "hours", "false digits of ours, US column", "of libspandsp", "of ours, NTT column", "of ours, mixed background" }, table);
}

const Registered registeredTalkoff("talkoff", talkoff);
} // namespace

} // namespace mw::accuracy
