#include "migrations/rules/called_code.hpp"

#include <set>
#include <variant>

namespace migrations::rules {

namespace {

class Calls {
public:
    explicit Calls(const Schema& schema) : schema_{schema} {}

    std::vector<std::string> take() { return std::move(names_); }

    void operator()(const sql::Rows& rows) { add(rows.all.functions, rows.reads); }
    void operator()(const sql::CreateTableAs& create) {
        if (!create.with_no_data) add(create.all.functions, create.reads);
    }
    void operator()(const sql::RefreshView& refresh) {
        const KnownView* view = schema_.view(refresh.view);
        if (view != nullptr && !refresh.with_no_data) add_view(*view);
    }
    template <class Action>
    void operator()(const Action&) {}

private:
    void add(const std::vector<std::string>& functions, const std::vector<ObjectName>& reads) {
        for (const std::string& name : functions)
            if (called_function(schema_, name) != nullptr) names_.push_back(name);
        for (const ObjectName& read : reads)
            if (const KnownView* view = schema_.view(read); view && !view->materialized)
                add_view(*view);
    }

    void add_view(const KnownView& view) {
        if (seen_.insert(key_of(view.name)).second) add(view.functions, view.reads);
    }

    const Schema& schema_;
    std::vector<std::string> names_;
    std::set<std::string> seen_;  // views
};

}  // namespace

ObjectName name_of_call(const std::string& function) {
    const std::size_t dot = function.find('.');
    return dot == std::string::npos
               ? ObjectName{"", function, 0}
               : ObjectName{function.substr(0, dot), function.substr(dot + 1), 0};
}

const KnownFunction* called_function(const Schema& schema, const std::string& name) {
    return schema.function(name_of_call(name));
}

std::vector<std::string> called_by(const sql::Action& action, const Schema& schema) {
    Calls calls{schema};
    std::visit(calls, action);
    return calls.take();
}

}  // namespace migrations::rules
