// SPDX-License-Identifier: Apache-2.0
// T1: streams over TCP. T2: over TLS 1.3, bench_transport CERTIFICATE KEY CA ROW... T3: round trips on one processor.
// Built three times: with a bare peer, with ZeroMQ and with gRPC.
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "streams.h"
#if defined(BENCH_ZEROMQ)
#include "peer_zeromq.h"
#elif defined(BENCH_GRPC)
#include "peer_grpc.h"
#else
#include <openssl/ssl.h>
#endif

namespace {

using bench::Bytes;

Bytes small_frame() {
  return bench::messaging::framed(bench::messaging::Chunk{1, bench::batch(1, bench::report(bench::short_content()))});
}

[[maybe_unused]] void one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  bench::need(sched_setaffinity(0, sizeof one, &one) == 0, "one processor");  // threads to come inherit it
}

#if !defined(BENCH_ZEROMQ) && !defined(BENCH_GRPC)

void all(int descriptor, std::uint8_t* bytes, std::size_t size, ssize_t (*move)(int, std::uint8_t*, std::size_t)) {
  while (size > 0) {
    const ssize_t count = move(descriptor, bytes, size);
    if (count <= 0) return;
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
}
ssize_t out(int to, std::uint8_t* bytes, std::size_t size) { return send(to, bytes, size, MSG_NOSIGNAL); }
ssize_t in(int from, std::uint8_t* bytes, std::size_t size) { return recv(from, bytes, size, 0); }

// Blocking sockets and nothing else, the same bytes.
class RawPingPong {
 public:
  RawPingPong(bench::Kind kind, const Bytes& frame) : bytes_(frame), other_(frame) {
    auto sockets = bench::connected(kind, context_, context_);
    near_ = sockets.first.release();
    far_ = sockets.second.release();
    thread_ = std::thread([this] {
      std::uint8_t first = 0;
      while (recv(far_, &first, 1, MSG_PEEK) > 0) {
        all(far_, other_.data(), other_.size(), in);
        all(far_, other_.data(), other_.size(), out);
      }
    });
  }
  ~RawPingPong() {
    shutdown(near_, SHUT_RDWR);
    thread_.join();
    close(near_);
    close(far_);
  }
  void operator()(std::uint64_t times) {
    while (times-- > 0) {
      all(near_, bytes_.data(), bytes_.size(), out);
      all(near_, bytes_.data(), bytes_.size(), in);
    }
  }

 private:
  Bytes bytes_, other_;
  bench::asio::io_context context_;
  int near_ = -1, far_ = -1;
  std::thread thread_;
};

using Ssl = std::unique_ptr<SSL, void (*)(SSL*)>;
Ssl session(bool server, char** files) {
  SSL_CTX* context = SSL_CTX_new(TLS_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  bench::need(SSL_CTX_use_certificate_file(context, files[0], SSL_FILETYPE_PEM) == 1 &&
                  SSL_CTX_use_PrivateKey_file(context, files[1], SSL_FILETYPE_PEM) == 1 &&
                  SSL_CTX_load_verify_locations(context, files[2], nullptr) == 1,
              "certificate, key and authority");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  Ssl ssl(SSL_new(context), SSL_free);
  SSL_CTX_free(context);
  server ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
  return ssl;
}

class RawTls {
 public:
  RawTls(const Bytes& batch, char** files) : batch_(batch), near_(session(false, files)), far_(session(true, files)) {
    auto sockets = bench::connected(bench::Kind::tcp, context_, context_);
    SSL_set_fd(near_.get(), ends_[0] = sockets.first.release());
    SSL_set_fd(far_.get(), ends_[1] = sockets.second.release());
    std::thread other([this] { bench::need(SSL_do_handshake(far_.get()) == 1, "a handshake"); });
    bench::need(SSL_do_handshake(near_.get()) == 1, "a handshake");
    other.join();
  }
  ~RawTls() {
    for (const int end : ends_) close(end);
  }
  void operator()(std::uint64_t times) {
    const std::uint64_t bytes = times * batch_.size();
    std::thread taking([this, bytes] {
      const bench::Pinned here(1);
      Bytes buffer(128 * 1024);
      for (std::uint64_t had = 0; had < bytes;) {
        const int count = SSL_read(far_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (count <= 0) bench::give_up("raw TLS ended");
        had += static_cast<std::uint64_t>(count);
      }
    });
    const bench::Pinned here(0);
    while (times-- > 0) {
      if (SSL_write(near_.get(), batch_.data(), static_cast<int>(batch_.size())) <= 0) bench::give_up("raw TLS ended");
    }
    taking.join();
  }

 private:
  const Bytes batch_;
  bench::asio::io_context context_;
  Ssl near_, far_;
  int ends_[2] = {};
};

void tls(const bench::How& how, char** files) {
  const Bytes frame =
      bench::messaging::framed(bench::messaging::Chunk{1, bench::batch(100, bench::report(bench::short_content()))});
  const bench::messaging::TlsFiles papers{files[0], files[1], files[2], "localhost"};
  const auto client = bench::messaging::Papers::read(papers, bench::messaging::Papers::Side::sender);
  const auto server = bench::messaging::Papers::read(papers, bench::messaging::Papers::Side::receiver);
  bench::need(client && server, "papers");
  bench::OurStream ours(frame, 4, &*client, &*server);
  Bytes four;
  for (int i = 0; i < 4; ++i) four.insert(four.end(), frame.begin(), frame.end());
  RawTls theirs(four, files);
  bench::compare("T2", how, std::ref(ours), std::ref(theirs));
}

#endif

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) bench::give_up("usage: bench_transport CERTIFICATE KEY CA ROW... [--quick]");
  const bench::Asked asked(argc - 3, argv + 3);
  auto how = asked.how;
  how.clock = bench::clock_or(bench::Clock::wall);
  how.slice_ns = asked.quick ? 1e7 : 4e7;
  const Bytes frame = small_frame();
#if defined(BENCH_ZEROMQ)
  if (asked.has("T1")) {
    bench::OurStream ours(frame);
    bench::ZeroMqStream theirs(frame);
    bench::compare("T1 zeromq", how, std::ref(ours), std::ref(theirs));
  }
  if (asked.has("T3")) {
    one_processor();
    bench::OurPingPong ours(bench::Kind::tcp, frame);
    bench::ZeroMqPingPong theirs(frame);
    bench::compare("T3 zeromq", how, std::ref(ours), std::ref(theirs));
  }
#elif defined(BENCH_GRPC)
  if (asked.has("T1")) {
    bench::OurStream ours(frame);
    bench::GrpcStream theirs(frame);
    bench::compare("T1 grpc", how, std::ref(ours), std::ref(theirs));
  }
#else
  if (asked.has("T1")) {
    bench::OurStream ours(frame);
    bench::BareStream theirs(frame);
    bench::compare("T1 asio", how, std::ref(ours), std::ref(theirs));
  }
  if (asked.has("T2")) tls(how, argv + 1);
  if (asked.has("T3")) {
    one_processor();
    for (const auto kind : {bench::Kind::tcp, bench::Kind::unix_socket}) {
      bench::OurPingPong ours(kind, frame);
      RawPingPong theirs(kind, frame);
      bench::compare(kind == bench::Kind::tcp ? "T3 tcp" : "T3 unix", how, std::ref(ours), std::ref(theirs));
    }
  }
#endif
  return 0;
}
