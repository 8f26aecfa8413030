#pragma once
// Who may ask. Keys are kept as SHA-256; a key has 256 random bits, so a plain hash is enough.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::metering {

using key_hash = std::array<std::uint8_t, 32>;

struct client_key {
    std::string id;                // shown in rows, logs and metrics
    key_hash hash{};               // of the key's bytes
    bool may_route = false;        // x-weir-tier, -min-tier, -class and -error-cost count
    bool may_see_balance = false;  // GET /user/balance
    bool may_forward = false;      // endpoints that are passed on: upstream all keys share one account
    bool override_effort = false;  // the policy's effort replaces what the client said about it
    // Where no header says otherwise: what a wrong answer costs, and the class ("" is the policy's first).
    std::int64_t error_cost_usd_milli = 0;
    std::string traffic_class = {};
};

key_hash hash_key(std::string_view key);
std::optional<key_hash> parse_key_hash(std::string_view hex);

class client_keys {
public:
    client_keys() = default;
    explicit client_keys(std::vector<client_key> keys) : keys_(std::move(keys)) {}

    // No key is listed: whoever reaches the listener may ask.
    bool keyless() const noexcept { return keys_.empty(); }
    const std::vector<client_key>& listed() const noexcept { return keys_; }
    // The entry whose hash is `presented`'s, or nullptr. Every entry is compared, in constant time each.
    const client_key* find(std::string_view presented) const;

private:
    std::vector<client_key> keys_;
};

}  // namespace weir::metering
