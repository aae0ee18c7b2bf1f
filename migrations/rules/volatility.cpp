#include "migrations/rules/volatility.hpp"

#include <string_view>

namespace migrations::rules {

namespace {

// Names between blanks.
constexpr std::string_view stable =
    " age array_to_json array_to_string concat concat_ws convert_from convert_to current_database "
    "current_date current_schema "
    "current_schemas current_setting current_time current_timestamp current_user date_trunc "
    "format get_current_ts_config getdatabaseencoding inet_client_addr json_build_array "
    "json_build_object jsonb_build_array jsonb_build_object localtime localtimestamp now "
    "pg_backend_pid pg_current_xact_id pg_typeof row_to_json session_user "
    "statement_timestamp timezone to_char to_date to_json to_jsonb to_number to_timestamp "
    "to_tsquery to_tsvector transaction_timestamp txid_current version ";

constexpr std::string_view volatile_ones =
    " clock_timestamp currval gen_random_bytes gen_random_uuid gen_salt gen_ulid lastval "
    "nextval pg_current_wal_lsn pg_sleep random random_normal setseed setval timeofday "
    "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7 ";

constexpr std::string_view immutable =
    " abs acos array_append array_cat array_fill array_length array_lower "
    "array_position array_prepend array_remove array_replace array_upper "
    "ascii asin atan atan2 bit_length bool box btrim cardinality cbrt ceil ceiling "
    "char_length character_length chr circle cos cot date date_part "
    "daterange decode degrees div encode exp extract factorial float4 float8 floor get_bit "
    "get_byte hashtext inet_merge initcap int2 int4 int4range int8 int8range interval "
    "isfinite json_object json_typeof jsonb_array_length jsonb_object jsonb_set "
    "jsonb_strip_nulls jsonb_typeof justify_days justify_hours left length line ln log lower "
    "lpad lseg ltrim make_date make_interval make_time make_timestamp md5 mod numeric "
    "numrange octet_length overlay path pi point polygon position power quote_ident "
    "quote_literal radians regexp_match regexp_replace repeat replace reverse right round "
    "rpad rtrim scale sha224 sha256 sha384 sha512 sign sin split_part sqrt "
    "string_to_array strpos substr substring tan text timestamp translate trunc "
    "tsrange tstzrange unistr upper upper_inf width_bucket ";

bool has(std::string_view names, const std::string& name) {
    return names.find(" " + name + " ") != std::string_view::npos;
}

}  // namespace

std::optional<char> volatility_of(const std::string& function, const Schema& schema) {
    const std::size_t dot = function.find('.');
    const ObjectName name = dot == std::string::npos
                                ? ObjectName{"", function, 0}
                                : ObjectName{function.substr(0, dot), function.substr(dot + 1), 0};
    if (const KnownFunction* known = schema.function(name)) return known->volatility;
    if (has(volatile_ones, name.name)) return 'v';
    // An extension's function may stand in any schema; what is here stands in pg_catalog.
    if (dot != std::string::npos) return std::nullopt;
    if (has(stable, name.name)) return 's';
    if (has(immutable, name.name)) return 'i';
    return std::nullopt;
}

std::optional<std::string> volatile_function(const sql::Expression& expression,
                                             const Schema& schema) {
    for (const std::string& function : expression.functions)
        if (volatility_of(function, schema).value_or('v') == 'v') return function;
    return std::nullopt;
}

}  // namespace migrations::rules
