#include "migrations/rules/volatility.hpp"

#include "migrations/rules/called_code.hpp"

#include <string_view>

namespace migrations::rules {

namespace {

// Names between blanks: those of pg_catalog in PostgreSQL 15 that people call, the strictest of a
// name's functions, and some of what came later and of contrib.
constexpr std::string_view stable =
    " age array_to_json array_to_string col_description concat concat_ws convert convert_from "
    "convert_to current_database current_date current_schema current_schemas current_setting "
    "current_time current_timestamp current_user database_to_xml database_to_xml_and_xmlschema "
    "database_to_xmlschema date date_add date_part date_subtract date_trunc enum_first enum_last "
    "enum_range enum_send extract format format_type get_current_ts_config getdatabaseencoding "
    "getpgusername has_any_column_privilege has_column_privilege has_database_privilege "
    "has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege "
    "has_parameter_privilege has_schema_privilege has_sequence_privilege has_server_privilege "
    "has_table_privilege has_tablespace_privilege has_type_privilege inet_client_addr "
    "inet_client_port inet_server_addr inet_server_port json_build_array json_build_object "
    "json_populate_record json_to_record json_to_tsvector jsonb_build_array jsonb_build_object "
    "jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_array_tz jsonb_path_query_first_tz "
    "jsonb_populate_record jsonb_to_record jsonb_to_tsvector length localtime localtimestamp "
    "make_timestamptz money mxid_age now numeric obj_description oidvectortypes overlaps "
    "pg_backend_pid pg_char_to_encoding pg_client_encoding pg_collation_for "
    "pg_collation_is_visible pg_column_compression pg_column_is_updatable pg_column_size "
    "pg_conf_load_time pg_conversion_is_visible pg_current_snapshot pg_current_xact_id "
    "pg_current_xact_id_if_assigned pg_describe_object pg_encoding_to_char "
    "pg_event_trigger_table_rewrite_oid pg_event_trigger_table_rewrite_reason "
    "pg_filenode_relation pg_function_is_visible pg_get_constraintdef pg_get_expr "
    "pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments "
    "pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef "
    "pg_get_partition_constraintdef pg_get_partkeydef pg_get_replica_identity_index "
    "pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef "
    "pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions pg_get_triggerdef "
    "pg_get_userbyid pg_get_viewdef pg_has_role pg_index_column_has_property "
    "pg_index_has_property pg_indexam_has_property pg_is_other_temp_schema pg_my_temp_schema "
    "pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_postmaster_start_time "
    "pg_relation_filenode pg_relation_filepath pg_relation_is_publishable "
    "pg_relation_is_updatable pg_replication_origin_oid pg_settings_get_flags "
    "pg_stat_get_analyze_count pg_stat_get_autoanalyze_count pg_stat_get_autovacuum_count "
    "pg_stat_get_backend_activity pg_stat_get_backend_activity_start "
    "pg_stat_get_backend_client_addr pg_stat_get_backend_client_port pg_stat_get_backend_dbid "
    "pg_stat_get_backend_pid pg_stat_get_backend_start pg_stat_get_backend_userid "
    "pg_stat_get_backend_wait_event pg_stat_get_backend_wait_event_type "
    "pg_stat_get_backend_xact_start pg_stat_get_bgwriter_buf_written_checkpoints "
    "pg_stat_get_bgwriter_buf_written_clean pg_stat_get_bgwriter_maxwritten_clean "
    "pg_stat_get_bgwriter_requested_checkpoints pg_stat_get_bgwriter_stat_reset_time "
    "pg_stat_get_bgwriter_timed_checkpoints pg_stat_get_blocks_fetched pg_stat_get_blocks_hit "
    "pg_stat_get_buf_alloc pg_stat_get_buf_fsync_backend pg_stat_get_buf_written_backend "
    "pg_stat_get_checkpoint_sync_time pg_stat_get_checkpoint_write_time "
    "pg_stat_get_db_active_time pg_stat_get_db_blk_read_time pg_stat_get_db_blk_write_time "
    "pg_stat_get_db_blocks_fetched pg_stat_get_db_blocks_hit pg_stat_get_db_checksum_failures "
    "pg_stat_get_db_checksum_last_failure pg_stat_get_db_conflict_all "
    "pg_stat_get_db_conflict_bufferpin pg_stat_get_db_conflict_lock "
    "pg_stat_get_db_conflict_snapshot pg_stat_get_db_conflict_startup_deadlock "
    "pg_stat_get_db_conflict_tablespace pg_stat_get_db_deadlocks "
    "pg_stat_get_db_idle_in_transaction_time pg_stat_get_db_numbackends "
    "pg_stat_get_db_session_time pg_stat_get_db_sessions pg_stat_get_db_sessions_abandoned "
    "pg_stat_get_db_sessions_fatal pg_stat_get_db_sessions_killed pg_stat_get_db_stat_reset_time "
    "pg_stat_get_db_temp_bytes pg_stat_get_db_temp_files pg_stat_get_db_tuples_deleted "
    "pg_stat_get_db_tuples_fetched pg_stat_get_db_tuples_inserted pg_stat_get_db_tuples_returned "
    "pg_stat_get_db_tuples_updated pg_stat_get_db_xact_commit pg_stat_get_db_xact_rollback "
    "pg_stat_get_dead_tuples pg_stat_get_function_calls pg_stat_get_function_self_time "
    "pg_stat_get_function_total_time pg_stat_get_ins_since_vacuum pg_stat_get_last_analyze_time "
    "pg_stat_get_last_autoanalyze_time pg_stat_get_last_autovacuum_time "
    "pg_stat_get_last_vacuum_time pg_stat_get_live_tuples pg_stat_get_mod_since_analyze "
    "pg_stat_get_numscans pg_stat_get_snapshot_timestamp pg_stat_get_tuples_deleted "
    "pg_stat_get_tuples_fetched pg_stat_get_tuples_hot_updated pg_stat_get_tuples_inserted "
    "pg_stat_get_tuples_returned pg_stat_get_tuples_updated pg_stat_get_vacuum_count "
    "pg_statistics_obj_is_visible pg_table_is_visible pg_tablespace_location pg_trigger_depth "
    "pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible "
    "pg_ts_template_is_visible pg_type_is_visible pg_typeof phraseto_tsquery plainto_tsquery "
    "quote_literal quote_nullable regclass row_security_active row_to_json schema_to_xml "
    "schema_to_xml_and_xmlschema schema_to_xmlschema session_user shobj_description "
    "statement_timestamp table_to_xml table_to_xml_and_xmlschema table_to_xmlschema time "
    "timestamp timestamptz timetz timezone to_char to_date to_json to_jsonb to_number to_regclass "
    "to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure "
    "to_regrole to_regtype to_timestamp to_tsquery to_tsvector transaction_timestamp ts_headline "
    "txid_current txid_current_if_assigned txid_current_snapshot version websearch_to_tsquery xml "
    "xml_is_well_formed ";

constexpr std::string_view volatile_ones =
    " amvalidate array_sample array_shuffle brin_summarize_new_values brin_summarize_range "
    "clock_timestamp current_query currtid2 currval cursor_to_xml cursor_to_xmlschema "
    "gen_random_bytes gen_random_uuid gen_salt gen_ulid gin_clean_pending_list lastval lo_close "
    "lo_creat lo_create lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open "
    "lo_tell lo_tell64 lo_truncate lo_truncate64 lo_unlink loread lowrite nextval "
    "pg_advisory_unlock pg_advisory_unlock_shared pg_backup_start pg_blocking_pids "
    "pg_cancel_backend pg_collation_actual_version pg_create_restore_point pg_current_logfile "
    "pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn "
    "pg_database_collation_actual_version pg_database_size pg_export_snapshot "
    "pg_get_wal_replay_pause_state pg_import_system_collations pg_indexes_size pg_is_in_recovery "
    "pg_is_wal_replay_paused pg_isolation_test_session_is_blocked pg_jit_available "
    "pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp "
    "pg_log_backend_memory_contexts pg_logical_emit_message pg_nextoid "
    "pg_notification_queue_usage pg_promote pg_read_binary_file pg_read_file pg_read_file_old "
    "pg_relation_size pg_reload_conf pg_replication_origin_create pg_replication_origin_progress "
    "pg_replication_origin_session_is_setup pg_replication_origin_session_progress "
    "pg_rotate_logfile pg_rotate_logfile_old pg_safe_snapshot_blocking_pids "
    "pg_sequence_last_value pg_sleep pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit "
    "pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time "
    "pg_stat_get_xact_function_total_time pg_stat_get_xact_numscans "
    "pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched "
    "pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted "
    "pg_stat_get_xact_tuples_returned pg_stat_get_xact_tuples_updated pg_stat_have_stats "
    "pg_switch_wal pg_table_size pg_tablespace_size pg_terminate_backend pg_total_relation_size "
    "pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock "
    "pg_try_advisory_xact_lock_shared pg_xact_commit_timestamp pg_xact_status query_to_xml "
    "query_to_xml_and_xmlschema query_to_xmlschema random random_normal set_config setseed "
    "setval timeofday ts_rewrite txid_status uuid_generate_v1 uuid_generate_v1mc "
    "uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7 ";

constexpr std::string_view immutable =
    " abbrev abs acldefault acos acosd acosh area array_append array_cat array_dims array_fill "
    "array_length array_lower array_ndims array_position array_positions array_prepend "
    "array_remove array_replace array_reverse array_sort array_to_tsvector array_upper ascii asin "
    "asind asinh atan atan2 atan2d atand atanh bit bit_count bit_length bool box bpchar broadcast "
    "btrim cardinality casefold cash_words cbrt ceil ceiling center char char_length "
    "character_length chr cidr circle cos cosd cosh cot cotd crc32 crypt date_bin datemultirange "
    "daterange decode degrees dexp diagonal diameter digest div dlog1 dlog10 dround dtrunc encode "
    "exp factorial family float4 float8 floor gcd get_bit get_byte hashtext height hmac host "
    "hostmask inet_merge initcap int2 int4 int4inc int4multirange int4range int8 int8_sum "
    "int8multirange int8range interval is_normalized isclosed isempty isfinite ishorizontal "
    "isopen isparallel isperp isvertical json_array_length json_object json_strip_nulls "
    "json_typeof jsonb_array_length jsonb_insert jsonb_object jsonb_path_exists jsonb_path_match "
    "jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set jsonb_set_lax "
    "jsonb_strip_nulls jsonb_typeof justify_days justify_hours justify_interval lcm left like "
    "like_escape line ln log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr macaddr8 "
    "macaddr8_set7bit make_date make_interval make_time make_timestamp makeaclitem masklen md5 "
    "min_scale mod multirange name nameconcatoid netmask network normalize notlike npoints "
    "num_nonnulls num_nulls numeric_div_trunc numeric_exp numeric_inc numeric_ln numeric_log "
    "numeric_sqrt nummultirange numnode numrange octet_length oid overlay parse_ident path pclose "
    "pg_encoding_max_length pg_indexam_progress_phasename pg_lsn pg_partition_root pg_size_bytes "
    "pg_size_pretty pg_snapshot_xmax pg_snapshot_xmin pg_visible_in_snapshot pg_wal_lsn_diff "
    "pg_walfile_name pi point polygon popen position postgresql_fdw_validator pow power querytree "
    "quote_ident radians radius range_merge regexp_count regexp_instr regexp_like regexp_match "
    "regexp_replace regexp_split_to_array regexp_substr repeat replace reverse right round rpad "
    "rtrim satisfies_hash_partition scale set_bit set_byte set_masklen setweight sha224 sha256 "
    "sha384 sha512 sign similar_escape similar_to_escape sin sind sinh slope split_part sqrt "
    "string_to_array strip strpos substr substring tan tand tanh text textlen to_ascii to_bin "
    "to_hex to_oct translate trim_array trim_scale trunc ts_delete ts_filter ts_lexize ts_rank "
    "ts_rank_cd tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange tsvector_to_array "
    "txid_snapshot_xmax txid_snapshot_xmin txid_visible_in_snapshot unistr upper upper_inc "
    "upper_inf uuid_extract_timestamp uuid_extract_version uuid_generate_v3 uuid_generate_v5 "
    "uuid_nil varbit varchar width width_bucket xid xml_is_well_formed_content "
    "xml_is_well_formed_document xmlcomment xmlexists xmlvalidate xpath xpath_exists ";

// Of PostGIS, what a geometry is mostly made with, and of contrib, but for names that others give
// to functions of their own (encrypt, sort): STABLE or IMMUTABLE, wherever it is installed.
constexpr std::string_view steady_of_extensions =
    " akeys armor avals citext cube cube_dim cube_enlarge cube_inter cube_is_point cube_ll_coord "
    "cube_size cube_subset cube_union cube_ur_coord dearmor dmetaphone dmetaphone_alt earth_box "
    "earth_distance gc_to_sec hstore hstore_to_json hstore_to_json_loose hstore_to_jsonb "
    "hstore_to_jsonb_loose intset isbn isbn13 ismn ismn13 issn issn13 lca levenshtein "
    "levenshtein_less_equal ll_to_earth ltree2text metaphone nlevel pgp_key_id pgp_pub_decrypt "
    "pgp_pub_decrypt_bytea pgp_sym_decrypt pgp_sym_decrypt_bytea sec_to_gc seg_center seg_inter "
    "seg_lower seg_size seg_union seg_upper show_limit show_trgm similarity sort_asc sort_desc "
    "soundex st_geogfromtext st_geographyfromtext st_geometryfromtext st_geomfromewkb "
    "st_geomfromewkt st_geomfromtext st_geomfromwkb st_linefromtext st_makeenvelope st_makeline "
    "st_makepoint st_makepolygon st_point st_pointfromtext st_polygon st_setsrid st_transform "
    "strict_word_similarity subarray subltree subpath tconvert text2ltree text_soundex unaccent "
    "upc uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500 word_similarity ";

bool has(std::string_view names, const std::string& name) {
    return names.find(" " + name + " ") != std::string_view::npos;
}

}  // namespace

std::optional<char> volatility_of(const std::string& function, const Schema& schema) {
    const ObjectName name = name_of_call(function);
    // The server's own come first, whatever else has the name.
    const bool is_volatile = has(volatile_ones, name.name);
    if (is_volatile && name.schema.empty()) return 'v';
    if (const KnownFunction* known = schema.function(name)) return known->volatility;
    if (is_volatile) return 'v';
    if (has(steady_of_extensions, name.name)) return 's';
    // An extension's function may stand in any schema; what is here stands in pg_catalog.
    if (!name.schema.empty()) return std::nullopt;
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
