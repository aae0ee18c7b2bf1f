// tools/varve/verbs/witness.hpp: being a witness of other people's ledgers.
#pragma once

#include "tools/varve/verbs.hpp"

#include <string>

namespace tools::varve {

struct WitnessOptions {
    std::string folder{".varve-witness"};
    std::string name;                      // init
    std::string verifier;                  // trust, distrust
    std::string origin;                    // trust; empty: the key's name
    std::string listen{"127.0.0.1:7380"};  // serve
    std::string request{"-"};              // cosign: a file, or "-"
};

VerbResult witness_init(const Invocation& invocation, const Console& console,
                        const WitnessOptions& options);
VerbResult witness_trust(const Invocation& invocation, const Console& console,
                         const WitnessOptions& options);
VerbResult witness_distrust(const Invocation& invocation, const Console& console,
                            const WitnessOptions& options);
// Until SIGINT or SIGTERM.
VerbResult witness_serve(const Invocation& invocation, const Console& console,
                         const WitnessOptions& options);
VerbResult witness_cosign(const Invocation& invocation, const Console& console,
                          const WitnessOptions& options);
VerbResult witness_show(const Invocation& invocation, const Console& console,
                        const WitnessOptions& options);

}  // namespace tools::varve
