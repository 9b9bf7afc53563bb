#include "FlacLength.h"

#include <FLAC/stream_decoder.h>

#include <memory>

namespace mw
{

namespace
{

struct FlacCount
{
    int64_t frames = 0;
    bool damaged = false;  ///< what follows the first fault is not counted
};

FLAC__StreamDecoderWriteStatus countFlacFrames(const FLAC__StreamDecoder*, const FLAC__Frame* frame, const FLAC__int32* const*, void* client)
{
    auto& count = *static_cast<FlacCount*>(client);
    if (! count.damaged)
        count.frames += frame->header.blocksize;
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

void noteFlacFault(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus, void* client)
{
    static_cast<FlacCount*>(client)->damaged = true;
}

} // namespace

int64_t decodableFlacFrames(const juce::File& file)
{
    const std::unique_ptr<FLAC__StreamDecoder, decltype(&FLAC__stream_decoder_delete)> decoder(FLAC__stream_decoder_new(),
                                                                                               FLAC__stream_decoder_delete);
    FlacCount count;
    if (decoder == nullptr
        || FLAC__stream_decoder_init_file(decoder.get(), file.getFullPathName().toRawUTF8(), countFlacFrames, nullptr, noteFlacFault, &count)
               != FLAC__STREAM_DECODER_INIT_STATUS_OK)
        return 0;
    FLAC__stream_decoder_process_until_end_of_stream(decoder.get());
    FLAC__stream_decoder_finish(decoder.get());
    return count.frames;
}

} // namespace mw
