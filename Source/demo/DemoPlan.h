#pragma once

#include <array>

namespace mw::demo
{

/** What the demo sends, and when: first pilots in a conference, then tone, speech and digits to a sink. Their levels are chosen so that the sum of all three never reaches full scale: digits
    −10 and −8 dBm0 (amplitudes 0.22 and 0.28 of full scale), tone −20 dBm0 (0.07), speech −26 dBm0 whose peaks stand some
    15 dB above (below 0.3); and so that the digits stand 14 dB above tone and speech together, since they have to be read
    while both are there. */
struct DemoPlan
{
    static constexpr int sampleRateHz = 8000;            ///< of the mix: G.711 then passes without a resampler
    static constexpr double toneHz = 1000.0;             ///< the digital milliwatt's frequency; 20 dB below its level
    static constexpr double toneDbm0 = -20.0;            ///< [dBm0]
    static constexpr double speechDbm0 = -26.0;          ///< RMS while there is sound (ActiveLevel) [dBm0]
    static constexpr double lowDbm0 = -10.0;             ///< of each digit's low-group tone [dBm0]
    static constexpr double twistDb = 2.0;               ///< high-group above low-group [dB]
    static constexpr const char* digits = "1234567890*#ABCD";
    static constexpr int onMs = 100, offMs = 100;        ///< of each digit [ms]

    static constexpr double speechSeconds = 12.0;        ///< length of the speech [s]
    static constexpr double toneAloneSeconds = 3.0;      ///< before speech joins [s]
    static constexpr double digitsAfterSeconds = 3.0;    ///< after speech has joined [s]
    static constexpr double toneSeconds = 15.0;          ///< length of the tone's call [s]

    static constexpr std::array<const char*, 3> talkers { "alice", "bob", "carol" };  ///< in the conference, with pilots 1, 2, 3
    static constexpr const char* pilotCodec = "L16";     ///< G.711's own noise would hide a return below some −50 dB
    static constexpr double pilotDbm0 = -20.0;           ///< of each [dBm0]
    static constexpr double pilotSeconds = 4.9;          ///< all in the call: eight windows of 1.024 s, two a second, and what the buffers hold [s]

    static constexpr int blockMs = 20;                   ///< of all mixers and sources [ms]
    static constexpr int jitterBufferMs = 120;           ///< a busy machine wakes threads late; the demo is about sound, not delay [ms]
    static constexpr int maxBacklogMs = 250;             ///< a jitter buffer holds no more [ms]

    static constexpr double toleranceDb = 0.5;           ///< between sent and heard, of each level [dB]
    static constexpr double limitSeconds = 30.0;         ///< the whole demo, until all processes have ended [s]
    static constexpr double endSeconds = 3.0;            ///< of these, for the processes to end when it is given up [s]
};

} // namespace mw::demo
