#pragma once

#include "Fuzz.h"
#include "SipBench.h"

#include <array>
#include <string_view>

namespace mw::fuzz
{

/** The codecs of a running stack, as a call would be given them. */
class CodecBench
{
public:
    /** Codecs in a fixed order: G.711 both laws, G.722, opus, L16 at several rates and with two channels. */
    static constexpr std::array<std::string_view, 8> names { "PCMU/8000/1", "PCMA/8000/1", "G722/16000/1", "opus/48000/1",
                                                             "L16/16000/1", "L16/8000/2", "L16/44100/1", "L16/48000/2" };

    [[nodiscard]] CodecPtr make(size_t index, int ptimeMs, const char* parameters)
    {
        const std::string name(names[index % names.size()]);
        const auto slash = name.find('/'), second = name.rfind('/');
        const auto rate = static_cast<uint32_t>(std::stoul(name.substr(slash + 1)));
        const auto channels = static_cast<uint8_t>(name[second + 1] - '0');
        const auto* table = ::aucodec_find(::baresip_aucodecl(), name.substr(0, slash).c_str(), rate, channels);
        MW_PROMISE(table != nullptr);

        CodecFormat format;
        format.name = table->name;
        format.sampleRateHz = static_cast<int>(table->srate);
        format.clockRateHz = static_cast<int>(table->crate);
        format.channels = table->pch;
        format.payloadType = format.receivePayloadType = 96;
        format.ptimeMs = ptimeMs;
        std::string why;
        auto codec = bench.codecMaker()->make(*table, format, parameters, why);
        MW_PROMISE(codec != nullptr);
        return codec;
    }

    SipBench bench;
};

} // namespace mw::fuzz
