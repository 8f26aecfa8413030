// A clients file: how clients write what no human wrote.

#include "parts.hpp"

namespace weir::config {

void read_clients(const spot& file, dialect::ask_rules& into) {
    section top{file};
    top.read("envelopes", into.envelopes);
    top.read("request_elements", into.request_elements);
    top.read("paste_leads", into.paste_leads);
    if (const auto s = top.find("housekeeping")) {
        section part{*s};
        part.read("system", into.housekeeping_system);
        part.read("ask", into.housekeeping_ask);
        part.finish();
    }
    top.read("failure_marks", into.failure_marks);
    top.read("file_extensions", into.file_extensions);
    top.read("not_files", into.not_files);
    top.finish();
}

}  // namespace weir::config
