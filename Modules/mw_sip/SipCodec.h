#pragma once

#include "Closures.h"
#include "adapter/StackAdapter.h"

#include <mw_legs/mw_legs.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace mw
{

/** One leg's encoder and decoder over a codec table of baresip's.

    Made on the sip thread, used by media, freed on the sip thread; see SipCodecs. */
class SipCodec final : public Codec
{
public:
    /** Sip thread. @param table stays valid while baresip's codec module is loaded
        @param fmtp the peer's parameters from SDP, may be null
        @returns null and the reason in `why` when a state could not be made */
    static SipCodec* make(const struct aucodec& table, CodecFormat format, const char* fmtp, std::string& why);

    const CodecFormat& format() const noexcept override { return codecFormat; }
    int decode(std::span<const uint8_t> payload, bool marker, std::span<int16_t> pcm) noexcept override;
    int conceal(std::span<int16_t> pcm) noexcept override;
    int encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool& marker) noexcept override;

    /** Frees both states; from then on nothing can be coded any more. Sip thread, after media let go. */
    void release() noexcept;

    SipCodec* nextReturned = nullptr;  ///< guarded by the mutex of SipCodecs

private:
    SipCodec(const struct aucodec& table, CodecFormat format);

    /** Longest packet that is decoded: 120 ms at 48 kHz (the longest opus packet). */
    static constexpr size_t maxFrames = 5760;

    int foldDown(size_t samples, std::span<int16_t> pcm) const noexcept;

    const struct aucodec* table;
    CodecFormat codecFormat;
    const bool muLaw, g722;
    RePtr<struct auenc_state> encoder;
    RePtr<struct audec_state> decoder;
    bool released = false;
    std::vector<int16_t> interleaved;  ///< empty for mono; samples of both channels
    std::vector<int16_t> concealed;    ///< mono, of a codec with a concealment; one packet
};

/** Every codec that is alive, so that the stack can release their states while its modules are still there.

    A codec's last owner may be any thread but media: the object then waits in a list, which takes no memory, and the sip
    thread frees it. After the stack has stopped its states are gone already, and the empty shell is freed where it is.

    Lock order: its mutex is a leaf. */
class SipCodecs : public std::enable_shared_from_this<SipCodecs>
{
public:
    /** Sip thread. @returns null with the reason in `why` */
    [[nodiscard]] CodecPtr make(const struct aucodec& table, const CodecFormat& format, const char* fmtp, std::string& why);

    /** Sip thread: frees those whose owners let go. */
    void freeReturned() noexcept;

    /** Sip thread, at the stack's end, after its closures were closed. */
    void releaseAll() noexcept;

private:
    void giveBack(SipCodec* codec) noexcept;
    void freeList() noexcept;  // under the mutex

    std::mutex mutex;  ///< guards the members below and the death of the codecs
    std::set<SipCodec*> alive;
    SipCodec* returned = nullptr;  ///< linked by nextReturned
    bool ended = false;            ///< under the mutex: the sip thread comes no more
};

/** A codec as a user names it and as baresip's accounts list it. */
struct CodecChoice
{
    std::string name;                   ///< "PCMU"
    std::vector<std::string> variants;  ///< "PCMU/8000/1", …: name, sample rate [Hz], channels of the table
};

/** All codecs, in the default order; L16 has its variants ordered by how near they are to the engine's rate.
    @param engineRateHz [Hz] */
[[nodiscard]] std::vector<CodecChoice> codecChoices(int engineRateHz);

} // namespace mw
