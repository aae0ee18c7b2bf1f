#include "adapters/rocksdb/environment.hpp"

#include <rocksdb/file_system.h>

#include <memory>
#include <string>

namespace adapters::rocksdb {

namespace {

// RocksDB would write the options of every opening to a file of their own, sync it, read it back
// and parse it, before the first write may begin; nobody ever reads those files. It goes on where
// that file cannot be written.
class WithoutOptionsFiles final : public ::rocksdb::FileSystemWrapper {
public:
    WithoutOptionsFiles() : FileSystemWrapper(::rocksdb::FileSystem::Default()) {}
    const char* Name() const override { return "without options files"; }

    ::rocksdb::IOStatus NewWritableFile(const std::string& path,
                                        const ::rocksdb::FileOptions& options,
                                        std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                        ::rocksdb::IODebugContext* context) override {
        const std::string name = path.substr(path.find_last_of('/') + 1);
        if (name.starts_with("OPTIONS-")) return ::rocksdb::IOStatus::NotSupported(name);
        return FileSystemWrapper::NewWritableFile(path, options, file, context);
    }
};

}  // namespace

::rocksdb::Env* writing_environment() {
    static const std::unique_ptr<::rocksdb::Env> environment =
        ::rocksdb::NewCompositeEnv(std::make_shared<WithoutOptionsFiles>());
    return environment.get();
}

}  // namespace adapters::rocksdb
