// SPDX-License-Identifier: Apache-2.0
// bare MICROSECONDS: answers every request over HTTP with the same 1,000 bytes after so much work, on one thread and
// with nothing in between. What those who ask it wait for is this machine's doing: load.py holds the sidecar against
// it. Prints its port; ends when it is killed.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void watch(int all, int line) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = line};
  epoll_ctl(all, EPOLL_CTL_ADD, line, &event);
}

int main(int argc, char** argv) {
  if (argc != 2) return fprintf(stderr, "usage: bare MICROSECONDS\n"), 2;
  const double work = atof(argv[1]) / 1e6;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  const int door = socket(AF_INET, SOCK_STREAM, 0), all = epoll_create1(0), on = 1;
  if (bind(door, (struct sockaddr*)&at, sizeof at) != 0 || listen(door, 256) != 0 ||
      getsockname(door, (struct sockaddr*)&at, &length) != 0) {
    return perror("bare"), 1;
  }
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  watch(all, door);

  static char asked[65536], answer[1100];
  const size_t head = (size_t)snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  memset(answer + head, 'x', 1000);
  for (;;) {
    struct epoll_event events[64];
    const int count = epoll_wait(all, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int line = events[i].data.fd;
      if (line == door) {
        const int fresh = accept(door, NULL, NULL);
        setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(all, fresh);
        continue;
      }
      const int gone = read(line, asked, sizeof asked) <= 0;
      for (const double until = now() + work; !gone && now() < until;) {
      }
      if (gone || write(line, answer, head + 1000) < 0) close(line);
    }
  }
}
