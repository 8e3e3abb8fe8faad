// SPDX-License-Identifier: Apache-2.0
#include "messaging/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace alliance::messaging {
namespace {

template <auto Free>
struct Freeing {
  template <class Thing>
  void operator()(Thing* thing) const {
    Free(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;

// OpenSSL's own words for what is on top of this thread's queue; they name no secret.
std::string reason() {
  const auto code = ERR_peek_last_error();
  const char* text = ERR_reason_error_string(code);
  std::string out = text == nullptr ? "for no known reason" : text;
  ERR_clear_error();
  return out;
}

tl::unexpected<Failure> cannot(const char* what, const std::string& where, const std::string& why) {
  return fail(ALLIANCE_E_INVALID, std::string("TLS: ") + what + " " + where + " " + why);
}

// The text of a PEM: a file's, or with env:NAME a variable's.
Result<std::string> pem(const char* what, const std::string& where) {
  if (where.starts_with("env:")) {
    const char* text = std::getenv(where.c_str() + 4);
    if (text == nullptr) return cannot(what, where, "is not in the environment");
    return std::string(text);
  }
  std::ifstream file(where, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return cannot(what, where, "cannot be read");
  return std::move(text).str();
}

Bio over(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

int no_passphrase(char*, int, int, void*) { return -1; }  // without this OpenSSL asks at the terminal

std::vector<Certificate> certificates(const std::string& text) {
  std::vector<Certificate> out;
  const auto bio = over(text);
  while (X509* one = PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr)) out.emplace_back(one);
  ERR_clear_error();  // the end of the text is no error
  return out;
}

Result<void> believe(SSL_CTX* context, const std::string& ca) {
  const auto text = pem("the authority's certificates", ca);
  if (!text) return tl::unexpected(text.error());
  const auto all = certificates(*text);
  if (all.empty()) return cannot("the authority's certificates", ca, "hold none: give a PEM file");
  for (const auto& one : all) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get());
    SSL_CTX_add_client_CA(context, one.get());
  }
  return {};
}

Result<void> identify(SSL_CTX* context, const TlsFiles& files) {
  const auto text = pem("the certificate", files.certificate);
  if (!text) return tl::unexpected(text.error());
  const auto chain = certificates(*text);
  if (chain.empty()) return cannot("the certificate", files.certificate, "holds none: give a PEM file");
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return cannot("the certificate", files.certificate, "cannot be used: " + reason());
  }
  for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context, chain[i].get());

  auto secret = pem("the private key", files.private_key);
  if (!secret) return tl::unexpected(secret.error());
  const Key key(PEM_read_bio_PrivateKey(over(*secret).get(), nullptr, no_passphrase, nullptr));
  OPENSSL_cleanse(secret->data(), secret->size());
  if (!key) {
    ERR_clear_error();
    return cannot("the private key", files.private_key, "is no PEM of a key without a passphrase");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return cannot("the private key", files.private_key, "does not belong to the certificate " + files.certificate);
  }
  return {};
}

// OpenSSL's own socket BIO writes in a way that raises SIGPIPE in the embedding program.
int take(BIO* bio, char* into, int size) {
  const auto count = ::recv(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))), into,
                            static_cast<std::size_t>(size), 0);
  BIO_clear_retry_flags(bio);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(bio);
  if (count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(count);
}
int give(BIO* bio, const char* bytes, int size) {
  const auto count = ::send(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))), bytes,
                            static_cast<std::size_t>(size), MSG_NOSIGNAL);
  BIO_clear_retry_flags(bio);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}
long control(BIO* bio, int what, long, void*) {
  if (what == BIO_CTRL_FLUSH) return 1;
  return what == BIO_CTRL_EOF && BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
}
BIO* descriptor_bio(int descriptor) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "descriptor");
    BIO_meth_set_read(made, take);
    BIO_meth_set_write(made, give);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  BIO* bio = BIO_new(method);
  // OpenSSL's place for what is ours is a pointer, and a number fits in it.
  BIO_set_data(bio,
               reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));  // NOLINT(performance-no-int-to-ptr)
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

