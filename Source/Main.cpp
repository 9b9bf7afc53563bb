#include "Command.h"

int main(int argc, char** argv)
{
    return mw::runCommandLine(argc, argv);
}
