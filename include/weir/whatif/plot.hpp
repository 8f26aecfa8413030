#pragma once
// A curve as a picture: an SVG with two axes in percent, readable in light and dark, and without colours.

#include <optional>
#include <string>
#include <vector>

namespace weir::whatif {

// Fractions: 0.25 is drawn at 25 %. What is not finite is left out.
struct plot_point {
    double x = 0;
    double y = 0;
};

struct plot_series {
    std::string name;  // as in the legend
    std::vector<plot_point> points;
};

struct plot_mark {
    plot_point at;
    std::string text;
};

struct plot {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::vector<plot_series> series;
    std::optional<plot_mark> mark;
};

// Both axes hold 0 % to 100 %, and more in tens of percent where points lie outside, to -1000 % and 1000 %.
// One file, complete in itself: no script, no font and no image from elsewhere. Texts are escaped.
std::string to_svg(const plot& what);

}  // namespace weir::whatif
