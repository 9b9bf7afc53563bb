#include "HelpText.h"

namespace mw::cli
{

std::string exitCodeHelp()
{
    return "Exit codes:\n"
           "  0  passed: everything asked for was done and held\n"
           "  1  an expectation failed: the run worked, something measured was not as expected\n"
           "  2  wrong use: an option, a value or a line of the configuration file\n"
           "  3  environment: a port in use, a file that cannot be read or written\n"
           "  4  a call failed: rejected, not answered, or broken\n"
           "  SIGINT (Ctrl-C) and SIGTERM hang up with BYE, close the files and end with one of these codes.\n"
           "  A second one leaves at once, without BYE: 130 after SIGINT, 143 after SIGTERM.\n";
}

std::string generalHelp()
{
    return "\nA first run, nothing to prepare:\n"
           "  milliwatt demo\n"
           "\nA mixer on one terminal, a caller with sound and a measuring listener on two others:\n"
           "  milliwatt sink   --listen 127.0.0.1:5070 --expect-dtmf 123# --report sink.json\n"
           "  milliwatt mixer  --listen 127.0.0.1:5060 --mode funnel --sink sip:127.0.0.1:5070\n"
           "  milliwatt source --call sip:127.0.0.1:5060 --play dtmf:123#\n"
           "\n`milliwatt COMMAND --help` shows every option with unit, range and default.\n\n"
           + exitCodeHelp();
}

std::string keyHelp()
{
    return "0-9 * # A-D  start that digit in the mix           +  -     gain of all that comes in, by 1 dB\n"
           ".            stop the digits                       [  ]     gain of the digits, by 1 dB\n"
           "tab up down  choose a leg                          <- ->    gain of the chosen leg, by 1 dB\n"
           "m NUMBER     mute that leg (m m: the chosen one)   s        solo the chosen leg\n"
           "x  b         hang up the chosen leg                a        answer what rings (--no-auto-answer)\n"
           "r            reset peak holds and clip marks       h  ?     this help, on and off\n"
           "q            quit: BYE to all, files closed\n";
}

std::string footerFor(const std::string& command)
{
    std::string text = "\nExamples:\n";
    if (command == "mixer")
        text += "  milliwatt mixer\n"
                "      answers up to 64 calls on 127.0.0.1:5060; all hear all but themselves\n"
                "  milliwatt mixer --listen 0.0.0.0:5060 --dtmf '123#' --dtmf-loop --record mix.wav\n"
                "      puts digits into the mix, again and again, and records it\n"
                "  milliwatt mixer --mode funnel --sink sip:meter@192.0.2.7 --metrics run.jsonl --duration 60\n"
                "      sends the sum of all callers to one meter for a minute\n"
                "  milliwatt mixer --config bench.ini\n"
                "      bench.ini:  [mixer]\n"
                "                  legs = 200\n"
                "                  dial = [\"sip:a@192.0.2.1\", \"sip:b@192.0.2.2\"]\n"
                "                  dtmf = '12#'\n"
                "\nKeys while it runs on a terminal:\n"
                + keyHelp();
    else if (command == "source")
        text += "  milliwatt source --call sip:127.0.0.1:5060 --play speech.wav\n"
                "      plays the file once and hangs up\n"
                "  milliwatt source --call sip:127.0.0.1:5060 --play tone:1000@-10 --count 8 --duration 20\n"
                "      eight calls with 1 kHz at -10 dBm0, for 20 s\n"
                "  milliwatt source --call sip:127.0.0.1:5060 --play dtmf:0123456789*#ABCD --dtmf-on 50 --dtmf-off 50\n"
                "  milliwatt source --call sip:127.0.0.1:5060 --play silence --record heard.wav\n"
                "      listens only, and keeps what it hears\n";
    else if (command == "sink")
        text += "  milliwatt sink --listen 127.0.0.1:5070 --expect-dtmf 123# --report sink.json\n"
                "      exit code 0 when exactly these digits were heard in this order, otherwise 1\n"
                "  milliwatt sink --expect-tone 1000+-1 --expect-level -10+-0.5 --min-seconds 5\n"
                "      `+-` and the sign for plus-minus mean the same\n";
    else if (command == "demo")
        text += "  milliwatt demo\n"
                "  milliwatt demo --out demo-result\n"
                "\nWhat it needs: recorded speech from the Debian package asterisk-core-sounds-en-wav.\n";
    return text + "\n" + exitCodeHelp();
}

} // namespace mw::cli
