// SPDX-License-Identifier: Apache-2.0
// Line plots and bars as SVG text. Colours come from the page's style sheet, so light, dark and print work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "review_words.h"

namespace alliance::tools::review {

struct PlotPoint {
  double x = 0, y = 0;
  std::string hint;  // shown when pointed at, and read aloud
};

struct PlotLine {
  std::string label;
  std::string style;  // a class of the style sheet: "client", "practitioner", "symptom"
  std::vector<PlotPoint> points;
};

// Something that happened at x: a signal, a safety flag.
struct PlotMark {
  double x = 0;
  std::optional<double> y{};  // of the point that it is about
  std::string style;          // "drop", "repaired", "safety"
  std::string hint;
};

struct Plot {
  std::string title, x_name, y_name;
  double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
  bool whole_x = true;  // ticks at whole numbers only
  std::vector<PlotLine> lines;
  std::vector<PlotMark> marks;
};
std::string svg(const Plot& plot);

struct Bar {
  std::string label;
  double used = 0, planned = 0;
};
// Used minutes as a filled bar over the planned ones as an outline.
std::string svg_bars(const std::string& title, const std::vector<Bar>& bars, const Words& words = in_english);

// A line the height of a line of text, for tables.
std::string sparkline(const std::vector<double>& values, double min, double max, const std::string& style,
                      const std::string& title);

}  // namespace alliance::tools::review
