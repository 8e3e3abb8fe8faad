# SPDX-License-Identifier: Apache-2.0
"""D3, D4: both ends durable, beside JetStream, PostgreSQL and RabbitMQ: servers of this run's own on free ports."""
import contextlib, glob, os, pathlib, pwd, shutil, signal, socket, subprocess, tempfile, time

from .harness import Missing, build, free_port, peers, program, row, run, say, tool, version


def answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def server(command, port, patience=60, **how):
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, start_new_session=True, **how)
    try:
        end = time.monotonic() + patience
        while not answers(port):
            if process.poll() is not None or time.monotonic() > end:
                raise Missing(f"{pathlib.Path(command[0]).name} did not start")
            time.sleep(0.2)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)  # the session that was started here, and nothing else
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextlib.contextmanager
def nats(folder):
    binary = tool("nats-server", os.environ.get("ALLIANCE_NATS_SERVER", ""), "/usr/sbin/nats-server")
    peers["nats-server"] = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout.split()[-1]
    port = free_port()
    with server([binary, "-js", "-a", "127.0.0.1", "-p", str(port), "-sd", os.path.join(folder, "nats")], port):
        yield {"BENCH_NATS": f"nats://127.0.0.1:{port}"}


@contextlib.contextmanager
def syncing_nats(folder):
    binary = next((one for one in (os.environ.get("ALLIANCE_NATS_SERVER", ""), str(build / "ci/nats/nats-server"))
                   if os.access(one, os.X_OK)), None)
    if not binary:
        raise Missing("ALLIANCE_NATS_SERVER names no server that can sync always, as Debian's cannot")
    peers["nats-server, syncing"] = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout.split()[-1]
    port, config = free_port(), os.path.join(folder, "nats.conf")
    with open(config, "w") as text:
        text.write(f'listen: "127.0.0.1:{port}"\n'
                   f'jetstream {{ store_dir: "{folder}/nats", sync_interval: always }}\n')
    with server([binary, "-c", config], port):
        yield {"BENCH_NATS": f"nats://127.0.0.1:{port}", "BENCH_NATS_SYNCS": "1"}


@contextlib.contextmanager
def postgresql(folder):
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found:
        raise Missing("postgresql is not installed: tests/install bench")
    peers["PostgreSQL"] = version("postgresql-" + pathlib.Path(found[-1]).parent.name)
    data, port, how = os.path.join(folder, "pg"), free_port(), {}
    os.mkdir(data)
    if os.geteuid() == 0:  # the server refuses to run as root
        other = pwd.getpwnam("postgres")
        os.chown(data, other.pw_uid, other.pw_gid)
        os.chmod(folder, 0o755)
        how = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
    subprocess.run([f"{found[-1]}/initdb", "-D", data, "-A", "trust", "-U", "postgres"], check=True, capture_output=True,
                   cwd=data, **how)
    command = [f"{found[-1]}/postgres", "-D", data, "-k", data, "-c", "listen_addresses=127.0.0.1", "-p", str(port),
               "-c", "shared_buffers=128MB"]
    with server(command, port, cwd=data, **how):
        time.sleep(2)  # it listens before it takes anybody
        yield {"BENCH_POSTGRESQL": f"host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=30"}


@contextlib.contextmanager
def rabbitmq(folder):
    binary = tool("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
    peers["RabbitMQ"] = version("rabbitmq-server")
    port, base = free_port(), os.path.join(folder, "rabbit")
    os.mkdir(base)
    epmd = free_port()
    env = os.environ | {
        "HOME": base, "RABBITMQ_NODE_PORT": str(port), "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"bench{port}@localhost", "RABBITMQ_DIST_PORT": str(free_port()), "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_MNESIA_BASE": base, "RABBITMQ_LOG_BASE": base,
        "RABBITMQ_ENABLED_PLUGINS_FILE": os.path.join(base, "plugins"), "RABBITMQ_CONFIG_FILE": os.path.join(base, "none")}
    with server([binary], port, patience=120, env=env, cwd=base):
        time.sleep(5)
        yield {"BENCH_RABBITMQ": str(port)}
    listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout.splitlines()
    for line in listing:  # its port mapper, by the port that it was given here
        pid, _, command = line.strip().partition(" ")
        if "epmd" in command and pid.isdigit():
            environment = pathlib.Path(f"/proc/{pid}/environ")
            with contextlib.suppress(OSError):
                if f"ERL_EPMD_PORT={epmd}".encode() in environment.read_bytes():
                    os.kill(int(pid), signal.SIGTERM)


def measure(rows, quick):
    bench = program("bench_brokers")
    for name, start in (("D3", nats), ("D3 syncing", syncing_nats), ("D4 postgresql", postgresql), ("D4 rabbitmq", rabbitmq)):
        if name.split()[0] not in rows:
            continue
        with tempfile.TemporaryDirectory(prefix="alliance-bench-", dir=os.environ.get("TMPDIR"),
                                         ignore_cleanup_errors=True) as folder:
            try:
                with start(folder) as env:
                    say(f"a server for {name} runs")
                    yield from run(bench, [name], quick, folder, env=os.environ | env)
            except Missing as missing:
                yield row(name, [], skipped=str(missing))
