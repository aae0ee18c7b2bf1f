#include "adapters/rocksdb/writer.hpp"

#include "adapters/rocksdb/folder.hpp"
#include "ledger/fail_point.hpp"

#include <exception>
#include <string>
#include <utility>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t requests_max = 4096;
constexpr std::size_t patient_requests_max = 8;
constexpr std::size_t drain_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t event_bytes_guess = 1024;
constexpr std::chrono::milliseconds anchor_delay{100};

tl::unexpected<ledger::Error> closed(const std::string& why) {
    return fail(Code::unavailable, "ledger-closed",
                "an earlier commit failed, so the ledger was closed, and nothing more was written "
                "to it: " +
                    why,
                "mend that, then the same command again: it settles what was begun");
}

std::size_t bytes_of_request(const ledger::Append& append) {
    std::size_t bytes = append.drafts.size() * event_bytes_guess;
    for (const ledger::Content& content : append.contents) bytes += content.bytes.size();
    return bytes;
}

}  // namespace

Writer::Writer(Database& database, AnchorFile& anchor_file, Unerased& unerased,
               const Anchor& anchor, Tail tail, ledger::Clock& clock, std::filesystem::path path,
               WriterOptions options)
    : database_(database),
      anchor_file_(anchor_file),
      unerased_(unerased),
      clock_(clock),
      path_(std::move(path)),
      options_(options),
      tail_(std::move(tail)),
      anchor_sequence_(anchor.sequence),
      head_(head_of(tail_)) {
    // Where the system has no second thread to give, the first ends before its writer is gone.
    struct Ending {
        Writer* writer;
        ~Ending() {
            if (writer != nullptr) writer->end();
        }
    } ending{this};
    thread_ = std::thread{[this] { run(); }};
    anchor_thread_ = std::thread{[this] { keep_anchor_synced(); }};
    ending.writer = nullptr;
}

Writer::~Writer() { end(); }

void Writer::end() {
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
    anchor_wake_.notify_one();
    if (anchor_thread_.joinable()) anchor_thread_.join();
}

std::future<Result<ledger::Appended>> Writer::submit(ledger::Append append) {
    Request request{std::move(append), {}};
    auto future = request.promise.get_future();
    const auto due = std::chrono::steady_clock::now() + request.append.patience;
    bool changes_wait = false;
    {
        const std::scoped_lock lock{mutex_};
        if (closed_because_) {
            request.promise.set_value(closed(*closed_because_));
            return future;
        }
        changes_wait = queue_.empty() || due < due_;
        if (changes_wait) due_ = due;
        queue_.push_back(std::move(request));
        changes_wait = changes_wait || queue_.size() == patient_requests_max;
    }
    if (changes_wait) wake_.notify_one();
    return future;
}

