// SPDX-License-Identifier: Apache-2.0
#include "review_plot.h"

#include <algorithm>
#include <cmath>

#include "review_escape.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

constexpr double width = 430, height = 230;
constexpr double left = 46, right = 14, top = 46, bottom = 42;

std::string attribute(const char* name_, double value) {
  return std::string(" ") + name_ + "=\"" + number(value, 2) + "\"";
}

double tick_step(double span, bool whole) {
  if (!(span > 0)) return 1;
  const double rough = span / (whole ? 12 : 5);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (factor * power >= rough) return whole ? std::max(1.0, std::round(factor * power)) : factor * power;
  }
  return span;
}

std::string text(double x, double y, const char* style, const std::string& words) {
  return "<text" + attribute("x", x) + attribute("y", y) + " class=\"" + style + "\">" + html_text(words) + "</text>";
}

std::string plot_line(double x1, double y1, double x2, double y2, const std::string& style) {
  return "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) + " class=\"" +
         html_text(style) + "\"/>";
}

class Frame {
 public:
  explicit Frame(const Plot& plot) : plot_(plot) {}
  double x(double value) const {
    const double span = plot_.x_max - plot_.x_min;
    return left + (span > 0 ? (value - plot_.x_min) / span : 0.5) * (width - left - right);
  }
  double y(double value) const {
    const double span = plot_.y_max - plot_.y_min;
    return height - bottom - (span > 0 ? (value - plot_.y_min) / span : 0.5) * (height - top - bottom);
  }

 private:
  const Plot& plot_;
};

std::string axes(const Plot& plot, const Frame& frame) {
  std::string out;
  const double y_step = tick_step(plot.y_max - plot.y_min, false);
  for (double v = std::ceil(plot.y_min / y_step) * y_step; v <= plot.y_max + y_step * 1e-6; v += y_step) {
    out += plot_line(left, frame.y(v), width - right, frame.y(v), "grid");
    out += text(left - 6, frame.y(v) + 4, "tick end", number(v, 2));
  }
  const double x_step = tick_step(plot.x_max - plot.x_min, plot.whole_x);
  for (double v = std::ceil(plot.x_min / x_step) * x_step; v <= plot.x_max + x_step * 1e-6; v += x_step) {
    out += text(frame.x(v), height - bottom + 16, "tick middle", number(v, 2));
  }
  out += plot_line(left, height - bottom, width - right, height - bottom, "axis");
  out += plot_line(left, top, left, height - bottom, "axis");
  out += text((left + width - right) / 2, height - 8, "name middle", plot.x_name);
  out += "<text transform=\"translate(12 " + number((top + height - bottom) / 2, 1) +
         ") rotate(-90)\" class=\"name middle\">" + html_text(plot.y_name) + "</text>";
  return out;
}

std::string dot(double x, double y, const std::string& style, const std::string& hint) {
  const std::string title = "<title>" + html_text(hint) + "</title>";
  if (style == "practitioner") {  // another form as well as another colour
    return "<rect" + attribute("x", x - 3.5) + attribute("y", y - 3.5) +
           " width=\"7\" height=\"7\" class=\"dot practitioner\">" + title + "</rect>";
  }
  return "<circle" + attribute("cx", x) + attribute("cy", y) + " r=\"3.8\" class=\"dot " + html_text(style) + "\">" +
         title + "</circle>";
}

std::string plot_curve(const PlotLine& one, const Frame& frame) {
  std::string path;
  for (const auto& p : one.points) {
    path += (path.empty() ? "M" : "L") + number(frame.x(p.x), 2) + " " + number(frame.y(p.y), 2);
  }
  std::string out = "<path d=\"" + path + "\" class=\"line " + html_text(one.style) + "\"/>";
  for (const auto& p : one.points) out += dot(frame.x(p.x), frame.y(p.y), one.style, p.hint);
  return out;
}

