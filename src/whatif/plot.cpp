#include "weir/whatif/plot.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace weir::whatif {
namespace {

constexpr double width = 720, height = 460;
constexpr double left = 70, right = 20, top = 84, bottom = 62;
constexpr double step = 0.1;       // an axis begins and ends at a multiple of it
constexpr double outermost = 10;   // beyond it a point is drawn at the edge
constexpr int ticks_max = 11;      // of an axis
constexpr std::size_t styles = 4;  // then colours and dashes come round again

// Colours are told apart by dashes as well, for who sees none or prints in grey.
constexpr std::string_view style_sheet = R"(<style>
  .weir-plot { background: #ffffff; color: #1f2328; font: 13px system-ui, sans-serif; }
  .weir-plot text { fill: currentColor; }
  .title { font-size: 16px; font-weight: 600; }
  .grid { stroke: currentColor; stroke-opacity: 0.15; }
  .axis { stroke: currentColor; }
  .line { fill: none; stroke-width: 2; }
  .line0 { stroke: #1f5fa8; }
  .line1 { stroke: #b04a00; stroke-dasharray: 7 3; }
  .line2 { stroke: #2f7d32; stroke-dasharray: 2 3; }
  .line3 { stroke: #7b3fa0; stroke-dasharray: 9 3 2 3; }
  .mark { fill: none; stroke: currentColor; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .weir-plot { background: #14181d; color: #e6e8eb; }
    .line0 { stroke: #7db7f5; }
    .line1 { stroke: #f2a65a; }
    .line2 { stroke: #8fd694; }
    .line3 { stroke: #cfa2ec; }
  }
</style>
)";

// Control characters are no XML at all, escaped or not.
std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return safe;
}

std::string fixed(double value, int decimals) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                            std::chars_format::fixed, decimals);
    return error == std::errc{} ? std::string(buffer.data(), end) : "0";
}

bool drawable(const plot_point& p) { return std::isfinite(p.x) && std::isfinite(p.y); }

struct range {
    double from = 0;
    double to = 1;

    void include(double value) {
        const double inside = std::clamp(value, -outermost, outermost);
        // A hair less, so that a value on a multiple does not open another step by its last bit.
        from = std::min(from, step * std::floor(inside / step + 1e-9));
        to = std::max(to, step * std::ceil(inside / step - 1e-9));
    }
    double share(double value) const { return (std::clamp(value, from, to) - from) / (to - from); }
    // Distance of two ticks: the least multiple of a step that leaves few enough.
    double tick() const {
        const double steps = std::round((to - from) / step);
        return step * std::ceil(steps / (ticks_max - 1));
    }
};

// Where the axes are, and where on the sheet a point lies.
class frame {
public:
    explicit frame(const plot& what) {
        for (const plot_series& s : what.series) {
            for (const plot_point& p : s.points) include(p);
        }
        if (what.mark) include(what.mark->at);
    }
    double x_of(double x) const { return left + x_.share(x) * (width - left - right); }
    double y_of(double y) const { return height - bottom - y_.share(y) * (height - top - bottom); }
    const range& x_range() const noexcept { return x_; }
    const range& y_range() const noexcept { return y_; }

private:
    void include(const plot_point& p) {
        if (!drawable(p)) return;
        x_.include(p.x);
        y_.include(p.y);
    }
    range x_, y_;
};

std::string percent(double fraction) {
    const double whole = std::round(fraction * 100);
    return fixed(whole == 0 ? 0.0 : whole, 0) + " %";
}

std::string line(double x1, double y1, double x2, double y2, std::string_view kind) {
    return "<line class=\"" + std::string(kind) + "\" x1=\"" + fixed(x1, 1) + "\" y1=\"" + fixed(y1, 1) +
           "\" x2=\"" + fixed(x2, 1) + "\" y2=\"" + fixed(y2, 1) + "\"/>\n";
}

std::string text(double x, double y, std::string_view attributes, std::string_view words) {
    return "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" " + std::string(attributes) + '>' +
           escaped(words) + "</text>\n";
}

std::string axes(const plot& what, const frame& f) {
    constexpr double floor_y = height - bottom;
    std::string drawn;
    const auto ticks = [](const range& r) {
        return static_cast<int>(std::floor((r.to - r.from) / r.tick() + 1e-9));
    };
    for (int i = 0; i <= ticks(f.x_range()); ++i) {
        const double at = f.x_range().from + i * f.x_range().tick();
        drawn += line(f.x_of(at), top, f.x_of(at), floor_y, "grid");
        drawn += text(f.x_of(at), floor_y + 18, "text-anchor=\"middle\"", percent(at));
    }
    for (int i = 0; i <= ticks(f.y_range()); ++i) {
        const double at = f.y_range().from + i * f.y_range().tick();
        drawn += line(left, f.y_of(at), width - right, f.y_of(at), "grid");
        drawn += text(left - 8, f.y_of(at) + 4, "text-anchor=\"end\"", percent(at));
    }
    drawn += line(left, floor_y, width - right, floor_y, "axis");
    drawn += line(left, top, left, floor_y, "axis");
    drawn += text((left + width - right) / 2, height - 16, "text-anchor=\"middle\"", what.x_label);
    const double middle = (top + floor_y) / 2;
    drawn += text(18, middle, "text-anchor=\"middle\" transform=\"rotate(-90 18 " + fixed(middle, 1) + ")\"",
                  what.y_label);
    return drawn;
}

std::string style_of(std::size_t series) { return "line line" + std::to_string(series % styles); }

std::string curves(const plot& what, const frame& f) {
    std::string drawn;
    double legend_x = left;
    for (std::size_t i = 0; i < what.series.size(); ++i) {
        std::string points;
        for (const plot_point& p : what.series[i].points) {
            if (!drawable(p)) continue;
            points += (points.empty() ? "" : " ") + fixed(f.x_of(p.x), 1) + ',' + fixed(f.y_of(p.y), 1);
        }
        drawn += "<polyline class=\"" + style_of(i) + "\" points=\"" + points + "\"/>\n";
        drawn += line(legend_x, top - 24, legend_x + 30, top - 24, style_of(i));
        drawn += text(legend_x + 36, top - 20, "", what.series[i].name);
        // Text has no width before it is drawn; seven units a letter leave room in common fonts.
        legend_x += 60 + 7 * static_cast<double>(what.series[i].name.size());
    }
    return drawn;
}

std::string marked(const plot_mark& mark, const frame& f) {
    if (!drawable(mark.at)) return {};
    const double x = f.x_of(mark.at.x), y = f.y_of(mark.at.y);
    const bool on_the_right = x > (left + width - right) / 2;
    return "<circle class=\"mark\" cx=\"" + fixed(x, 1) + "\" cy=\"" + fixed(y, 1) + "\" r=\"5\"/>\n" +
           text(on_the_right ? x - 10 : x + 10, y + 20,
                on_the_right ? "text-anchor=\"end\"" : "text-anchor=\"start\"", mark.text);
}

}  // namespace

std::string to_svg(const plot& what) {
    const frame f(what);
    std::string svg = "<svg class=\"weir-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
                      fixed(width, 0) + ' ' + fixed(height, 0) + "\" role=\"img\" aria-label=\"" +
                      escaped(what.title) + "\">\n";
    svg += "<title>" + escaped(what.title) + "</title>\n";
    svg += style_sheet;
    svg += text(left, 28, "class=\"title\"", what.title);
    svg += axes(what, f) + curves(what, f);
    if (what.mark) svg += marked(*what.mark, f);
    return svg + "</svg>\n";
}

}  // namespace weir::whatif
