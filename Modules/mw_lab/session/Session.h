#pragma once

#include "../Roles.h"

#include <juce_core/juce_core.h>

#include <array>
#include <string>
#include <vector>

namespace mw
{

struct ReadSession;

/** Everything of a bench that somebody set and wants again: the legs to call, gains, who hears whom, digits, tone, and how the
    window looks. A plain value of the control thread; as a file it is one readable JSON object:

        { "format": "milliwatt-session", "version": 1,
          "mode": "conference" | "funnel" | "matrix", "funnelReturn": false,
          "legs": [ { "uri": "sip:…", "part": "source" | "sink", "gainDb": 0, "trimDb": 0, "muted": false, "soloed": false } ],
          "gains": { "masterInDb": 0, "masterOutDb": 0 },
          "strips": { "dtmf": { "gainDb": 0, "trimDb": 0, "muted": false, "soloed": false, "on": true }, "tone": …, "player": … },
          "cells": [ { "leg": 1, "hears": 2 | "dtmf" | "tone" | "player", "gainDb": -6 } ],
          "dtmf": { "sequence": "123#", "onMs": 100, "offMs": 100, "loop": false, "gapMs": 1000, "lowDbm0": -11, "twistDb": 2,
                    "playAtStart": false },
          "tone": { "frequencyHz": 1000, "levelDbm0": "-inf" },
          "layout": { … } }

    A gain is a number of dB, −60…20, or "-inf". Legs are numbered from 1: those of the session in its order, then whoever calls
    or is called. Every key but format and version may be missing and has its default then. */
struct Session
{
    static constexpr int version = 1;
    static constexpr size_t maxBytes = size_t { 8 } << 20;  ///< of the file
    static constexpr size_t maxUriLength = 1024;            ///< [octets]

    using Leg = MixerRoleConfig::Leg;

    struct Cell
    {
        int leg = 0;        ///< who hears, counting from 0 in the session's numbering
        int from = 0;       ///< who is heard, likewise; a house strip is fromHouse(strip)
        double gainDb = 0.0;
        bool operator==(const Cell&) const = default;
    };
    [[nodiscard]] static constexpr int fromHouse(HouseStrip strip) noexcept { return -1 - static_cast<int>(strip); }

    std::vector<Leg> legs;
    double masterInGainDb = 0.0, masterOutGainDb = 0.0;  ///< [dB]
    std::array<MixerState::Strip, houseStripCount> house;
    bool dtmfOn = true;
    MixMode mode = MixMode::conference;
    bool funnelReturn = false;
    std::vector<Cell> cells;
    DtmfSettings dtmf;         ///< its law is that of the engine which it is applied to
    bool playDtmf = false;     ///< from the first established call on
    double toneHz = 1000.0, toneDbm0 = silenceDb;
    juce::var layout;          ///< the window's own: an object, or void

    /** What is set at an engine now. Calls that we made and that are not over are its legs; those who called us are not, but
        keep their place in the numbering of the cells behind them. */
    [[nodiscard]] static Session capture(Engine& engine);

    /** The file's text. */
    [[nodiscard]] std::string encode() const;

    /** Reads it back. @param name of the file, for messages
        @returns the whole session, or an error (wrong use) that names the place in the text: "legs[2].gainDb: 40 is not …" */
    [[nodiscard]] static Result<ReadSession> parse(const std::string& text, const std::string& name);

    /** @returns an error as parse(), or (environment) when the file cannot be read */
    [[nodiscard]] static Result<ReadSession> load(const juce::File& file);

    /** Writes it whole or not at all; makes the folder where it is missing. @returns an error (environment) with the reason */
    [[nodiscard]] Result<void> save(const juce::File& file) const;

    /** What keeps an engine from taking it: more legs or cells than it has, a tone that its law does not hold.
        @param freeLegs how many of the session's legs may be new calls */
    [[nodiscard]] Result<void> checkFor(const Engine::Config& config, int freeLegs) const;

    /** Sets the role's configuration up to run it: its legs come before what is in `dial` and `sinks`, its cells before those
        that are there; gains, mode, tone and digits are replaced. @returns an error as checkFor(), and then nothing changed */
    [[nodiscard]] Result<void> applyTo(MixerRoleConfig& config) const;

    /** Sets a running engine up like it. Legs that are already called stay and are set; others are called; calls beyond the
        session go on as they are. @returns an error, and then nothing has changed and no call was left open */
    [[nodiscard]] Result<void> applyTo(Engine& engine) const;

    /** "3 legs, conference" */
    [[nodiscard]] std::string summary() const;

    /** Where the last session is kept: milliwatt/last-session.json under $XDG_CONFIG_HOME, or under ~/.config where that is
        not set or no whole path (XDG base directory specification). */
    [[nodiscard]] static juce::File lastSessionFile();
};

/** A session, and the keys of its text that are not known and were passed over: "legs[0].gian". */
struct ReadSession
{
    Session session;
    std::vector<std::string> unknownKeys;
};

/** Calls a leg and sets its strip. Control thread. @returns an error when no channel is free */
[[nodiscard]] Result<LegId> callWithStrip(Engine& engine, const MixerRoleConfig::Leg& leg);

/** Sets a house strip's gain, trim, mute and solo. */
[[nodiscard]] Result<void> setHouseStrip(Engine& engine, HouseStrip strip, const MixerState::Strip& settings);

} // namespace mw
