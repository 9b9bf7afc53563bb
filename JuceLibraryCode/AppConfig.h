#pragma once

// JUCE's configuration, in one place. Every translation unit of the tree sees this header before anything else
// (it is force-included by the target mw_juce), so that all share one set of defines and JUCE is compiled once.

#define JUCE_GLOBAL_MODULE_SETTINGS_INCLUDED 1

// Only the modules that the static library mw_juce holds.
#define JUCE_MODULE_AVAILABLE_juce_core 1
#define JUCE_MODULE_AVAILABLE_juce_events 1
#define JUCE_MODULE_AVAILABLE_juce_data_structures 1
#define JUCE_MODULE_AVAILABLE_juce_graphics 1
#define JUCE_MODULE_AVAILABLE_juce_gui_basics 1
#define JUCE_MODULE_AVAILABLE_juce_gui_extra 1
#define JUCE_MODULE_AVAILABLE_juce_audio_basics 1
#define JUCE_MODULE_AVAILABLE_juce_audio_devices 1
#define JUCE_MODULE_AVAILABLE_juce_audio_formats 1
#define JUCE_MODULE_AVAILABLE_juce_audio_processors 1
#define JUCE_MODULE_AVAILABLE_juce_osc 1

// No browser, no curl: neither WebKit nor libcurl becomes a dependency.
#define JUCE_WEB_BROWSER 0
#define JUCE_USE_CURL 0

// No plug-in formats are hosted; the processor is hosted by others.
#define JUCE_PLUGINHOST_VST3 0
#define JUCE_PLUGINHOST_LADSPA 0
#define JUCE_PLUGINHOST_LV2 0

// The window listens through sound cards and takes MIDI controllers; nothing is opened before somebody asks.
#define JUCE_ALSA 1
#define JUCE_JACK 0

// The sub-commands and the tests run the message loop for a stated time.
#define JUCE_MODAL_LOOPS_PERMITTED 1

#define JUCE_STRICT_REFCOUNTEDPOINTER 1
#define JUCE_DISPLAY_SPLASH_SCREEN 0
#define JUCE_REPORT_APP_USAGE 0
#define JUCE_USE_XRANDR 1
#define JUCE_STANDALONE_APPLICATION 1
#define DONT_SET_USING_JUCE_NAMESPACE 1
