// SPDX-License-Identifier: Apache-2.0
// gRPC: a client's stream, a message a frame, each written with the hint that it may wait in the buffer.
#pragma once

#include <grpcpp/grpcpp.h>

#include "content.h"
#include "pairs.h"
#include "stream.grpc.pb.h"

namespace bench {

class GrpcStream {
 public:
  explicit GrpcStream(const Bytes& frame) {
    frame_.set_bytes(frame.data(), frame.size());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    need(server_ != nullptr, "a gRPC server");
    stub_ =
        Stream::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }
  ~GrpcStream() { server_->Shutdown(); }
  GrpcStream(const GrpcStream&) = delete;
  GrpcStream& operator=(const GrpcStream&) = delete;
  void operator()(std::uint64_t writes) {
    const std::uint64_t frames = writes * 64;
    grpc::ClientContext context;
    Count count;
    const auto writer = stub_->Take(&context, &count);
    const auto hint = grpc::WriteOptions().set_buffer_hint();
    for (std::uint64_t i = 0; i < frames; ++i) {
      if (!writer->Write(frame_, hint)) give_up("gRPC ended");
    }
    writer->WritesDone();
    if (!writer->Finish().ok() || count.frames() != frames) give_up("gRPC failed");
  }

 private:
  class Service final : public Stream::Service {
    grpc::Status Take(grpc::ServerContext*, grpc::ServerReader<Frame>* reader, Count* count) override {
      Frame frame;
      std::uint64_t frames = 0;
      while (reader->Read(&frame)) ++frames;
      count->set_frames(frames);
      return grpc::Status::OK;
    }
  } service_;
  Frame frame_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Stream::Stub> stub_;
};

}  // namespace bench