Result<Papers> Papers::read(TlsFiles files, Side side) {
  if (files.certificate.empty() || files.private_key.empty()) {
    return fail(ALLIANCE_E_INVALID, "tls:// needs a certificate and its private key: each side shows who it is");
  }
  if (side == Side::receiver && files.ca.empty()) {
    return fail(ALLIANCE_E_INVALID, "a receiver on tls:// needs the authority that senders' certificates come from");
  }
  Papers out(std::move(files), side);
  if (const auto context = out.context(); !context) return tl::unexpected(context.error());
  return out;
}

Result<std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>> Papers::context() const {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  if (!context) return fail(ALLIANCE_E_LIMIT, "TLS: out of memory");
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);  // each connection shows its papers
  SSL_CTX_set_read_ahead(raw, 1);   // several records in one read
  SSL_CTX_set_default_read_buffer_len(raw, 64 * 1024);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (auto ok = identify(raw, files_); !ok) return tl::unexpected(std::move(ok).error());
  if (files_.ca.empty()) {
    SSL_CTX_set_default_verify_paths(raw);
  } else if (auto ok = believe(raw, files_.ca); !ok) {
    return tl::unexpected(std::move(ok).error());
  }
  return context;
}

Result<std::unique_ptr<SSL, void (*)(SSL*)>> Papers::session(int descriptor, const std::string& name) const {
  const auto made = context();
  if (!made) return tl::unexpected(made.error());
  std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(made->get()), SSL_free);  // keeps the context
  if (!ssl) return fail(ALLIANCE_E_LIMIT, "TLS: out of memory");
  BIO* bio = descriptor_bio(descriptor);
  SSL_set_bio(ssl.get(), bio, bio);
  if (side_ == Side::receiver) {
    SSL_set_accept_state(ssl.get());
    return ssl;
  }
  SSL_set_connect_state(ssl.get());
  auto* wanted = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const auto& must_bear = files_.name.empty() ? name : files_.name;
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, must_bear.c_str()) == 1) return ssl;
  ERR_clear_error();
  if (SSL_set1_host(ssl.get(), must_bear.c_str()) != 1 || SSL_set_tlsext_host_name(ssl.get(), must_bear.c_str()) != 1) {
    return fail(ALLIANCE_E_INVALID, "TLS: " + must_bear + " is no name that a certificate could bear");
  }
  return ssl;
}

TlsSession::Step TlsSession::step(int result, std::size_t bytes) {
  if (result > 0) return {State::done, bytes};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {State::wants_read};
    case SSL_ERROR_WANT_WRITE:
      return {State::wants_write};
    case SSL_ERROR_ZERO_RETURN:
      return {State::ended};
    default:
      break;
  }
  const auto code = ERR_peek_last_error();
  if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    ERR_clear_error();
    return {State::ended};  // whether something was cut off is seen by the frames
  }
  const auto verified = SSL_get_verify_result(ssl_.get());
  if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK) {
    ERR_clear_error();
    failure_ = {
        ALLIANCE_E_DENIED,
        std::string("TLS: the other side's certificate was not accepted: ") + X509_verify_cert_error_string(verified),
        {}};
  } else {
    failure_ = {ALLIANCE_E_DENIED, "TLS: " + reason(), {}};
  }
  return {State::failed};
}

TlsSession::Step TlsSession::handshake() {
  ERR_clear_error();
  return step(SSL_do_handshake(ssl_.get()), 0);
}

TlsSession::Step TlsSession::read(std::span<std::uint8_t> into) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  return step(result, count);
}

TlsSession::Step TlsSession::write(std::span<const std::uint8_t> bytes) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
  return step(result, count);
}

void TlsSession::say_goodbye() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) != 0) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::vector<std::string> TlsSession::peer_names() const {
  std::vector<std::string> out;
  const Certificate peer(SSL_get1_peer_certificate(ssl_.get()));
  if (!peer) return out;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(peer.get(), NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS) continue;
    const auto* text = ASN1_STRING_get0_data(name->d.dNSName);
    std::string one(text, text + ASN1_STRING_length(name->d.dNSName));
    std::transform(one.begin(), one.end(), one.begin(), [](unsigned char c) { return std::tolower(c); });
    out.push_back(std::move(one));
  }
  GENERAL_NAMES_free(names);
  return out;
}

}  // namespace alliance::messaging
