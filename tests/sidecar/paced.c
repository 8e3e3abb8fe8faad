// SPDX-License-Identifier: Apache-2.0
// paced PORT RATE SECONDS CONNECTIONS WHEN < REQUEST: the same HTTP request, @@ in it 10 to 73 in turn, RATE a second
// on the average, whether or not those before are answered: people do not wait for each other. WHEN: "random" instants,
// as people come, or "even" ones, which is how tools that keep a rate begin them. Prints one line of JSON, in
// milliseconds: from the instant at which each was due to the last byte of its answer, and `sent_`: from its own
// writing.
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { most_connections = 256, most_bytes = 65536 };

struct line {
  double due, sent;  // of the request that is under way; 0: none
  size_t length;
  char answer[most_bytes];
};

static struct line lines[most_connections];
static struct pollfd sockets[most_connections];
static char request[most_bytes];

static void die(const char* what) {
  fprintf(stderr, "paced: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double draw(void) { return ((double)random() + 0.5) / 2147483648.0; }

static int connected(uint16_t port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int line = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (line < 0 || connect(line, (struct sockaddr*)&to, sizeof to) != 0) die("connecting");
  setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return line;
}

// Whether the answer is whole; only one with this status and a length is expected.
static int whole(struct line* line) {
  line->answer[line->length] = '\0';
  const char* end = strstr(line->answer, "\r\n\r\n");
  if (end == NULL) return 0;
  const char* size = strstr(line->answer, "Content-Length: ");
  if (strncmp(line->answer, "HTTP/1.1 20", 11) != 0 || size == NULL) {
    fprintf(stderr, "paced: %.200s\n", line->answer);
    exit(1);
  }
  return line->length == (size_t)(end + 4 - line->answer) + strtoul(size + 16, NULL, 10);
}

static int later(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  if (argc != 6) return fprintf(stderr, "usage: paced PORT RATE SECONDS CONNECTIONS random|even < REQUEST\n"), 2;
  const double rate = atof(argv[2]), seconds = atof(argv[3]);
  const int connections = atoi(argv[4]), even = strcmp(argv[5], "even") == 0;
  const size_t size = fread(request, 1, sizeof request - 1, stdin);
  const size_t most = (size_t)(rate * seconds * 2) + 1000;
  char* turn = strstr(request, "@@");
  double* took = calloc(2 * most, sizeof *took);
  double* sent = took + most;
  if (rate <= 0 || seconds <= 0 || connections < 1 || connections > most_connections || size == 0 || took == NULL) {
    return fprintf(stderr, "paced: a number is out of range, or there is no request\n"), 2;
  }
  prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
  for (int i = 0; i < connections; ++i) sockets[i] = (struct pollfd){connected((uint16_t)atoi(argv[1])), POLLIN, 0};
  size_t begun = 0, answered = 0, under_way = 0;
  const double began = now(), end = began + seconds;
  double due = began, at = began;
  int next = 0;
  while (due < end || under_way > 0) {
    for (int tried = 0; tried < connections && due <= at && due < end; ++tried, next = (next + 1) % connections) {
      const int i = next;  // in turn: one that says nothing for long is closed
      if (lines[i].due != 0) continue;
      lines[i].due = due;
      lines[i].length = 0;
      if (turn != NULL) {
        turn[0] = (char)('1' + begun % 64 / 10);
        turn[1] = (char)('0' + begun % 64 % 10);
      }
      ++begun;
      lines[i].sent = now();
      if (write(sockets[i].fd, request, size) != (ssize_t)size) die("sending");
      ++under_way;
      due += (even ? 1 : -log(draw())) / rate;
    }
    const int waits = due < end && under_way < (size_t)connections;
    const double pause = waits ? fmax(due - now(), 0) : 1.0;
    const struct timespec limit = {(time_t)pause, (long)((pause - floor(pause)) * 1e9)};
    if (ppoll(sockets, (nfds_t)connections, &limit, NULL) < 0) die("waiting");
    at = now();
    if (at > end + 60) return fprintf(stderr, "paced: %zu requests were not answered in a minute\n", under_way), 1;
    for (int i = 0; i < connections; ++i) {
      if (sockets[i].revents == 0) continue;
      struct line* line = &lines[i];
      const ssize_t count = read(sockets[i].fd, line->answer + line->length, most_bytes - 1 - line->length);
      if (count <= 0 || line->due == 0) die("an answer");
      line->length += (size_t)count;
      if (!whole(line)) continue;
      at = now();
      if (answered < most) sent[answered] = at - line->sent, took[answered++] = at - line->due;
      line->due = 0;
      --under_way;
    }
  }
  qsort(took, answered, sizeof *took, later);
  qsort(sent, answered, sizeof *sent, later);
  const size_t half = answered / 2, most_but_one = answered * 99 / 100;
  printf("{\"requests\":%zu,\"rate\":%.1f,\"p50\":%.4f,\"p99\":%.4f,\"sent_p50\":%.4f,\"sent_p99\":%.4f}\n", answered,
         (double)answered / (now() - began), took[half] * 1e3, took[most_but_one] * 1e3, sent[half] * 1e3,
         sent[most_but_one] * 1e3);
  return 0;
}
