// SPDX-License-Identifier: Apache-2.0
// Certificates made while a test runs: an authority, and what it issues.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace certificates {

inline std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto length = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  return out;
}

class Authority {
 public:
  struct Issued {
    std::string certificate, key;  // PEM
  };
  explicit Authority(const char* name) : key_(EVP_EC_gen("P-256")), self_(X509_new()) {
    prepare(self_, name, key_, 3600);
    extend(self_, NID_basic_constraints, "critical,CA:TRUE");
    X509_set_issuer_name(self_, X509_get_subject_name(self_));
    X509_sign(self_, key_, EVP_sha256());
  }
  ~Authority() {
    X509_free(self_);
    EVP_PKEY_free(key_);
  }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  std::string pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, self_);
    return text_of(bio);
  }
  // `names` as in "DNS:platform.example,IP:127.0.0.1"; valid from an hour ago until `seconds` from now.
  Issued issue(const char* names, long seconds = 3600, const char* passphrase = nullptr) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* made = X509_new();
    prepare(made, "made for a test", key, seconds);
    extend(made, NID_subject_alt_name, names);
    X509_set_issuer_name(made, X509_get_subject_name(self_));
    X509_sign(made, key_, EVP_sha256());
    BIO* certificate = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(certificate, made);
    BIO* secret = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(secret, key, passphrase == nullptr ? nullptr : EVP_aes_256_cbc(), passphrase,
                                  passphrase == nullptr ? 0 : static_cast<int>(std::strlen(passphrase)), nullptr,
                                  nullptr);
    X509_free(made);
    EVP_PKEY_free(key);
    return {text_of(certificate), text_of(secret)};
  }

 private:
  static void prepare(X509* certificate, const char* name, EVP_PKEY* key, long seconds) {
    static long serial = 0;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate), seconds);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  }
  static void extend(X509* certificate, int what, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    ASSERT_NE(extension, nullptr) << value;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  EVP_PKEY* key_;
  X509* self_;
};

// Paths; turns into whatever struct has these three and a name.
struct Files {
  std::string certificate, private_key, ca;
  template <class Tls>
  operator Tls() const {
    return {certificate, private_key, ca, {}};
  }
};

// A folder of PEM files that is removed at the end.
class PemFolder {
 public:
  PemFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-tls-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~PemFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  Files files(const std::string& name, const Authority::Issued& own, const Authority& believed) const {
    return {write(name + ".pem", own.certificate), write(name + ".key", own.key), write(name + ".ca", believed.pem())};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace certificates
