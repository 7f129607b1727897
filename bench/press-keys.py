"""Runs a program in a terminal of 120x36, presses keys, and says in JSON what came of it. Called by bench/screen.ts.

    python3 press-keys.py '{"ready": "swept", "keys": 200, "scrolls": 0, "sweeps": false, "quietSeconds": 0, "memorySweeps": 0}' command...

Latency is from the key written to the terminal to the text read back that only the answer to that key paints.
"""

import fcntl, json, os, pty, random, select, signal, struct, sys, termios, time

options, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
random.seed(7)
total = 0


def read(wait):
    """What the program has written, at most `wait` seconds from now."""
    global total
    if not select.select([terminal], [], [], wait)[0]:
        return b""
    data = os.read(terminal, 65536)
    total += len(data)
    return data


def drain(seconds):
    end = time.monotonic() + seconds
    data = b""
    while (left := end - time.monotonic()) > 0:
        data = data[-200:] + read(left)
    return data


def drain_all(seconds):
    end, data = time.monotonic() + seconds, b""
    while (left := end - time.monotonic()) > 0:
        data += read(left)
    return data


def wait_for(text, seconds=300):
    end, seen = time.monotonic() + seconds, b""
    while text not in seen:
        if time.monotonic() > end:
            raise SystemExit(f"{text!r} was not painted within {seconds} s")
        seen = seen[-4000:] + read(0.2)


def press(key, answer):
    """Milliseconds until the answer is painted."""
    started = time.perf_counter()
    os.write(terminal, key)
    seen = b""
    while answer not in seen:
        seen += read(2)
        if time.perf_counter() - started > 5:
            raise SystemExit(f"{key!r} was not answered with {answer!r} within 5 s: {seen[-500:]!r}")
    return (time.perf_counter() - started) * 1000


def memory():
    """Resident megabytes, and how much of them are the program's own (without the file pages it shares)."""
    fields = dict(line.split(":", 1) for line in open(f"/proc/{pid}/smaps_rollup").read().splitlines()[1:])
    return {name: int(fields[key].split()[0]) // 1024 for name, key in (("rss", "Rss"), ("anonymous", "Anonymous"))}


def cpu():
    """Seconds, with those of children that have ended."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
    return sum(int(fields[index]) for index in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


result = {}
wait_for(options["ready"].encode())
drain(3)
result["memoryFirst"] = memory()
# Safes that pass are one line; its list has a selected one.
os.write(terminal, b"\r")
drain(1)

rows = [(b"1", b"connector Online"), (b"2", b"target port"), (b"4", b"VaultPAM stored"), (b"5", b"accepted for that user")]
latencies, next_sweep = [], 0
for index in range(options["keys"] // 2):
    if options["sweeps"] and time.monotonic() > next_sweep:
        os.write(terminal, b"R")
        next_sweep = time.monotonic() + 5
    drain(0.05 + random.random() * 0.1)
    key, answer = rows[index % len(rows)]
    latencies.append(press(key, answer))
    drain(0.05 + random.random() * 0.1)
    latencies.append(press(b"\x7f", b"Checks"))
# Where nothing else is painted, the next frame is the answer.
for _ in range(options["scrolls"]):
    drain(0.03 + random.random() * 0.05)
    latencies.append(press(b"j", b"\x1b[?2026l"))
result["latencies"] = latencies
result["memoryAfterKeys"] = memory()
result["cpuSeconds"] = cpu()

if options["quietSeconds"]:
    # A message in the footer goes by itself within half a minute, which is a change.
    drain(35)
    before, used, started = total, cpu(), time.monotonic()
    drain(options["quietSeconds"])
    seconds = time.monotonic() - started
    result["quiet"] = {
        "bytesPerMinute": (total - before) * 60 / seconds,
        "cpuPercent": (cpu() - used) / seconds * 100,
        "memory": memory(),
    }

result["memorySweeps"] = []
for index in range(options["memorySweeps"]):
    os.write(terminal, b"R")
    # Only what changes of a line is painted, and "sweep" begins as "swept" does: the whole screen is asked for until it says so.
    for _ in range(600):
        os.write(terminal, b"\x0c")
        if b"swept" in drain_all(0.5):
            break
    if index % 20 == 19:
        drain(2)
        result["memorySweeps"].append(memory())

os.kill(pid, signal.SIGTERM)
drain_end = time.monotonic() + 2
try:
    while time.monotonic() < drain_end:
        read(0.1)
except OSError:
    pass
os.waitpid(pid, 0)
print(json.dumps(result))
