// SPDX-License-Identifier: Apache-2.0
// D3, D4: reports with both ends durable, beside brokers that keep as many messages of the same bytes.
// bench_brokers FOLDER ROW... with BENCH_POSTGRESQL (how to connect), BENCH_NATS (a url), BENCH_RABBITMQ (a port): of
// each that is set its row is measured.
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <libpq-fe.h>
#include <nats/nats.h>

#include "receiving.h"
#include "sending.h"

namespace {

using bench::Bytes;

// COPY in the binary format, 1,024 rows a transaction, into a table with a key and the message.
class Postgresql {
 public:
  explicit Postgresql(const char* how) : connection_(PQconnectdb(how)) {
    bench::need(PQstatus(connection_) == CONNECTION_OK, "a connection to PostgreSQL");
    run("CREATE TABLE messages (id bigserial PRIMARY KEY, message bytea NOT NULL)");
    const auto put = [this](std::uint64_t value, int bytes) {
      for (int at = bytes - 1; at >= 0; --at) copy_.push_back(static_cast<char>(value >> (8 * at)));
    };
    const char head[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\377', '\r', '\n', '\0'};
    copy_.assign(head, head + sizeof head);
    put(0, 4);
    put(0, 4);
    for (std::uint64_t row = 0; row < bench::many; ++row) {
      put(1, 2);
      put(bench::message.size(), 4);
      copy_.insert(copy_.end(), bench::message.begin(), bench::message.end());
    }
    put(0xffff, 2);
  }
  void operator()(std::uint64_t times) {
    while (times-- > 0) {
      PQclear(PQexec(connection_, "COPY messages (message) FROM STDIN (FORMAT binary)"));
      if (PQputCopyData(connection_, copy_.data(), static_cast<int>(copy_.size())) != 1 ||
          PQputCopyEnd(connection_, nullptr) != 1) {
        bench::give_up(PQerrorMessage(connection_));
      }
      PGresult* result = PQgetResult(connection_);
      if (PQresultStatus(result) != PGRES_COMMAND_OK) bench::give_up(PQerrorMessage(connection_));
      PQclear(result);
      while ((result = PQgetResult(connection_)) != nullptr) PQclear(result);
    }
  }

 private:
  void run(const char* sql) {
    PGresult* result = PQexec(connection_, sql);
    bench::need(PQresultStatus(result) == PGRES_COMMAND_OK, sql);
    PQclear(result);
  }
  PGconn* connection_;
  std::vector<char> copy_;
};

class JetStream {
 public:
  explicit JetStream(const char* url) {
    bench::need(natsConnection_ConnectTo(&connection_, url) == NATS_OK, "a connection to NATS");
    jsOptions options;
    jsOptions_Init(&options);
    options.PublishAsync.MaxPending = 4'096;
    bench::need(natsConnection_JetStream(&stream_, connection_, &options) == NATS_OK, "JetStream");
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    const char* subject = "reports";
    config.Name = "REPORTS";
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    config.Replicas = 1;
    bench::need(js_AddStream(nullptr, stream_, &config, nullptr, nullptr) == NATS_OK, "a stream on disk");
  }
  void operator()(std::uint64_t times) {
    for (std::uint64_t i = 0; i < times * bench::many; ++i) {
      jsPubOptions options;
      jsPubOptions_Init(&options);
      const std::string id = std::to_string(++next_);
      options.MsgId = id.c_str();
      if (js_PublishAsync(stream_, "reports", bench::message.data(), static_cast<int>(bench::message.size()),
                          &options) != NATS_OK) {
        bench::give_up("JetStream takes nothing");
      }
    }
    jsPubOptions wait;
    jsPubOptions_Init(&wait);
    wait.MaxWait = 60'000;
    if (js_PublishAsyncComplete(stream_, &wait) != NATS_OK) bench::give_up("JetStream did not acknowledge everything");
  }

