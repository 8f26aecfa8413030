// Prints the tables of the simulated month as Markdown: weir_month CONFIG_FOLDER [PER_MILLE]

#include "deciders.hpp"
#include "figures.hpp"

#include <charconv>
#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
    constexpr int bad_usage = 64;
    std::int64_t per_mille = 1000;
    if (argc == 3) {
        const std::string_view text = argv[2];
        const auto read = std::from_chars(text.data(), text.data() + text.size(), per_mille);
        if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) per_mille = 0;
    }
    if (argc < 2 || argc > 3 || per_mille < 1 || per_mille > 1000) {
        std::cerr << "usage: weir_month CONFIG_FOLDER [PER_MILLE]\n"
                     "PER_MILLE, 1 to 1000, is the part of the month that is run.\n";
        return bad_usage;
    }
    const auto settings = weir::month::load_policies(argv[1]);
    if (!settings) {
        std::cerr << settings.error();
        return bad_usage;
    }
    std::cout << weir::month::print_month(*settings, per_mille);
    return 0;
}
