#include "migrations/sql/shape.hpp"

#include <string_view>

namespace migrations::sql {

namespace {

template <class Value>
const Value& field_at(const ProtobufCMessage& message, std::size_t offset) {
    return *reinterpret_cast<const Value*>(reinterpret_cast<const char*>(&message) + offset);
}

class Writer {
public:
    void write(const ProtobufCMessage& message) {
        text_ += '{';
        for (unsigned index = 0; index < message.descriptor->n_fields; ++index)
            write_field(message, message.descriptor->fields[index]);
        text_ += '}';
    }

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    void write_field(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
        if (std::string_view{field.name}.ends_with("location")) return;
        const bool is_alternative = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        if (is_alternative && field_at<std::uint32_t>(message, field.quantifier_offset) != field.id)
            return;
        if (field.type == PROTOBUF_C_TYPE_MESSAGE) return write_messages(message, field);
        std::string value = value_of_field(message, field);
        if (!value.empty()) text_ += std::string{field.name} + "=" + value + ";";
    }

    void write_messages(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
        if (field.label != PROTOBUF_C_LABEL_REPEATED) {
            const auto* below = field_at<const ProtobufCMessage*>(message, field.offset);
            if (below == nullptr) return;
            text_ += field.name;
            return write(*below);
        }
        const auto count = field_at<std::size_t>(message, field.quantifier_offset);
        auto* const* items = field_at<ProtobufCMessage* const*>(message, field.offset);
        for (std::size_t index = 0; index < count; ++index) {
            text_ += field.name;
            write(*items[index]);
        }
    }

    // Empty where it is what an unset one has. A string may hold anything: its length is said.
    static std::string value_of_field(const ProtobufCMessage& message,
                                      const ProtobufCFieldDescriptor& field) {
        if (field.type == PROTOBUF_C_TYPE_STRING) {
            const std::string value = text_of(field_at<const char*>(message, field.offset));
            return value.empty() ? "" : std::to_string(value.size()) + ":" + value;
        }
        if (field.type != PROTOBUF_C_TYPE_INT32 && field.type != PROTOBUF_C_TYPE_UINT32 &&
            field.type != PROTOBUF_C_TYPE_BOOL && field.type != PROTOBUF_C_TYPE_ENUM)
            return {};
        const auto value = field_at<std::int32_t>(message, field.offset);
        return value == 0 ? "" : std::to_string(value);
    }

    std::string text_;
};

}  // namespace

std::string shape_of(const Node* node) {
    if (node == nullptr) return {};
    Writer writer;
    writer.write(node->base);
    return writer.text();
}

}  // namespace migrations::sql