std::string mark(const PlotMark& one, const Frame& frame) {
  const double x = frame.x(one.x);
  const std::string title = "<title>" + html_text(one.hint) + "</title>";
  if (one.y) {
    return "<g>" + title + "<circle" + attribute("cx", x) + attribute("cy", frame.y(*one.y)) +
           " r=\"8\" class=\"mark " + html_text(one.style) + "\"/></g>";
  }
  return "<g>" + title + plot_line(x, top, x, height - bottom, "mark " + one.style) + "<path d=\"M" + number(x, 2) +
         " " + number(top + 1, 2) + "l-5 -9h10z\" class=\"flag " + html_text(one.style) + "\"/></g>";
}

std::string legend(const Plot& plot) {
  std::string out;
  double x = 8;
  for (const auto& one : plot.lines) {
    out += dot(x, 27, one.style, one.label) + text(x + 9, 31, "key", one.label);
    x += 26 + 5.2 * static_cast<double>(one.label.size());
  }
  return out;
}

}  // namespace

std::string svg(const Plot& plot) {
  const Frame frame(plot);
  std::string out = "<svg class=\"plot\" viewBox=\"0 0 " + number(width) + " " + number(height) +
                    "\" role=\"img\" aria-label=\"" + html_text(plot.title) + "\">";
  out += text(4, 15, "title", plot.title) + legend(plot) + axes(plot, frame);
  for (const auto& one : plot.marks) {
    if (!one.y) out += mark(one, frame);
  }
  for (const auto& one : plot.lines) out += plot_curve(one, frame);
  for (const auto& one : plot.marks) {
    if (one.y) out += mark(one, frame);
  }
  return out + "</svg>";
}

std::string svg_bars(const std::string& title, const std::vector<Bar>& bars, const Words& w) {
  constexpr double row = 22, label_width = 118, bars_top = 30;
  double most = 1;
  for (const auto& bar : bars) most = std::max({most, bar.used, bar.planned});
  const double high = bars_top + row * static_cast<double>(bars.size()) + 8;
  const auto x = [&](double minutes) { return label_width + minutes / most * (width - label_width - 92); };
  std::string out = "<svg class=\"plot\" viewBox=\"0 0 " + number(width) + " " + number(high) +
                    "\" role=\"img\" aria-label=\"" + html_text(title) + "\">" + text(4, 15, "title", title);
  double y = bars_top;
  for (const auto& bar : bars) {
    const std::string hint = bar.label + w(": ") + w("{} of {} minutes", {number(bar.used), number(bar.planned)});
    out += text(label_width - 8, y + 12, "tick end", bar.label);
    out += "<rect" + attribute("x", x(0)) + attribute("y", y + 1) + attribute("width", x(bar.planned) - x(0)) +
           " height=\"15\" class=\"planned\"/>";
    out += "<rect" + attribute("x", x(0)) + attribute("y", y + 4) + attribute("width", x(bar.used) - x(0)) +
           " height=\"9\" class=\"used" + (bar.used > bar.planned ? " over" : "") + "\"><title>" + html_text(hint) +
           "</title></rect>";
    out += text(x(std::max(bar.used, bar.planned)) + 6, y + 12, "tick",
                w("{} of {}", {number(bar.used, 0), number(bar.planned, 0)}));
    y += row;
  }
  return out + "</svg>";
}

std::string sparkline(const std::vector<double>& values, double min, double max, const std::string& style,
                      const std::string& title) {
  if (values.empty()) return {};
  constexpr double wide = 84, high = 30;
  std::string path;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x =
        values.size() > 1 ? 3 + (wide - 6) * static_cast<double>(i) / static_cast<double>(values.size() - 1) : wide / 2;
    const double y = high - 3 - (max > min ? (values[i] - min) / (max - min) : 0.5) * (high - 6);
    path += (path.empty() ? "M" : "L") + number(x, 1) + " " + number(y, 1);
    if (i + 1 == values.size()) {
      return "<svg class=\"spark\" viewBox=\"0 0 84 30\" role=\"img\" aria-label=\"" + html_text(title) + "\"><title>" +
             html_text(title) + "</title><path d=\"" + path + "\" class=\"line " + html_text(style) + "\"/><circle" +
             attribute("cx", x) + attribute("cy", y) + " r=\"2.2\" class=\"dot " + html_text(style) + "\"/></svg>";
    }
  }
  return {};
}

}  // namespace alliance::tools::review
