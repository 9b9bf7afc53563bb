#include "Accuracy.h"
#include "Signals.h"

#include <Integration/SupportBench.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

/** Real calls over loopback, one of each kind with each codec: what a source played, by the figures of a sink's report. The programs
    are the built `milliwatt`; the tests' own classes start them and end them. */
namespace mw::accuracy
{

namespace
{
constexpr double toneHz = 1004.0, toneDbm0 = -16.0;
constexpr double lowDbm0 = -12.0, highDbm0 = -10.0, digitS = 0.080;
constexpr std::string_view digits = "123A456B789C*0#D";

struct CallCodec
{
    const char* name;
    int rateHz;               ///< of both engines
    double toneDb, digitDb;   ///< promised for levels of a tone and of a digit's tones [dB]
    double twistDb, frequencyPercent, speechDb;
};

constexpr std::array codecsOfCalls {
    CallCodec { "PCMU", 8000, 0.05, 0.1, 0.1, 0.01, 0.05 },   CallCodec { "PCMA", 8000, 0.05, 0.1, 0.1, 0.01, 0.05 },
    CallCodec { "G722", 16000, 0.05, 0.1, 0.1, 0.01, 0.05 },  CallCodec { "opus", 48000, 0.1, 0.5, 0.5, 0.1, 0.1 },
    CallCodec { "L16", 16000, 0.01, 0.01, 0.01, 0.001, 0.05 },
};

/** All digits, a second of silence, then four of the tone, which ends with the call. */
std::vector<float> digitsAndTone(double rateHz)
{
    constexpr std::array low { 697.0, 770.0, 852.0, 941.0 }, high { 1209.0, 1336.0, 1477.0, 1633.0 };
    constexpr std::string_view pad = "123A456B789C*0#D";
    const auto firstS = 0.3, toneS = firstS + 2.0 * digitS * static_cast<double>(digits.size()) + 1.0;
    auto sound = silence(toneS + 4.0, rateHz);
    for (size_t i = 0; i < digits.size(); ++i)
    {
        const auto key = pad.find(digits[i]);
        const auto from = firstS + 2.0 * digitS * static_cast<double>(i);
        addSine(sound, rateHz, low[key / 4], lowDbm0, from, from + digitS);
        addSine(sound, rateHz, high[key % 4], highDbm0, from, from + digitS);
    }
    addSine(sound, rateHz, toneHz, toneDbm0, toneS, toneS + 4.0);
    return sound;
}

/** A folder that goes with the calls. */
struct Folder
{
    Folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "milliwatt-accuracy-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("no folder can be made in " + std::filesystem::temp_directory_path().string());
        path = pattern;
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }

    std::filesystem::path path;
};

/** A file played to a sink over one codec. */
class PlayedCall
{
public:
    PlayedCall(const std::filesystem::path& folder, const CallCodec& codec, const std::string& file)
        : name(folder / (std::string(codec.name) + "-" + file)),
          sink(started(codec, folder, { "sink", "--calls", "1", "--jitter-buffer", "200", "--max-backlog", "1000", "--report", named(".json"), "--uri-file", named(".uri") })),
          source(started(codec, folder, { "source", "--call", uri(), "--play", file }))
    {
    }

    /** The figures of the call, by path. */
    juce::var figures()
    {
        if (source->wait(deadline::finish) != 0 || sink->wait(deadline::finish) != 0)
            throw std::runtime_error(source->output() + sink->output());
        return juce::JSON::parse(juce::String(readText(named(".json"))))["calls"][0]["figures"];
    }

private:
    [[nodiscard]] std::string named(const char* extension) const { return name.string() + extension; }

    static std::unique_ptr<test::Process> started(const CallCodec& codec, const std::filesystem::path& folder, std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), MILLIWATT_BINARY);
        for (const auto& each : { std::string("--listen"), std::string("127.0.0.1:0"), std::string("--codecs"), std::string(codec.name),
                                  std::string("--rate"), std::to_string(codec.rateHz) })
            arguments.push_back(each);
        test::Process::Options options;
        options.workingDirectory = folder;
        return std::make_unique<test::Process>(arguments, options);
    }

    /** Where the sink listens, once it has written so. */
    [[nodiscard]] std::string uri()
    {
        for (const auto end = std::chrono::steady_clock::now() + deadline::start; std::chrono::steady_clock::now() < end;)
        {
            if (std::error_code none; std::filesystem::file_size(named(".uri"), none) > 0 && ! none)
                return juce::String(readText(named(".uri"))).trim().toStdString();
            if (sink->wait(std::chrono::milliseconds(20)).has_value())
                break;
        }
        throw std::runtime_error("the sink does not listen: " + sink->output());
    }

    const std::filesystem::path name;
    std::unique_ptr<test::Process> sink, source;
};

