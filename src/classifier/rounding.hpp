#pragma once
// Numbers of weights, rounded so that a file of text holds them exactly.

#include "weir/classifier/linear.hpp"

namespace weir::classifier {

// Terms, bias, scale and calibration to seven significant digits, words to multiples of word_unit().
void round_for_a_file(linear& kind);

}  // namespace weir::classifier
