#include "HelpText.h"

#include <string_view>

namespace mw::cli
{

std::string exitCodeHelp()
{
    return "Exit codes:\n"
           "  0  passed: everything asked for was done and held\n"
           "  1  an expectation failed: the run worked, a measured value was not as expected\n"
           "  2  wrong use: an option, a value or a line of the configuration file\n"
           "  3  environment: a port in use, a file that cannot be read or written\n"
           "  4  a call failed: rejected, not answered, or broken; or an account was not\n"
           "     registered at the end\n"
           "  SIGINT (Ctrl-C), SIGTERM and SIGHUP hang up with BYE, close the files and end\n"
           "  with one of these codes. A second one leaves at once, without BYE: 130 after\n"
           "  SIGINT, 143 after SIGTERM, 129 after SIGHUP.\n";
}

std::string generalHelp()
{
    return "\nWithout a command it opens the monitor, where there is a display.\n"
           "\nA first run, nothing to prepare:\n"
           "  milliwatt demo\n"
           "\nA mixer on one terminal, a measuring listener and a caller on two others:\n"
           "  milliwatt sink   --listen 127.0.0.1:5070 --expect-dtmf 123# --report sink.json\n"
           "  milliwatt mixer  --sink sip:127.0.0.1:5070\n"
           "  milliwatt source --call sip:127.0.0.1:5060 --play dtmf:123#\n"
           "\n`milliwatt COMMAND --help` shows every option with unit, range and default.\n\n"
           + exitCodeHelp();
}

std::string keyHelp(int width)
{
    struct KeyLine
    {
        std::string_view left, right;
    };
    static constexpr size_t leftWidth = 41;
    static constexpr KeyLine lines[] = {
        { "0-9 * # A-D  start that digit", "+  -    gain of all that comes in" },
        { ".            stop the digits", "[  ]    gain of the digits" },
        { "tab up down  choose a leg", "<- ->   gain of the chosen leg, by 1 dB" },
        { "m NUMBER     mute that leg (mm: chosen)", "s       solo the chosen leg" },
        { "x  b         hang up the chosen leg", "a       answer (--no-auto-answer)" },
        { "r            reset peaks and clip marks", "h  ?    this help, on and off" },
        { "q            quit: BYE to all", "" },
    };
    std::string text;
    const auto twoColumns = width >= 80;
    for (const auto& line : lines)
    {
        text += line.left;
        if (twoColumns && ! line.right.empty())
            text += std::string(leftWidth - line.left.size(), ' ') + std::string(line.right);
        text += '\n';
    }
    if (! twoColumns)
        for (const auto& line : lines)
            if (! line.right.empty())
                text += std::string(line.right.substr(0, 8)) + std::string(5, ' ') + std::string(line.right.substr(8)) + '\n';
    return text;
}

std::string footerFor(const std::string& command)
{
    std::string text = "\nExamples:\n";
    if (command == "mixer")
        text += "  milliwatt mixer\n"
                "      answers up to 64 calls on 127.0.0.1:5060; all hear all but themselves\n"
                "  milliwatt mixer --dtmf '123#' --dtmf-loop --record mix.wav\n"
                "      puts digits into the mix, again and again, and records it\n"
                "  milliwatt mixer --sink sip:meter@192.0.2.7 --duration 60\n"
                "      sends the sum of all callers to one meter for a minute\n"
                "  milliwatt mixer --config bench.ini\n"
                "      bench.ini:  [mixer]\n"
                "                  legs = 200\n"
                "                  dial = [\"sip:a@192.0.2.1\", \"sip:b@192.0.2.2\"]\n"
                "                  dtmf = '12#'\n"
                "  milliwatt mixer --session lab.mw --legs 200\n"
                "      begins with the legs, gains and digits that the monitor saved\n"
                "\nKeys while it runs on a terminal:\n"
                + keyHelp();
    else if (command == "monitor")
        text += "  milliwatt monitor\n"
                "      the same as milliwatt mixer, in a window\n"
                "  milliwatt monitor --session lab.mw\n"
                "      begins with the legs, gains and digits of a saved session\n";
    else if (command == "source")
        text += "  milliwatt source --call sip:127.0.0.1:5060 --play speech.wav\n"
                "      plays the file once and hangs up\n"
                "  milliwatt source --call sip:127.0.0.1:5060 --play tone:1000@-10 \\\n"
                "      --count 8 --duration 20\n"
                "      eight calls with 1 kHz at -10 dBm0, for 20 s\n"
                "  milliwatt source --call sip:127.0.0.1:5060 --play 'dtmf:147*#' --dtmf-on 50\n"
                "  milliwatt source --call sip:127.0.0.1:5060 --play silence --record heard.wav\n"
                "      listens only, and keeps what it hears\n";
    else if (command == "sink")
        text += "  milliwatt sink --listen 127.0.0.1:5070 --expect-dtmf 123# --report sink.json\n"
                "      exit code 0 when exactly these digits were heard in this order, else 1\n"
                "  milliwatt sink --expect-tone 1000+-1 --expect-level -10+-0.5 --min-seconds 5\n"
                "      `+-` and the sign for plus-minus mean the same\n"
                "  milliwatt sink --expect 'level.active_dbm0: -20 +- 1' --expect 'loss: 0'\n"
                "      any figure of the report; milliwatt sink --list-figures names them\n";
    else if (command == "demo")
        text += "  milliwatt demo\n"
                "  milliwatt demo --out demo-result\n"
                "  milliwatt demo --gui\n"
                "\nWhat it needs: recorded speech, Debian package asterisk-core-sounds-en-wav.\n";
    return text + "\n" + exitCodeHelp();
}

} // namespace mw::cli
