// tools/varve/command_line.hpp: the words after "varve", understood and carried out.
#pragma once

namespace tools::varve {

// Answers the process's exit code.
int run_command_line(int argument_count, char** arguments);

}  // namespace tools::varve
