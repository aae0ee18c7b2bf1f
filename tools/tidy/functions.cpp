#include "tools/tidy/functions.hpp"

#include <regex>
#include <string>

namespace tools::tidy {

namespace {

// What stands before a brace says what it opens: `namespace x`, even after a macro's call.
bool opens_scope(const std::string& before) {
    static const std::regex scope{R"(\b(namespace|class|struct|union|enum|extern)\b[^()]*$)"};
    return std::regex_search(before, scope);
}

bool opens_data(const std::string& before) {
    const std::size_t parenthesis = before.find('(');
    return before.find('=') < parenthesis;
}

struct Open {
    bool scope{};
    bool measured{};
    std::size_t line{};
};

}  // namespace

std::vector<Body> bodies_of(std::string_view code) {
    std::vector<Body> bodies;
    std::vector<Open> open;
    std::string before;
    std::size_t line = 1;
    for (const char character : code) {
        if (character == '\n') ++line;
        if (character == '{') {
            const bool outermost = open.empty() || open.back().scope;
            const bool scope = outermost && opens_scope(before);
            open.push_back({scope, outermost && !scope && !opens_data(before), line});
        } else if (character == '}' && !open.empty()) {
            if (open.back().measured)
                bodies.push_back({open.back().line, line - open.back().line + 1});
            open.pop_back();
        }
        if (character == '{' || character == '}' || character == ';')
            before.clear();
        else
            before += character;
    }
    return bodies;
}

}  // namespace tools::tidy
