// TLS to an upstream: who is believed, over real handshakes with certificates made for the test.
#include "weir/upstream/connector.hpp"

#include "support/sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

namespace weir::upstream {
namespace {

using namespace test;
using testing::HasSubstr;

// A self-signed certificate for one host name, and a server context that shows it.
class identity {
public:
    explicit identity(const std::string& host) : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
        X509_set_version(certificate_, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
        X509_set_pubkey(certificate_, key_);
        X509_NAME* name = X509_get_subject_name(certificate_);
        const auto* text = reinterpret_cast<const unsigned char*>(host.c_str());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
        X509_set_issuer_name(certificate_, name);
        X509_EXTENSION* names =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
        X509_add_ext(certificate_, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(certificate_, key_, EVP_sha256());
        context_ = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context_, certificate_);
        SSL_CTX_use_PrivateKey(context_, key_);
    }
    ~identity() {
        SSL_CTX_free(context_);
        X509_free(certificate_);
        EVP_PKEY_free(key_);
    }
    identity(const identity&) = delete;
    identity& operator=(const identity&) = delete;

    void write_certificate(const std::filesystem::path& file) const {
        std::FILE* out = std::fopen(file.c_str(), "w");
        PEM_write_X509(out, certificate_);
        std::fclose(out);
    }
    void allow_only(int version) { SSL_CTX_set_max_proto_version(context_, version); }

    // Shakes hands on an accepted socket; returns the server name that the client asked for.
    std::string serve(wire& w) {
        SSL* ssl = SSL_new(context_);
        SSL_set_fd(ssl, w.fd());
        std::string asked;
        if (SSL_accept(ssl) == 1) {
            const char* sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
            asked = sni ? sni : "";
            char byte;
            SSL_read(ssl, &byte, 1);
        }
        SSL_free(ssl);
        return asked;
    }

private:
    EVP_PKEY* key_;
    X509* certificate_;
    SSL_CTX* context_ = nullptr;
};

class tls_test : public testing::Test {
protected:
    tls_test() {
        std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's own writes do not suppress it
        file_ = std::filesystem::temp_directory_path() / ("weir-tls-" + std::to_string(::getpid()) + ".pem");
        own_.write_certificate(file_);
        to_.name = "test";
        to_.host = "localhost";
        to_.port = upstream_.port();
        to_.ca_file = file_.string();
    }
    ~tls_test() override { std::filesystem::remove(file_); }

    // What a connection comes to: "connected", or the fault's detail.
    std::string connect() {
        auto tls = tls_context::make(to_);
        if (!tls) return tls.error().detail;
        connector c(worker_, to_, *tls, timers_, bounds_);
        std::string came_to;
        worker_.spawn(run(c, came_to));
        worker_.io.restart();
        while (came_to.empty() && worker_.io.run_one() > 0) {}
        return came_to;
    }

    static net::task<void> run(connector& c, std::string& came_to) {
        auto connected = co_await c.connect();
        came_to = connected ? "connected" : connected.error().detail;
    }

    identity own_{"localhost"};
    gate asked_;
    std::string server_name_;
    scripted_upstream upstream_{[this](wire& w, int) {
        server_name_ = own_.serve(w);
        asked_.open();
    }};
    net::worker worker_{0, std::make_unique<net::real_clock>(), [] { return 1; }};
    net::timeouts timers_;
    limits bounds_;
    settings to_;
    std::filesystem::path file_;
};

TEST_F(tls_test, a_certificate_of_the_named_authority_for_the_named_host_is_believed) {
    EXPECT_EQ(connect(), "connected");
    ASSERT_TRUE(asked_.pass());
    EXPECT_EQ(server_name_, "localhost");
}

TEST_F(tls_test, a_certificate_for_another_host_is_refused) {
    identity other("api.example");
    other.write_certificate(file_);  // trusted, but it is not what the server shows
    EXPECT_THAT(connect(), HasSubstr("certificate verify failed"));
}

TEST_F(tls_test, the_right_authority_does_not_excuse_the_wrong_name) {
    to_.host = "127.0.0.1";
    EXPECT_THAT(connect(), HasSubstr("certificate verify failed"));
}

TEST_F(tls_test, the_systems_store_does_not_know_a_certificate_of_our_own) {
    to_.ca_file.clear();
    EXPECT_THAT(connect(), HasSubstr("certificate verify failed"));
}

TEST_F(tls_test, nothing_older_than_tls_1_2_is_spoken) {
    own_.allow_only(TLS1_1_VERSION);
    EXPECT_THAT(connect(), HasSubstr("TLS with localhost"));
}

TEST_F(tls_test, a_handshake_that_stalls_is_given_up) {
    scripted_upstream silent([](wire& w, int) { w.wait_end(patience); });
    to_.port = silent.port();
    timers_.upstream_tls_ms = 200;
    EXPECT_THAT(connect(), HasSubstr("TLS with localhost: timed out"));
}

TEST_F(tls_test, an_authority_file_that_is_not_there_is_a_bad_configuration) {
    to_.ca_file = "/nowhere/ca.pem";
    EXPECT_THAT(connect(), HasSubstr("certificates of upstream test"));
}

}  // namespace
}  // namespace weir::upstream
