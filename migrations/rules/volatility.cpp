#include "migrations/rules/volatility.hpp"

#include <string_view>

namespace migrations::rules {

namespace {

// Names between blanks: those of pg_catalog in PostgreSQL 15 that a value is made with, the
// strictest of a name's functions, and some of what came later and of contrib.
constexpr std::string_view stable =
    " age array_to_json array_to_string concat concat_ws convert convert_from convert_to "
    "current_database current_date current_schema current_schemas current_setting current_time "
    "current_timestamp current_user date date_add date_part date_subtract date_trunc enum_first "
    "enum_last enum_range extract format format_type get_current_ts_config getdatabaseencoding "
    "getpgusername inet_client_addr inet_client_port inet_server_addr inet_server_port "
    "json_build_array json_build_object json_populate_record json_to_record json_to_tsvector "
    "jsonb_build_array jsonb_build_object jsonb_path_exists_tz jsonb_path_match_tz "
    "jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_populate_record jsonb_to_record "
    "jsonb_to_tsvector length localtime localtimestamp make_timestamptz money mxid_age now "
    "numeric oidvectortypes overlaps pg_backend_pid pg_client_encoding pg_current_snapshot "
    "pg_current_xact_id pg_current_xact_id_if_assigned pg_has_role pg_postmaster_start_time "
    "pg_typeof phraseto_tsquery plainto_tsquery quote_literal quote_nullable regclass "
    "row_to_json session_user statement_timestamp time timestamp timestamptz timetz timezone "
    "to_char to_date to_json to_jsonb to_number to_regclass to_regcollation to_regnamespace "
    "to_regoper to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_timestamp "
    "to_tsquery to_tsvector transaction_timestamp ts_headline txid_current version "
    "websearch_to_tsquery xml xml_is_well_formed ";

constexpr std::string_view volatile_ones =
    " array_sample array_shuffle clock_timestamp currval gen_random_bytes gen_random_uuid "
    "gen_salt gen_ulid lastval nextval pg_current_wal_flush_lsn pg_current_wal_insert_lsn "
    "pg_current_wal_lsn pg_sleep random random_normal set_config setseed setval timeofday "
    "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7 ";

constexpr std::string_view immutable =
    " abbrev abs acos acosd acosh area array_append array_cat array_dims array_fill array_length "
    "array_lower array_ndims array_position array_positions array_prepend array_remove "
    "array_replace array_reverse array_sort array_to_tsvector array_upper ascii asin asind asinh "
    "atan atan2 atan2d atand atanh bit bit_count bit_length bool box bpchar broadcast btrim "
    "cardinality casefold cash_words cbrt ceil ceiling center char char_length character_length "
    "chr cidr circle cos cosd cosh cot cotd crc32 crypt date_bin datemultirange daterange decode "
    "degrees diagonal diameter digest div encode exp factorial family float4 float8 floor gcd "
    "get_bit get_byte hashtext height hmac host hostmask inet_merge initcap int2 int4 "
    "int4multirange int4range int8 int8multirange int8range interval is_normalized isclosed "
    "isfinite ishorizontal isopen isparallel isperp isvertical json_array_length json_object "
    "json_strip_nulls json_typeof jsonb_array_length jsonb_insert jsonb_object jsonb_path_exists "
    "jsonb_path_match jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set "
    "jsonb_set_lax jsonb_strip_nulls jsonb_typeof justify_days justify_hours justify_interval "
    "lcm left like line ln log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr macaddr8 "
    "macaddr8_set7bit make_date make_interval make_time make_timestamp masklen md5 min_scale mod "
    "multirange name netmask network normalize npoints num_nonnulls num_nulls nummultirange "
    "numnode numrange octet_length oid overlay parse_ident path pclose pg_size_bytes "
    "pg_size_pretty pi point polygon popen position pow power querytree quote_ident radians "
    "radius regexp_count regexp_instr regexp_like regexp_match regexp_replace "
    "regexp_split_to_array regexp_substr repeat replace reverse right round rpad rtrim scale "
    "set_bit set_byte set_masklen setweight sha224 sha256 sha384 sha512 sign similar_to_escape "
    "sin sind sinh slope split_part sqrt string_to_array strip strpos substr substring tan tand "
    "tanh text to_ascii to_bin to_hex to_oct translate trim_array trim_scale trunc ts_delete "
    "ts_filter ts_lexize ts_rank ts_rank_cd tsmultirange tsrange tstzmultirange tstzrange "
    "tsvector_to_array unistr upper upper_inc upper_inf uuid_extract_timestamp "
    "uuid_extract_version uuid_generate_v3 uuid_generate_v5 uuid_nil varbit varchar width "
    "width_bucket xid xml_is_well_formed_content xml_is_well_formed_document xmlcomment "
    "xmlexists xmlvalidate xpath xpath_exists ";

// Of PostGIS, wherever it is installed: what a geometry is mostly made with.
constexpr std::string_view immutable_of_extensions =
    " st_geogfromtext st_geographyfromtext st_geometryfromtext st_geomfromewkb st_geomfromewkt "
    "st_geomfromtext st_geomfromwkb st_linefromtext st_makeenvelope st_makeline st_makepoint "
    "st_makepolygon st_point st_pointfromtext st_polygon st_setsrid st_transform ";

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
    if (has(immutable_of_extensions, name.name)) return 'i';
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
