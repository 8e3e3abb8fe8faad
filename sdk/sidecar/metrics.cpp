// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace alliance::sidecar {
namespace {

std::string metric_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

void metric_head(std::string& to, const std::string& name, const char* type, const char* help) {
  to += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

}  // namespace

void Metrics::answered(const std::string& operation, int status, double seconds) {
  const std::lock_guard lock(mutex_);
  Row& row = rows_[operation.empty() ? "none" : operation];
  ++row.by_class[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
  ++row.buckets[static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin())];
  row.seconds += seconds;
  ++row.count;
}

void Metrics::line(std::string& to, const char* name, const char* type, const char* help, double value) {
  metric_head(to, name, type, help);
  to += std::string(name) + " " + metric_number(value) + "\n";
}

std::string Metrics::text() const {
  std::string out;
  const std::lock_guard lock(mutex_);
  metric_head(out, "alliance_requests_total", "counter", "Requests answered, by operation and class of status.");
  for (const auto& [operation, row] : rows_) {
    for (std::size_t i = 1; i < row.by_class.size(); ++i) {
      if (row.by_class[i] == 0) continue;
      out += "alliance_requests_total{operation=\"" + operation + "\",status=\"" + std::to_string(i) + "xx\"} " +
             std::to_string(row.by_class[i]) + "\n";
    }
  }
  metric_head(out, "alliance_request_seconds", "histogram", "From a whole request to its answer.");
  for (const auto& [operation, row] : rows_) {
    const std::string label = "{operation=\"" + operation + "\"";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      below += row.buckets[i];
      out += "alliance_request_seconds_bucket" + label + ",le=\"" + metric_number(bounds[i]) + "\"} " +
             std::to_string(below) + "\n";
    }
    out += "alliance_request_seconds_bucket" + label + ",le=\"+Inf\"} " + std::to_string(row.count) + "\n";
    out += "alliance_request_seconds_sum" + label + "} " + metric_number(row.seconds) + "\n";
    out += "alliance_request_seconds_count" + label + "} " + std::to_string(row.count) + "\n";
  }
  const auto now = [](const auto& counter) { return static_cast<double>(counter.load()); };
  line(out, "alliance_connections", "gauge", "Connections that are open.", now(connections));
  line(out, "alliance_streams", "gauge", "Streams of reports that are open.", now(streams));
  line(out, "alliance_waiting_requests", "gauge", "Requests that wait for a worker or are worked at.", now(waiting));
  line(out, "alliance_turned_away_total", "counter", "Connections and requests for which there was no room.",
       now(turned_away));
  line(out, "alliance_dropped_streams_total", "counter", "Streams let go because nobody read them.",
       now(dropped_streams));
  line(out, "alliance_refused_tokens_total", "counter", "Requests without a good token.", now(refused));
  line(out, "alliance_faults_total", "counter", "Requests that met a fault of the sidecar.", now(faults));
  return out;
}

std::string Metrics::noteworthy() {
  const std::pair<const std::atomic<std::uint64_t>*, const char*> kinds[] = {
      {&refused, "requests without a good token"},
      {&turned_away, "connections and requests for which there was no room or that took too long"},
      {&dropped_streams, "streams that nobody read"},
      {&faults, "requests that met a fault of the sidecar"}};
  std::string out;
  for (std::size_t i = 0; i < told_.size(); ++i) {
    const std::uint64_t count = kinds[i].first->load(), more = count - std::exchange(told_[i], count);
    if (more > 0) out += (out.empty() ? "" : ", ") + std::to_string(more) + " " + kinds[i].second;
  }
  return out.empty() ? out : "since the last such line: " + out;
}

}  // namespace alliance::sidecar
