#pragma once

#include "ClipSource.h"

#include <mw_mixer/mw_mixer.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace mw
{

/** Pieces of sound one after the other in the mixer's player strip, sample for sample, without a pause between them. */
class PlaylistSource final : public BlockSource
{
public:
    struct Piece
    {
        std::shared_ptr<BlockSource> sound;  ///< one that never finishes and begins again after `samples`; null: silence
        uint64_t samples = 0;                ///< length; 0: for ever
        uint64_t edgeSamples = 0;            ///< of a raised cosine at its beginning and at its end, inside the length
    };

    /** Control thread. @param repeatAll whether the first piece follows the last one */
    PlaylistSource(std::vector<Piece> piecesToPlay, Repeat repeatAll) : pieces(std::move(piecesToPlay)), repeat(repeatAll)
    {
        finished.store(pieces.empty(), std::memory_order_release);
    }

    void render(std::span<float> block, int64_t) noexcept override
    {
        while (! block.empty() && ! finished.load(std::memory_order_relaxed))
        {
            const auto& piece = pieces[index];
            const auto left = piece.samples == 0 ? block.size() : std::min<uint64_t>(block.size(), piece.samples - at);
            const auto part = block.first(static_cast<size_t>(left));
            if (piece.sound != nullptr)
                piece.sound->render(part, 0);
            else
                std::ranges::fill(part, 0.0f);
            shape(part, piece);
            at += left;
            block = block.subspan(part.size());
            if (piece.samples != 0 && at == piece.samples)
                next();
        }
        std::ranges::fill(block, 0.0f);
    }

    [[nodiscard]] bool isFinished() const noexcept override { return finished.load(std::memory_order_acquire); }

private:
    void shape(std::span<float> part, const Piece& piece) const noexcept
    {
        const auto edge = piece.samples == 0 ? piece.edgeSamples : std::min(piece.edgeSamples, piece.samples / 2);
        if (edge == 0)
            return;
        for (size_t i = 0; i < part.size(); ++i)
        {
            const auto place = at + i;
            const auto fromEnd = piece.samples == 0 ? place : std::min(place, piece.samples - 1 - place);
            if (fromEnd < edge)
                part[i] *= static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * (static_cast<double>(fromEnd) + 0.5) / static_cast<double>(edge)));
        }
    }

    void next() noexcept
    {
        at = 0;
        if (++index < pieces.size())
            return;
        index = 0;
        finished.store(repeat == Repeat::no, std::memory_order_release);
    }

    const std::vector<Piece> pieces;
    const Repeat repeat;
    size_t index = 0;   ///< audio region only
    uint64_t at = 0;    ///< samples of that piece that were played; audio region only
    std::atomic<bool> finished { false };
};

} // namespace mw
