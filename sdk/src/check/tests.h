// SPDX-License-Identifier: Apache-2.0
// The tests' functions, by file; table.cpp gives each its id and its sentence.
#pragma once

#include "check/session.h"

namespace alliance::check {

// manifest_tests.cpp: nothing of the plugin is loaded.
Outcome manifest_readable(const Subject& subject);
Outcome manifest_words(const Subject& subject);
Outcome manifest_runtime(const Subject& subject);
Outcome manifest_abi(const Subject& subject);
Outcome manifest_kinds(const Subject& subject);
Outcome manifest_paths(const Subject& subject);
Outcome manifest_hashes(const Subject& subject);
Outcome manifest_library(const Subject& subject);
Outcome manifest_version(const Subject& subject);
Outcome library_exports_entry(const Subject& subject);
Outcome library_exports_nothing_else(const Subject& subject);
Outcome library_has_no_unique_symbols(const Subject& subject);
Outcome library_has_no_run_path(const Subject& subject);
Outcome library_has_no_executable_stack(const Subject& subject);
Outcome library_has_no_text_relocations(const Subject& subject);

// entry_tests.cpp: up to init() and what get_factory() gives.
Outcome library_loads(const Subject& subject);
Outcome entry_found(const Subject& subject);
Outcome entry_size(const Subject& subject);
Outcome entry_abi(const Subject& subject);
Outcome entry_layout(const Subject& subject);
Outcome entry_functions(const Subject& subject);
Outcome entry_steady(const Subject& subject);
Outcome entry_reserved(const Subject& subject);
Outcome init_succeeds(const Subject& subject);
Outcome init_without_services(const Subject& subject);
Outcome init_null_services(const Subject& subject);
Outcome init_null_error(const Subject& subject);
Outcome init_odd_settings(const Subject& subject);
Outcome init_again(const Subject& subject);
Outcome factories_of_manifest(const Subject& subject);
Outcome factories_whole(const Subject& subject);
Outcome factories_size(const Subject& subject);
Outcome factories_unknown(Session& session);
Outcome factories_steady(Session& session);

// descriptor_tests.cpp
Outcome descriptors_filled(Session& session);
Outcome descriptors_ids(Session& session);
Outcome descriptors_distinct(Session& session);
Outcome descriptors_steady(Session& session);
Outcome descriptors_beyond_the_end(Session& session);
Outcome descriptors_older_struct(Session& session);
Outcome create_each(Session& session);
Outcome create_unknown(Session& session);
Outcome create_null_arguments(Session& session);
Outcome create_versions(Session& session);
Outcome instances_independent(Session& session);

// bytes_tests.cpp: questions, their bytes and their sinks.
Outcome answers_are_tables(Session& session);
Outcome answers_in_time(Session& session);
Outcome sink_failing(Session& session);
Outcome sink_failing_later(Session& session);
Outcome sink_null(Session& session);
Outcome sink_not_kept(Session& session);
Outcome output_untouched_on_failure(Session& session);
Outcome payload_empty(Session& session);
Outcome payload_random(Session& session);
Outcome payload_truncated(Session& session);
Outcome payload_flipped(Session& session);
Outcome payload_unaligned(Session& session);
Outcome payload_oversized(Session& session);
Outcome payload_read_in_bounds(Session& session);
Outcome error_text(Session& session);
Outcome error_null(Session& session);
Outcome error_older_struct(Session& session);

// measure_tests.cpp and measure_memory_tests.cpp
Outcome definition_matches(Session& session);
Outcome definition_sound(Session& session);
Outcome definition_vectors(Session& session);
Outcome score_equals_batch(Session& session);
Outcome score_in_range(Session& session);
Outcome score_refuses_unset(Session& session);
Outcome score_refuses_no_number(Session& session);
Outcome score_refuses_no_option(Session& session);
Outcome score_missing_is_no_zero(Session& session);
Outcome score_message_is_safe(Session& session);
Outcome score_untouched_on_failure(Session& session);
Outcome score_shapes(Session& session);
Outcome batch_bad_sheet_alone(Session& session);
Outcome batch_of_none(Session& session);
Outcome score_optional_arrays(Session& session);
Outcome score_in_bounds(Session& session);
Outcome score_keeps_answers(Session& session);
Outcome score_ignores_values_without_answer(Session& session);

// policy_tests.cpp: timing, tailoring and programmes.
Outcome plan_keys(Session& session);
Outcome plan_windows(Session& session);
Outcome plan_next_change(Session& session);
Outcome account_finite(Session& session);
Outcome proposals_keys(Session& session);
Outcome proposals_evidence(Session& session);
Outcome proposals_catalogue(Session& session);
Outcome propose_without_programme(Session& session);
Outcome catalogue_sound(Session& session);
Outcome ingest_lines(Session& session);
Outcome apply_unknown(Session& session);

// transport_tests.cpp
Outcome open_null_arguments(Session& session);
Outcome open_odd_endpoints(Session& session);
Outcome send_acknowledges(Session& session);
Outcome send_hostile(Session& session);
Outcome close_is_the_end(Session& session);

// steady_tests.cpp: the same answers, and nothing that grows.
Outcome same_across_calls(Session& session);
Outcome same_across_instances(Session& session);
Outcome same_after_others(Session& session);
Outcome same_across_threads(Session& session);
Outcome same_across_processes(const Subject& subject);
Outcome same_in_other_places(const Subject& subject);
Outcome same_a_second_later(Session& session);
Outcome serial_on_another_thread(Session& session);
Outcome memory_steady(Session& session);
Outcome handles_steady(Session& session);
Outcome rounds_steady(const Subject& subject);

// manners_tests.cpp: what a plugin leaves alone in a process that is not its own.
Outcome prints_nothing(const Subject& subject);
Outcome leaves_no_thread(const Subject& subject);
Outcome leaves_no_process(const Subject& subject);
Outcome keeps_signals(const Subject& subject);
Outcome keeps_floating_point(const Subject& subject);
Outcome keeps_folder(const Subject& subject);
Outcome keeps_environment(const Subject& subject);
Outcome keeps_locale(const Subject& subject);
Outcome host_only_while_it_lasts(const Subject& subject);
Outcome services_used_well(Session& session);
Outcome ends_with_the_process(const Subject& subject);
Outcome ends_without_deinit(const Subject& subject);

}  // namespace alliance::check
