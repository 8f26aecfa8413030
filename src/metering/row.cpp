#include "weir/metering/row.hpp"

namespace weir::metering {

std::string_view name_of(outcome o) noexcept {
    switch (o) {
        case outcome::served:
            return "served";
        case outcome::refused:
            return "refused";
        case outcome::upstream_error:
            return "upstream_error";
        case outcome::failed:
            return "failed";
        case outcome::aborted:
            return "aborted";
        case outcome::interrupted:
            return "interrupted";
        case outcome::replaced:
            return "replaced";
    }
    return "unknown";
}

}  // namespace weir::metering
