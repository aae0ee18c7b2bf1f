// tools/varve/console.hpp: how the program speaks: results on stdout, everything else on stderr.
//
// Shape   text for people by default; with --format json one document on stdout and nothing else.
//         Colour only on a terminal, and never with NO_COLOR.
#pragma once

#include "ledger/result.hpp"
#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/told_commands.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tools::varve {

enum class Colour { none, red, green, yellow, blue, grey, bold };

class Console {
public:
    explicit Console(const Invocation& invocation);

    [[nodiscard]] bool json() const { return json_; }
    [[nodiscard]] bool quiet() const { return quiet_; }
    [[nodiscard]] bool verbose() const { return verbose_; }
    [[nodiscard]] bool terminal() const { return terminal_; }

    // A line of the result; nothing with --format json.
    void line(std::string_view text = {}) const;
    void lines(const std::vector<std::string>& texts) const;
    // The one document of --format json.
    void document(const std::string& json_text) const;
    // For a person, on stderr; nothing with --quiet.
    void note(std::string_view text) const;
    void warn(std::string_view text) const;
    // The columns that a line of progress may take; nothing where none is to be shown: not on a
    // terminal that can redraw, with --quiet, with --format json.
    [[nodiscard]] std::optional<std::size_t> progress_columns() const;
    // A line that says how far the work is: the next one takes its place, and so does any other
    // output. Empty: it goes away.
    void progress(std::string_view text) const;
    void error(const ledger::Error& error) const;
    // `text`, whose commands say again what chose the target, the ledger and the files: so that
    // they mean the same when they are pasted. Errors and diagnostics are told so anyway.
    // `target` where the text is about one that may be another than was chosen.
    [[nodiscard]] std::string told(std::string_view text, std::string_view target = {}) const;
    [[nodiscard]] ledger::Error told(ledger::Error error) const;
    [[nodiscard]] std::vector<std::string> told(std::vector<std::string> texts) const;
    // `folder` is put before the file's name, so that an editor can open it from here.
    void diagnostic(const migrations::Diagnostic& diagnostic,
                    const std::filesystem::path& folder = {}) const;

    [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;

private:
    void write_error(std::string_view text) const;
    void clear_progress() const;

    std::vector<ChosenOption> chosen_;
    bool json_;
    bool quiet_;
    bool verbose_;
    bool terminal_;  // stdout
    bool redraws_;   // stderr is a terminal, and no dumb one
    bool colour_;
    mutable bool progress_shown_{};
};

// The place in the script as a diagnostic, with its line of text.
[[nodiscard]] migrations::Diagnostic place_in(const migrations::Script& script, std::uint32_t line,
                                              std::uint32_t column, std::string rule,
                                              std::string message);

// A row of columns for people: each column as wide as its widest cell.
using Table = std::vector<std::vector<std::string>>;
[[nodiscard]] std::vector<std::string> align(Table table);

}  // namespace tools::varve
