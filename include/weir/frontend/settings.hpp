#pragma once
// Where weir listens, and to whom it speaks.

#include <cstdint>
#include <string>
#include <vector>

namespace weir::frontend {

struct address {
    std::string host = "127.0.0.1";  // an IP address
    std::uint16_t port = 0;          // 0: the system picks
};

struct settings {
    address listen{"127.0.0.1", 8787};
    address admin_listen{"127.0.0.1", 8788};
    unsigned workers = 0;                   // 0: one a core
    std::vector<std::string> cors_origins;  // web pages that may ask, and read what they are told
    bool gzip_bodies = false;               // bodies may come compressed; else they are refused with 415
};

}  // namespace weir::frontend
