#include "weir/net/chunked.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir::net {
namespace {

struct decoded {
    std::string payload;
    std::string rest;
    bool done = false;
    std::string wrong;
};

// Feeds `wire` in pieces of `step` bytes.
decoded feed(const std::string& wire, std::size_t step) {
    chunk_decoder d;
    decoded out;
    for (std::size_t at = 0; at < wire.size() && !d.done(); at += step) {
        std::string piece = wire.substr(at, step);
        const auto p = d.decode(piece.data(), piece.size());
        if (!p) {
            out.wrong = p.error();
            return out;
        }
        out.payload.append(piece, 0, p->payload);
        if (d.done()) out.rest = piece.substr(p->consumed) + wire.substr(std::min(wire.size(), at + step));
    }
    out.done = d.done();
    return out;
}

TEST(chunk_decoder, gives_the_payload_however_the_bytes_are_split) {
    const std::string wire = "5\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\nNEXT";
    for (std::size_t step = 1; step <= wire.size(); ++step) {
        const decoded d = feed(wire, step);
        EXPECT_EQ(d.payload, "hello 0123456789") << "split every " << step;
        EXPECT_EQ(d.rest, "NEXT") << "split every " << step;
        EXPECT_TRUE(d.done) << "split every " << step << ": " << d.wrong;
    }
}

TEST(chunk_decoder, reads_and_drops_trailer_fields) {
    const decoded d = feed("1\r\nx\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n", 3);
    EXPECT_TRUE(d.done) << d.wrong;
    EXPECT_EQ(d.payload, "x");
}

TEST(chunk_decoder, refuses_what_could_be_read_in_two_ways) {
    for (const char* wire :
         {"5;name=value\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
          "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
          "5\r\nhelloo\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "\r\nhello\r\n", "-1\r\nx\r\n",
          "1000000000000000\r\nx", "5\r\nhello\r\n0\r\n\rx", "0\r\nA: b\nC: d\r\n\r\n", "G\r\n",
          "5\r\r\nhello\r\n0\r\n\r\n"}) {
        for (const std::size_t step : {1u, 64u}) {
            const decoded d = feed(wire, step);
            EXPECT_FALSE(d.wrong.empty()) << "accepted: " << wire;
        }
    }
}

TEST(chunk_decoder, bounds_the_trailer) {
    const decoded d = feed("0\r\nX: " + std::string(chunk_decoder::trailer_bytes_max, 'a') + "\r\n\r\n", 100);
    EXPECT_EQ(d.wrong, "trailer is too long");
}

TEST(chunk_head, writes_the_size_in_hexadecimal) {
    std::array<char, 20> room;
    EXPECT_EQ(chunk_head(1, room), "1\r\n");
    EXPECT_EQ(chunk_head(16'384, room), "4000\r\n");
    EXPECT_EQ(chunk_head(0xabcdef, room), "abcdef\r\n");
}

}  // namespace
}  // namespace weir::net