// Whoever commits, until it has ended, however that is.
class Writer::Turn {
public:
    Turn(Writer& writer, std::size_t request_count)
        : writer_(writer), request_count_(request_count) {}
    ~Turn() { writer_.end_turn(request_count_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Writer& writer_;
    std::size_t request_count_;
};

bool Writer::takes_turn() {
    const std::scoped_lock lock{mutex_};
    if (is_committing_ || is_crowded_ || closed_because_ || !queue_.empty()) return false;
    is_committing_ = true;
    return true;
}

void Writer::end_turn(std::size_t request_count) {
    {
        const std::scoped_lock lock{mutex_};
        is_committing_ = false;
        is_crowded_ = request_count > 1;
        if (queue_.empty() && !stopping_) return;
    }
    wake_.notify_one();
}

Result<ledger::Appended> Writer::append(ledger::Append append) {
    if (!takes_turn()) return submit(std::move(append)).get();
    const Turn turn{*this, 1};
    Requests requests;
    auto future = requests.emplace_back(Request{std::move(append), {}}).promise.get_future();
    commit(requests);
    return future.get();
}

Result<ledger::Head> Writer::head() const {
    const std::scoped_lock lock{mutex_};
    if (closed_because_) return closed(*closed_because_);
    return head_;
}

void Writer::run() {
    for (;;) {
        Requests requests = wait_for_requests();
        if (!requests.empty()) {
            const Turn turn{*this, requests.size()};
            commit(requests);
        }
        const std::scoped_lock lock{mutex_};
        if (stopping_ && queue_.empty()) break;
    }
    const std::scoped_lock lock{mutex_};
    has_ended_ = true;
}

bool Writer::is_due() const {
    return stopping_ || queue_.size() >= patient_requests_max ||
           std::chrono::steady_clock::now() >= due_;
}

// What queued up, at most a drain of it; nothing when it is time to stop.
Writer::Requests Writer::wait_for_requests() {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    while (!is_due()) wake_.wait_until(lock, due_);
    wake_.wait(lock, [this] { return !is_committing_; });
    is_committing_ = !queue_.empty();
    Requests requests;
    std::size_t bytes = 0;
    while (!queue_.empty() && requests.size() < requests_max && bytes < drain_bytes_max) {
        bytes += bytes_of_request(queue_.front().append);
        requests.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return requests;
}

// Files that nobody finds any more can be written to without an error.
Result<void> Writer::expect_place() const {
    if (anchor_file_.is_in(path_)) return {};
    return fail(Code::unavailable, "ledger-moved",
                "the folder " + path_.string() +
                    " was removed, renamed or replaced while it was written to",
                "bring it back to its place, or restore a copy; then the same command again: "
                "nothing of this was written to the ledger, and what a run had begun is settled "
                "first");
}

Result<void> Writer::expect_room(const Requests& requests) const {
    std::uint64_t needed = options_.reserve_bytes;
    for (const Request& request : requests) needed += 2 * bytes_of_request(request.append);
    return rocksdb::expect_room(path_, needed,
                                "make room, then the same command again: nothing of this was "
                                "written to the ledger, and what a run had begun is settled first");
}

void Writer::commit(Requests& requests) {
    std::vector<Answer> answers;
    std::vector<bool> staged;
    const auto place = expect_place();
    const auto room = place ? expect_room(requests) : place;
    Commit commit{database_, tail_, memory_, clock_};
    for (const Request& request : requests) {
        const std::uint64_t size = commit.size();
        answers.push_back(room ? commit.add(request.append) : Answer{fail(room.error())});
        staged.push_back(commit.size() > size);
    }
    if (commit.empty()) return answer(requests, answers);
    const auto batch = commit.finish();
    if (!batch) return answer_failure(requests, answers, {}, batch.error());
    if (auto kept = unerased_.remember(commit.redacted()); !kept)
        return answer_failure(requests, answers, {}, kept.error());
    ledger::fail_point("before-ledger-committed");
    const ::rocksdb::Status status = database_.commit(**batch);
    ledger::fail_point("ledger-committed");
    const auto done = status.ok() ? write_anchor(commit.after(), commit.has_checkpoint())
                                  : Result<void>{fail(error_of(status, "committing"))};
    if (!done) {
        close(done.error().detail);
        return answer_failure(requests, answers, staged, done.error());
    }
    ledger::fail_point("anchor-written");
    tail_ = commit.take_after();
    {
        const std::scoped_lock lock{mutex_};
        head_ = head_of(tail_);
    }
    answer(requests, answers);
}

void Writer::answer(Requests& requests, std::vector<Answer>& answers) {
    for (std::size_t index = 0; index < requests.size(); ++index)
        requests[index].promise.set_value(std::move(answers[index]));
}

void Writer::answer_failure(Requests& requests, std::vector<Answer>& answers,
                            const std::vector<bool>& staged, const ledger::Error& error) {
    for (std::size_t index = 0; index < answers.size(); ++index) {
        if (staged.empty())
            answers[index] = fail(error);
        else if (staged[index])
            answers[index] =
                fail(Code::in_doubt, "append-in-doubt", error.detail,
                     "mend what is wrong with the disk, then repeat the command (after a "
                     "run: varve recover): it looks at what the ledger has kept");
        else
            answers[index] = closed(error.detail);
    }
    answer(requests, answers);
}

Result<void> Writer::write_anchor(const Tail& tail, bool synced) {
    const ledger::Head head = head_of(tail);
    auto written = anchor_file_.write({++anchor_sequence_, head.ledger, head.size, head.root});
    if (!written) return written;
    if (options_.strict || synced) return anchor_file_.sync();
    {
        const std::scoped_lock lock{mutex_};
        if (std::exchange(anchor_unsynced_, true)) return {};  // its time is waited for already
        anchor_due_ = std::chrono::steady_clock::now() + anchor_delay;
    }
    anchor_wake_.notify_one();
    return {};
}

void Writer::keep_anchor_synced() {
    std::unique_lock lock{mutex_};
    for (;;) {
        anchor_wake_.wait(lock, [this] { return has_ended_ || anchor_unsynced_; });
        if (!anchor_unsynced_) return;
        anchor_wake_.wait_until(lock, anchor_due_, [this] { return has_ended_; });
        anchor_unsynced_ = false;  // what is written from here on waits for the next
        lock.unlock();
        if (const auto synced = anchor_file_.sync(); !synced) close(synced.error().detail);
        lock.lock();
    }
}

void Writer::close(const std::string& why) {
    std::deque<Request> left;
    {
        const std::scoped_lock lock{mutex_};
        if (!closed_because_) closed_because_ = why;
        left.swap(queue_);
    }
    for (Request& request : left) request.promise.set_value(closed(why));
}

}  // namespace adapters::rocksdb
