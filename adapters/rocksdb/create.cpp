#include "adapters/rocksdb/empty_ledger.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/new_folder.hpp"
#include "adapters/rocksdb/store.hpp"

#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

Result<std::unique_ptr<Store>> Store::create(const fs::path& given, ledger::Clock& clock,
                                             CreateOptions options) {
    const fs::path path = tidy_path(given);
    if (auto none = expect_none(path); !none) return fail(none.error());
    NewFolder making{path, "making"};
    if (auto done = making.begin(); !done) return fail(done.error());
    if (auto done = make_empty(making.folder(), options.ledger); !done) return fail(done.error());
    {
        auto store = open(making.folder(), clock, options.open);
        if (!store) return fail(store.error());
        if (options.first) {
            const auto appended = (*store)->append(std::move(*options.first));
            if (!appended) return fail(appended.error());
        }
        (*store)->make_tables();
    }
    const auto placed = making.take_place();
    if (!placed) return fail(placed.error());
    if (!*placed)
        return fail(Code::refused, "ledger-exists", "there is a ledger at " + path.string(),
                    "use it as it is; nothing was changed");
    return open(path, clock, options.open);
}

}  // namespace adapters::rocksdb
