#pragma once
// What the tests of the command line share: a command run in this process, what it said, and one that runs
// until a signal ends it.

#include "weir/cli/run.hpp"

#include "support/running_weir.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace weir::test {

inline const std::string shipped_config = WEIR_SOURCE_DIR "/config/weir.yaml";

struct said {
    std::string out;
    std::string err;
};

// What goes to both outputs of this process while the object lives. By descriptor, so that the log, which
// does not go through std::cerr, is part of it.
class capture {
public:
    capture() {
        // `explain` asks for this, and the first to ask replaces the buffers of all standard streams.
        std::ios::sync_with_stdio(false);
        std::cout.flush();
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
    }
    capture(const capture&) = delete;
    capture& operator=(const capture&) = delete;
    ~capture() {
        if (taken_) return;
        const said all = take();
        if (testing::Test::HasFailure()) std::cerr << all.out << all.err;
    }
    said take() {
        taken_ = true;
        std::cout.flush();
        std::cerr.flush();
        said all;
        all.out = testing::internal::GetCapturedStdout();
        all.err = testing::internal::GetCapturedStderr();
        return all;
    }

private:
    bool taken_ = false;
};

inline int run_arguments(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "weir");
    std::vector<char*> argv;
    for (std::string& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    return cli::run(static_cast<int>(arguments.size()), argv.data());
}

struct ended_command : said {
    int code = -1;
};

inline std::ostream& operator<<(std::ostream& to, const ended_command& c) {
    return to << "exit code " << c.code << "\nstdout:\n" << c.out << "\nstderr:\n" << c.err;
}

inline ended_command run_weir(std::vector<std::string> arguments, const std::string& standard_input = "") {
    capture both;
    std::istringstream in(standard_input);
    std::streambuf* const before = std::cin.rdbuf(in.rdbuf());
    const int code = run_arguments(std::move(arguments));
    std::cin.rdbuf(before);
    return {both.take(), code};
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

inline std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
}

// Set, or unset where there is no value, until the end of the scope.
class environment_variable {
public:
    environment_variable(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
        if (const char* const now = ::getenv(name_.c_str())) before_ = now;
        put(value);
    }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;
    ~environment_variable() { put(before_); }

private:
    void put(const std::optional<std::string>& value) {
        if (value) {
            ::setenv(name_.c_str(), value->c_str(), 1);
        } else {
            ::unsetenv(name_.c_str());
        }
    }

    std::string name_;
    std::optional<std::string> before_;
};

class working_folder {
public:
    explicit working_folder(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder);
    }
    working_folder(const working_folder&) = delete;
    working_folder& operator=(const working_folder&) = delete;
    ~working_folder() {
        std::error_code ignored;
        std::filesystem::current_path(before_, ignored);
    }

private:
    std::filesystem::path before_;
};

// A command that runs until a signal, in a thread of its own. Its thread begins with the stop signals
// blocked, so one that is sent before the command waits for it is not lost and does not end the test.
class running_command {
public:
    explicit running_command(std::vector<std::string> arguments) {
        sigset_t stops, before;
        sigemptyset(&stops);
        sigaddset(&stops, SIGTERM);
        sigaddset(&stops, SIGINT);
        pthread_sigmask(SIG_BLOCK, &stops, &before);
        thread_ = std::thread([this, a = std::move(arguments)]() mutable {
            code_ = run_arguments(std::move(a));
            ended_ = true;
        });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    running_command(const running_command&) = delete;
    running_command& operator=(const running_command&) = delete;
    ~running_command() { stop(); }

    // The NAME=VALUE lines of the ready file; none where the command ended first or took too long.
    std::map<std::string, std::string> wait_ready(const std::filesystem::path& file) const {
        const auto until = std::chrono::steady_clock::now() + patience;
        std::error_code ignored;
        while (!std::filesystem::exists(file, ignored)) {
            if (ended_ || std::chrono::steady_clock::now() > until) return {};
            std::this_thread::yield();
        }
        std::map<std::string, std::string> values;
        for (const std::string& line : lines_of(read_file(file))) {
            const std::size_t sign = line.find('=');
            if (sign != std::string::npos) values[line.substr(0, sign)] = line.substr(sign + 1);
        }
        return values;
    }
    void signal(int number) {
        if (thread_.joinable()) pthread_kill(thread_.native_handle(), number);
    }
    int join() {
        if (thread_.joinable()) thread_.join();
        return code_;
    }
    int stop() {
        signal(SIGTERM);
        return join();
    }

private:
    std::atomic<bool> ended_ = false;
    std::atomic<int> code_ = -1;
    std::thread thread_;
};

inline std::uint16_t port_of(const std::string& address) {
    return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

}  // namespace weir::test