/** Takes the error of a figure, or misses it with its reason. */
void take(Row& row, const juce::var& figures, const char* path, double truth)
{
    const auto figure = figures[path];
    if (const auto value = figure["value"]; value.isDouble() || value.isInt() || value.isInt64())
        row.take(static_cast<double>(value) - truth);
    else
        row.miss(std::string(path) + ": " + figure["whyNot"].toString().toStdString());
}

void call(Section& section)
{
    section.say("Real calls between `milliwatt source` and `milliwatt sink` over loopback: every digit of the pad (80 ms, −12 and −10 dBm0), "
                "a tone of 1004 Hz at −16 dBm0, and recorded speech, as the sink's report has them. What differs from what was sent is the codec's: "
                "the steps of G.711, the sub-bands of G.722, opus, which keeps how speech sounds and not its samples; L16 "
                "carries them as they are, and shows what is left of the way there and back, 16-bit steps and the measurement itself. Active speech is "
                "compared with the same measurement of the file that was played (ITU-T P.56).");
    const Folder folder;
    const auto speech = recordedSpeech(6.0);
    WavFile::write(folder.path / "speech.wav", speech, 8000);
    ActiveSpeechLevel reference;
    reference.prepare(8000.0);
    for (const auto& part : { silence(1.0, 8000.0), speech, silence(1.0, 8000.0) })  // as a call has it
        reference.process(part);
    const auto speechDbm0 = reference.reading().value().levelDbm0(Law::mu);

    std::vector<std::vector<std::string>> ratios;
    for (const auto& codec : codecsOfCalls)
    {
        if (section.isQuick() && codec.name != std::string_view("PCMU") && codec.name != std::string_view("opus"))
            continue;
        const auto sound = std::to_string(codec.rateHz) + ".wav";
        if (! std::filesystem::exists(folder.path / sound))
            WavFile::write(folder.path / sound, digitsAndTone(codec.rateHz), codec.rateHz);
        PlayedCall tones(folder.path, codec, sound), talking(folder.path, codec, "speech.wav");
        const auto heard = tones.figures(), said = talking.figures();

        const std::string name = codec.name;
        take(section.promise(name, "frequency of a tone", "Hz", 0.02), heard, "tone.frequency_hz", toneHz);
        take(section.promise(name, "level of a tone", "dB", codec.toneDb), heard, "tone.level_dbm0", toneDbm0);
        take(section.promise(name, "active speech level", "dB", codec.speechDb), said, "level.active_dbm0", speechDbm0);
        if (const auto read = heard["dtmf.digits"]["value"].toString().toStdString(); read != digits)
            section.broken(name + ": read the digits " + read);
        take(section.promise(name, "frequency of a digit's tone, the worst", "%", codec.frequencyPercent), heard, "dtmf.worst_frequency_percent", 0.0);
        auto& level = section.promise(name, "level of a digit's tone", "dB", codec.digitDb);
        take(level, heard, "dtmf.lowest_dbm0", lowDbm0);
        take(level, heard, "dtmf.highest_dbm0", highDbm0);
        auto& twist = section.promise(name, "twist of a digit", "dB", codec.twistDb);
        take(twist, heard, "dtmf.least_twist_db", highDbm0 - lowDbm0);
        take(twist, heard, "dtmf.most_twist_db", highDbm0 - lowDbm0);
        auto& length = section.promise(name, "length of a digit and of a pause", "ms", 1.0);
        for (const auto* path : { "dtmf.shortest_ms", "dtmf.longest_ms", "dtmf.shortest_pause_ms" })
            take(length, heard, path, 1000.0 * digitS);
        if (heard["dtmf.lowest_snr_db"]["value"].isVoid())
            section.broken(name + ": no signal to noise of the digits was measured");
        ratios.push_back({ name, juce::String(static_cast<double>(heard["dtmf.lowest_snr_db"]["value"]), 1).toStdString() });
    }
    section.table({ "codec", "signal to noise of a digit, the worst [dB]" }, ratios);
}

const Registered registeredCall("call", call);
} // namespace

} // namespace mw::accuracy
