#include "tools/varve/console.hpp"

#include "ledger/clean.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/position.hpp"
#include "tools/varve/character.hpp"
#include "tools/varve/display_width.hpp"
#include "tools/varve/harmless_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tools::varve {

using migrations::Diagnostic;
using migrations::Severity;

namespace {

constexpr std::size_t source_line_bytes_max = 400;  // a longer one is no help to look at
constexpr std::size_t message_bytes_max = 4'000;

std::string bounded(const std::string& text) {
    if (text.size() <= message_bytes_max) return text;
    return ledger::clean(std::string_view{text}.substr(0, message_bytes_max),
                         2 * message_bytes_max) +
           " ... (" + std::to_string(text.size()) + " bytes)";
}

bool is_dumb() {
    const char* terminal = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
    return terminal == nullptr || std::string_view{terminal} == "dumb" || *terminal == '\0';
}

bool colour_wanted(bool terminal) {
    const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
    return terminal && !is_dumb() && (no_colour == nullptr || *no_colour == '\0');
}

std::string_view code_of(Colour colour) {
    switch (colour) {
        case Colour::none:
            return "";
        case Colour::red:
            return "\x1b[31m";
        case Colour::green:
            return "\x1b[32m";
        case Colour::yellow:
            return "\x1b[33m";
        case Colour::blue:
            return "\x1b[34m";
        case Colour::grey:
            return "\x1b[90m";
        case Colour::bold:
            return "\x1b[1m";
    }
    return "";
}

void put(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            return "note";
    }
    return "error";
}

Colour colour_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return Colour::red;
        case Severity::warning:
            return Colour::yellow;
        case Severity::note:
            return Colour::blue;
    }
    return Colour::red;
}

// Tabs of the source line are kept, so that the caret stands under its character.
std::string padding_for(std::string_view source_line, std::uint32_t column) {
    const auto before = source_line.substr(
        0, migrations::sql::byte_of_character(source_line, std::size_t{column} - 1));
    std::string padding;
    for (std::size_t at = 0; at < before.size();) {
        const char32_t character = take_character(before, at);
        padding += character == U'\t' ? "\t" : std::string(display_width(character), ' ');
    }
    return padding;
}

// As many as the characters that are meant take on a terminal.
std::string carets_for(std::string_view source_line, const Diagnostic& diagnostic) {
    const auto rest = source_line.substr(
        migrations::sql::byte_of_character(source_line, std::size_t{diagnostic.column} - 1));
    const bool ends_here = diagnostic.end_line <= diagnostic.line;
    const std::size_t count =
        std::max(diagnostic.end_column, diagnostic.column + 1) - diagnostic.column;
    const auto meant =
        ends_here ? rest.substr(0, migrations::sql::byte_of_character(rest, count)) : rest;
    return std::string(std::max<std::size_t>(display_width(meant), 1), '^');
}