 private:
  natsConnection* connection_ = nullptr;
  jsCtx* stream_ = nullptr;
  std::uint64_t next_ = 0;
};

// A quorum queue, persistent messages, confirmed by the broker in whatever batches it likes.
class RabbitMq {
 public:
  explicit RabbitMq(int port) : connection_(amqp_new_connection()) {
    amqp_socket_t* socket = amqp_tcp_socket_new(connection_);
    bench::need(amqp_socket_open(socket, "127.0.0.1", port) == 0, "a connection to RabbitMQ");
    const auto login = amqp_login(connection_, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    bench::need(login.reply_type == AMQP_RESPONSE_NORMAL, "RabbitMQ lets us in");
    amqp_channel_open(connection_, 1);
    amqp_table_entry_t kind;
    kind.key = amqp_cstring_bytes("x-queue-type");
    kind.value.kind = AMQP_FIELD_KIND_UTF8;
    kind.value.value.bytes = amqp_cstring_bytes("quorum");
    const amqp_table_t table = {1, &kind};
    amqp_queue_declare(connection_, 1, amqp_cstring_bytes("reports"), 0, 1, 0, 0, table);
    bench::need(amqp_get_rpc_reply(connection_).reply_type == AMQP_RESPONSE_NORMAL, "a quorum queue");
    amqp_confirm_select(connection_, 1);
  }
  void operator()(std::uint64_t times) {
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.delivery_mode = 2;
    const amqp_bytes_t body = {bench::message.size(), const_cast<std::uint8_t*>(bench::message.data())};
    while (times-- > 0) {
      for (std::uint64_t i = 0; i < bench::many; ++i, ++sent_) {
        amqp_basic_publish(connection_, 1, amqp_empty_bytes, amqp_cstring_bytes("reports"), 0, 0, &properties, body);
      }
      while (sent_ - confirmed_ > 4 * bench::many) confirm();
    }
    while (confirmed_ < sent_) confirm();
  }

 private:
  void confirm() {
    amqp_frame_t frame;
    if (amqp_simple_wait_frame(connection_, &frame) != AMQP_STATUS_OK) bench::give_up("RabbitMQ is gone");
    if (frame.frame_type != AMQP_FRAME_METHOD) return;
    bench::need(frame.payload.method.id == AMQP_BASIC_ACK_METHOD, "RabbitMQ confirms");
    const auto* ack = static_cast<const amqp_basic_ack_t*>(frame.payload.method.decoded);
    if (ack->multiple) {
      confirmed_ = std::max(confirmed_, ack->delivery_tag);
      single_ = 0;
    } else {
      ++single_;
      if (ack->delivery_tag == confirmed_ + single_) confirmed_ += single_, single_ = 0;
    }
    amqp_maybe_release_buffers(connection_);
  }
  amqp_connection_state_t connection_;
  std::uint64_t sent_ = 0, confirmed_ = 0, single_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) bench::give_up("usage: bench_brokers FOLDER ROW... [--quick]");
  const std::string folder = argv[1];
  const bench::Asked asked(argc - 1, argv + 1);
  bench::ReceiverProcess disk(bench::Keeps::on_disk, folder + "/inbox.db");
  bench::Sender sender(folder + "/outbox.db", disk.address(), true);
  auto how = asked.how;
  how.clock = bench::Clock::wall;
  how.slices = 3;
  how.slice_ns = 2e8;
  const auto compare = [&](const char* row, auto& theirs) {
    bench::compare(row, how, bench::flow(sender), std::ref(theirs));
  };
  if (const char* at = std::getenv("BENCH_NATS")) {
    JetStream theirs(at);
    compare(std::getenv("BENCH_NATS_SYNCS") != nullptr ? "D3 syncing" : "D3", theirs);
  }
  if (const char* at = std::getenv("BENCH_POSTGRESQL")) {
    Postgresql theirs(at);
    compare("D4 postgresql", theirs);
  }
  if (const char* at = std::getenv("BENCH_RABBITMQ")) {
    RabbitMq theirs(std::atoi(at));
    compare("D4 rabbitmq", theirs);
  }
  return 0;
}
