#include "tools/varve/command_line.hpp"

#include <cstdio>
#include <exception>

int main(int argument_count, char** arguments) try {
    return tools::varve::run_command_line(argument_count, arguments);
} catch (const std::exception& error) {
    std::fprintf(stderr, "error[internal]: %s\n  = help: this is a bug in varve\n", error.what());
    return 1;
} catch (...) {
    std::fputs("error[internal]: something unknown went wrong; this is a bug in varve\n", stderr);
    return 1;
}
