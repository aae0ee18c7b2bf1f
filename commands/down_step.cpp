#include "commands/down_step.hpp"

#include "commands/same_text.hpp"
#include "commands/without_file.hpp"
#include "ledger/checked_reader.hpp"
#include "ledger/stream_records.hpp"
#include "migrations/kept_script.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using migrations::Script;
using projections::Registered;

namespace {

// Taken over from another tool, without its file.
bool is_unknown(const projections::Application& applied) {
    return applied.digest == ledger::Digest{};
}

// A file that has come since may be of anything, but where the other tool's checksum says that it
// is the one.
bool is_what_was_taken_over(const Known& known, const Version& version, const Script& up) {
    const auto* state = known.state.find(version);
    return state != nullptr && is_imported_text(known.state, *state, up).value_or(false);
}

std::optional<Step> kept_step(const Registered& registered, const KeptScripts& find,
                              bool is_file_changed) {
    auto script = find.down(registered);
    if (!script) return std::nullopt;
    KeptDown source{registered.path, registered.up.digest,
                    migrations::down_path(registered.layout, registered.path), is_file_changed};
    auto kept = std::make_shared<Folder>();
    Migration from_ledger;
    from_ledger.version = registered.version;
    from_ledger.name = registered.name;
    from_ledger.down = std::move(*script);
    kept->migrations.push_back(std::move(from_ledger));
    Step step = make_step(kept, kept->migrations.front(), ledger::Direction::down, 0);
    step.kept = std::move(source);
    return step;
}

template <class Event>
constexpr bool has_scripts = std::is_same_v<Event, ledger::MigrationRegistered> ||
                             std::is_same_v<Event, ledger::MigrationRevised>;

// Why the ledger could not be read, the first time.
using Unread = std::shared_ptr<std::optional<ledger::Error>>;

void note(const Unread& unread, const ledger::Error& error) {
    if (!*unread) *unread = error;
}

struct Contents {
    const ledger::Reader& reader;
    Unread unread;

    [[nodiscard]] std::optional<std::string> find(const ledger::Digest& digest) const {
        auto text = reader.content(digest);
        if (text) return std::move(*text);
        note(unread, text.error());
        return std::nullopt;
    }
};

bool is_same_text_kept(const Contents& contents, const ledger::Digest& one,
                       const ledger::Digest& other) {
    if (one == other) return true;
    const auto text = contents.find(one);
    return text && is_same_text(*text, other);
}

// The newest of its registrations with that up script.
std::optional<Registered> registered_with(const Contents& contents, const Registered& newest,
                                          const ledger::Digest& up) {
    std::optional<Registered> found;
    std::optional<Registered> before;
    const auto is_inherited = [&](const Registered& now) {
        return before && before->down && now.down && before->down->digest == now.down->digest &&
               !is_same_text_kept(contents, now.up.digest, before->up.digest);
    };
    const auto look_at = [&](const auto& event) {
        if constexpr (has_scripts<std::decay_t<decltype(event)>>) {
            Registered now = newest;
            now.name = event.name;
            now.path = event.path;
            now.up = event.up;
            now.down = event.down;
            if (event.up.digest == up) {
                found = now;
                if (is_inherited(now)) found->down.reset();
            }
            before = std::move(now);
        }
    };
    const ledger::CheckedReader checked{contents.reader};
    const auto read =
        ledger::for_each_record(checked, ledger::migration_stream(newest.version),
                                [&](const auto& record) { std::visit(look_at, record.data); });
    if (read) return found;
    note(contents.unread, read.error());
    return std::nullopt;
}

FindDown down_finder(const Contents& contents) {
    return [contents](const Registered& known) -> std::optional<Script> {
        if (!known.down) return std::nullopt;
        const auto text = contents.find(known.down->digest);
        if (!text || migrations::why_not_as_is(known.layout, *text)) return std::nullopt;
        return migrations::kept_script(
            migrations::down_path(known.layout, known.path) + std::string{kept_by_ledger}, *text);
    };
}

}  // namespace

const Migration* find_migration(const Folder& folder, const Version& version) {
    const auto found = std::find_if(folder.migrations.begin(), folder.migrations.end(),
                                    [&](const Migration& each) { return each.version == version; });
    return found == folder.migrations.end() ? nullptr : &*found;
}

Result<void> KeptScripts::all_read() const {
    if (unread && *unread) return fail(**unread);
    return {};
}

KeptScripts kept_scripts(const ledger::Reader& reader) {
    const Contents contents{reader, std::make_shared<std::optional<ledger::Error>>()};
    const auto kept = [contents](const std::string& path,
                                 const ledger::Digest& digest) -> std::optional<Script> {
        const auto text = contents.find(digest);
        if (!text) return std::nullopt;
        return migrations::kept_script(path, *text);
    };
    const auto registered = [contents](const Registered& newest, const ledger::Digest& up) {
        return registered_with(contents, newest, up);
    };
    return {down_finder(contents), text_finder(reader), kept, registered, contents.unread};
}

std::optional<Registered> as_applied(const Known& known, const Version& version,
                                     const KeptScripts& find) {
    const auto registered = known.registered.find(version);
    if (registered == known.registered.end()) return std::nullopt;
    const auto* applied = known.state.application_of(version);
    if (applied != nullptr && is_unknown(*applied)) {
        const auto up = find.kept(registered->second.path, registered->second.up.digest);
        const bool is_it = up && is_what_was_taken_over(known, version, *up);
        return is_it ? std::optional{registered->second} : std::nullopt;
    }
    const bool is_newest = applied == nullptr || registered->second.up.digest == applied->digest;
    if (is_newest && !registered->second.revised_position) return registered->second;
    return find.registered(registered->second,
                           is_newest ? registered->second.up.digest : applied->digest);
}

const Migration* file_of_another_text(const Known& known, const Folder& folder,
                                      const Version& version) {
    const Migration* migration = find_migration(folder, version);
    const auto* applied = known.state.application_of(version);
    if (migration == nullptr || applied == nullptr) return nullptr;
    if (migration->kind == ledger::MigrationKind::repeatable) return nullptr;
    const bool is_same = is_unknown(*applied)
                             ? is_what_was_taken_over(known, version, migration->up)
                             : is_same_text(migration->up.bytes, applied->digest);
    return is_same ? nullptr : migration;
}

std::optional<Step> down_step(const Known& known, const std::shared_ptr<const Folder>& folder,
                              const Version& version, const KeptScripts& find) {
    const Migration* migration = find_migration(*folder, version);
    const bool is_other = file_of_another_text(known, *folder, version) != nullptr;
    if (migration != nullptr && migration->down && !is_other)
        return make_step(folder, *migration, ledger::Direction::down, 0);
    const auto registered = as_applied(known, version, find);
    if (!registered) return std::nullopt;
    // What is not applied yet will be by the file's text.
    const bool is_to_come = known.state.application_of(version) == nullptr && migration != nullptr;
    if (is_to_come && registered->up.digest != migration->up.digest) return std::nullopt;
    const bool is_same_down = migration != nullptr && migration->down && registered->down &&
                              is_same_text(migration->down->bytes, registered->down->digest);
    if (!is_same_down) return kept_step(*registered, find, is_other);
    Step step = make_step(folder, *migration, ledger::Direction::down, 0);
    step.entry.name = registered->name;
    return step;
}

}  // namespace commands
