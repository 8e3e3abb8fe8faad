/* SPDX-License-Identifier: Apache-2.0
 * Memory that ends where a page begins that nobody may touch. Whoever reads or writes past the size that a struct
 * declares gets there, and is named. Include it once per program or library. */
#ifndef FENCE_H
#define FENCE_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { most_fences = 200 };
static struct fence {
  const char* what;
  char* page;
} fences[most_fences];
static int fences_there;

/* `size` bytes, copied from `initial` or, where that is NULL, zero. Never freed: the process is short. */
static inline void* fenced(const char* what, const void* initial, size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (size + page - 1) / page * page;
  char* at = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED || mprotect(at + whole, page, PROT_NONE) != 0 || fences_there == most_fences) abort();
  memset(at, 0xA5, whole);
  if (initial != NULL) {
    memcpy(at + whole - size, initial, size);
  } else {
    memset(at + whole - size, 0, size);
  }
  fences[fences_there].what = what;
  fences[fences_there++].page = at + whole;
  return at + whole - size;
}

#define FENCED(type, ...) ((type*)fenced(#type, &(const type)__VA_ARGS__, sizeof(type)))

static inline void fence_touched(int number, siginfo_t* info, void* context) {
  static const char said[] = "FENCE: somebody went past the end of ";
  const char* what = "memory that has no fence here";
  ssize_t wrote;
  int at;
  (void)number, (void)context;
  for (at = 0; at < fences_there; ++at) {
    if ((uintptr_t)info->si_addr - (uintptr_t)fences[at].page < 4096) what = fences[at].what;
  }
  wrote = write(2, said, sizeof said - 1);
  wrote = write(2, what, strlen(what));
  wrote = write(2, "\n", 1);
  _exit(wrote == 1 ? 9 : 8);
}

static inline void watch_fences(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = fence_touched;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

#endif
