// SPDX-License-Identifier: Apache-2.0
#include "plugin/seccomp.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <vector>

namespace alliance::plugin {
namespace {

#if defined(__x86_64__)
constexpr unsigned own_machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned own_machine = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned own_machine = 0;  // numbers of calls are another machine's: nothing is claimed
#endif

// The policy. A call that this machine does not know has no number, and is not here.
constexpr long never[] = {
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_kcmp,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_tkill,
    SYS_setrlimit,
    SYS_setpriority,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_setns,
    SYS_unshare,
    SYS_mount,
    SYS_umount2,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_by_handle_at,
    SYS_shmget,
    SYS_shmat,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_acct,
    SYS_quotactl,
    SYS_personality,
    SYS_capset,
};
constexpr long without_network[] = {SYS_socket, SYS_socketpair, SYS_bind, SYS_listen, SYS_connect};
// Landlock does not look at these.
constexpr long without_writing[] = {
#ifdef SYS_chmod
    SYS_chmod,     SYS_chown,     SYS_lchown,      SYS_utime,        SYS_utimes,       SYS_futimesat,
#endif
    SYS_fchmod,    SYS_fchmodat,  SYS_fchown,      SYS_fchownat,     SYS_utimensat,    SYS_setxattr,
    SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
};

constexpr sock_filter refuse(int number) {
  return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(number));
}
constexpr sock_filter let_pass = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
}
// The low half of an argument; both machines keep it first.
constexpr std::size_t argument(unsigned at) { return offsetof(seccomp_data, args) + std::size_t{at} * 8; }

class Filter {
 public:
  void add(std::initializer_list<sock_filter> steps) { steps_.insert(steps_.end(), steps); }
  // Jumps over `steps` unless the number loaded is this one.
  void when(long call, const std::vector<sock_filter>& steps) {
    steps_.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, static_cast<unsigned char>(steps.size())));
    steps_.insert(steps_.end(), steps.begin(), steps.end());
  }
  template <std::size_t Size>
  void refuse_all(const long (&calls)[Size]) {
    for (const long call : calls) when(call, {refuse(EPERM)});
  }
  Result<void> take() {
    sock_fprog program{static_cast<unsigned short>(steps_.size()), steps_.data()};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0) return {};
    return fail(ALLIANCE_E_IO, "calls to the kernel cannot be restricted: " + std::generic_category().message(errno));
  }

 private:
  std::vector<sock_filter> steps_;
};

}  // namespace

bool seccomp_offered() {
  const unsigned refusing = SECCOMP_RET_ERRNO;
  return own_machine != 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &refusing) == 0;
}

Result<void> restrict_calls(const Bounds& bounds) {
  const auto self = static_cast<unsigned>(getpid());
  Filter filter;
  filter.add({load(offsetof(seccomp_data, arch)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own_machine, 1, 0),
              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), load(offsetof(seccomp_data, nr))});
#ifdef __x86_64__  // the other set of numbers of the same machine
  filter.add({BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1), refuse(EPERM)});
#endif
  filter.refuse_all(never);
  if (!bounds.network) filter.refuse_all(without_network);
  if (bounds.write.empty()) filter.refuse_all(without_writing);
  filter.when(SYS_clone3, {refuse(ENOSYS)});  // its flags lie in memory; the C library then takes clone()
  filter.when(SYS_clone,
              {load(argument(0)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0), refuse(EPERM), let_pass});
  for (const long to_somebody : {SYS_kill, SYS_tgkill}) {
    filter.when(to_somebody,
                {load(argument(0)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, self, 1, 0), refuse(EPERM), let_pass});
  }
  // Limits may be read and not set.
  filter.when(SYS_prlimit64,
              {load(argument(2)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), refuse(EPERM), load(argument(2) + 4),
               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), refuse(EPERM), let_pass});
  filter.add({let_pass});
  return filter.take();
}

}  // namespace alliance::plugin