// As short as it can be said from the working directory, and on one line.
std::string nearest(const std::filesystem::path& path) {
    std::error_code error;
    const auto relative = std::filesystem::proximate(path, error);
    std::string text =
        error || relative.string().starts_with("..") ? path.string() : relative.string();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string line_at(const std::string& text, std::uint32_t number) {
    std::size_t begin = 0;
    for (std::uint32_t line = 1; line < number; ++line) {
        const auto end = text.find('\n', begin);
        if (end == std::string::npos) return {};
        begin = end + 1;
    }
    std::string line = text.substr(begin, text.find('\n', begin) - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

}  // namespace

Console::Console(const Invocation& invocation)
    : chosen_{chosen_options(invocation.flags)},
      json_{invocation.json},
      quiet_{invocation.quiet},
      verbose_{invocation.verbose},
      terminal_{isatty(STDOUT_FILENO) == 1},
      redraws_{isatty(STDERR_FILENO) == 1 && !is_dumb()},
      colour_{colour_wanted(isatty(STDOUT_FILENO) == 1)} {}

void Console::line(std::string_view text) const {
    if (json_) return;
    clear_progress();
    put(stdout, harmless(text, colour_));
    put(stdout, "\n");
    std::fflush(stdout);
}

void Console::lines(const std::vector<std::string>& texts) const {
    if (json_) return;
    clear_progress();
    for (const std::string& text : texts) {
        put(stdout, harmless(text, colour_));
        put(stdout, "\n");
    }
    std::fflush(stdout);
}

void Console::document(const std::string& json_text) const {
    if (!json_) return;
    clear_progress();
    put(stdout, json_text);
    put(stdout, "\n");
    std::fflush(stdout);
}

void Console::write_error(std::string_view text) const {
    clear_progress();
    // Painted for the terminal that stdout is; stderr may go to a file all the same.
    const bool colour = colour_ && isatty(STDERR_FILENO) == 1;
    put(stderr, harmless(colour_ && !colour ? without_colour(text) : text, colour));
    put(stderr, "\n");
}

void Console::note(std::string_view text) const {
    if (!quiet_) write_error(text);
}

void Console::warn(std::string_view text) const {
    write_error(paint(Colour::yellow, "warning") + ": " + std::string{text});
}

std::optional<std::size_t> Console::progress_columns() const {
    if (quiet_ || json_ || !redraws_) return std::nullopt;
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    // The last column stays free: some terminals wrap as soon as it is written.
    return (known ? std::size_t{size.ws_col} : std::size_t{80}) - 1;
}

void Console::progress(std::string_view text) const {
    if (text.empty()) return clear_progress();
    if (!progress_columns()) return;
    put(stderr, "\r" + harmless(text, colour_) + "\x1b[K");
    std::fflush(stderr);
    progress_shown_ = true;
}

void Console::clear_progress() const {
    if (!progress_shown_) return;
    put(stderr, "\r\x1b[K");
    std::fflush(stderr);
    progress_shown_ = false;
}

std::string Console::told(std::string_view text, std::string_view target) const {
    return told_commands(text, target.empty() ? chosen_ : chosen_for(chosen_, target));
}

std::vector<std::string> Console::told(std::vector<std::string> texts) const {
    for (std::string& text : texts) text = told(text);
    return texts;
}

ledger::Error Console::told(ledger::Error error) const {
    error.help = told(error.help);
    return error;
}

void Console::error(const ledger::Error& error) const {
    std::string text = paint(Colour::red, "error[" + error.reason + "]") + ": " +
                       (error.detail.empty() ? error.reason : error.detail);
    if (!error.help.empty()) text += "\n  = help: " + told(error.help);
    write_error(text);
}

void Console::diagnostic(const Diagnostic& diagnostic, const std::filesystem::path& folder) const {
    std::string text =
        paint(colour_of(diagnostic.severity),
              std::string{name_of(diagnostic.severity)} + "[" + diagnostic.rule + "]") +
        ": " + bounded(diagnostic.message);
    const std::string number = std::to_string(diagnostic.line);
    const std::string indent(diagnostic.line == 0 ? 1 : number.size(), ' ');
    if (!diagnostic.file.empty()) {
        text += "\n" + indent + " ┌ " + nearest(folder / diagnostic.file);
        if (diagnostic.line != 0) text += ":" + number;
        if (diagnostic.line != 0 && diagnostic.column != 0)
            text += ":" + std::to_string(diagnostic.column);
    }
    const bool short_line = diagnostic.source_line.size() <= source_line_bytes_max;
    if (diagnostic.line != 0 && !diagnostic.source_line.empty() && short_line) {
        const std::string line = migrations::without_secrets(diagnostic.source_line);
        text += "\n" + number + " │ " + line;
        if (diagnostic.column != 0)
            text += "\n" + indent + " │ " + padding_for(line, diagnostic.column) +
                    carets_for(line, diagnostic);
    }
    if (diagnostic.fix && diagnostic.fix->proven_because)
        text += "\n" + indent + " = proven fix: " + diagnostic.fix->title + " (" +
                bounded(*diagnostic.fix->proven_because) + ")";
    for (const std::string& help : diagnostic.help)
        text += "\n" + indent + " = help: " + bounded(told(help));
    write_error(text);
}

std::string Console::paint(Colour colour, std::string_view text) const {
    if (!colour_ || colour == Colour::none) return std::string{text};
    return std::string{code_of(colour)} + std::string{text} + "\x1b[0m";
}

Diagnostic place_in(const migrations::Script& script, std::uint32_t line, std::uint32_t column,
                    std::string rule, std::string message) {
    Diagnostic diagnostic;
    diagnostic.severity = Severity::error;
    diagnostic.rule = std::move(rule);
    diagnostic.message = std::move(message);
    diagnostic.file = script.path;
    diagnostic.line = line;
    diagnostic.column = column;
    diagnostic.end_column = column + 1;
    if (line >= script.first_line)
        diagnostic.source_line = line_at(script.file_text(), line - script.first_line + 1);
    return diagnostic;
}

std::vector<std::string> align(Table table) {
    std::vector<std::size_t> widths;
    for (auto& row : table) {
        if (row.size() > widths.size()) widths.resize(row.size());
        for (std::size_t column = 0; column < row.size(); ++column) {
            std::replace(row[column].begin(), row[column].end(), '\n', ' ');
            widths[column] = std::max(widths[column], display_width(row[column]));
        }
    }
    std::vector<std::string> lines;
    lines.reserve(table.size());
    for (const auto& row : table) {
        std::string& line = lines.emplace_back();
        std::size_t count = row.size();  // of columns up to the last that is not empty
        while (count > 0 && row[count - 1].empty()) --count;
        for (std::size_t column = 0; column < count; ++column) {
            line += row[column];
            if (column + 1 < count)
                line.append(widths[column] - display_width(row[column]) + 2, ' ');
        }
    }
    return lines;
}

}  // namespace tools::varve
