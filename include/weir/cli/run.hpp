#pragma once
// The command line: one file a command. Data goes to stdout, messages to stderr.

namespace weir::cli {

// Exit codes, documented in docs/operations.md.
enum exit_code : int {
    exit_ok = 0,
    exit_failed = 1,      // the command could not do its work
    exit_bad_usage = 64,  // flags or configuration; nothing was opened
    exit_io = 74          // a file, the ledger or a port
};

int run(int argc, char** argv);

}  // namespace weir::cli
