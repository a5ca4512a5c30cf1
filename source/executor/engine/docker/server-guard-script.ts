import {serverFailedLine} from '../../../domain/servers/server.js';

/** Names a start of a server's container; a restart of it has the same one. */
export const serverStartVariable = 'COSMOS_SERVER_START';

/**
 * The first program of a server's container. It starts the server and ends it again: after some time without a
 * job, when another job needs the GPUs, or on request. It needs no client and no connection.
 *
 * In the server's folder, which the helpers of jobs share, are `lease`, of which every helper holds a
 * shared lock while it uses the server, `alive`, of which the guard holds an exclusive one, and the server's
 * `log`. Locks end with the process that holds them, however that ends.
 *
 * A container that somebody has restarted serves no more: it gave its GPUs back when it ended, and another job may have
 * them. `started` holds the start that the folder has seen last.
 */
export const serverGuardScript = String.raw`
import fcntl, http.client, json, os, signal, socket, subprocess, sys, threading, time, urllib.parse

folder, idle_stop, start_limit, url, ready_path = sys.argv[1:6]
command = sys.argv[6:]
idle_stop, start_limit = int(idle_stop), int(start_limit)
address = urllib.parse.urlsplit(url)
STATE, NEW, FIRST = "/tmp/cosmos-server.json", 0.25, 20
draining = stopping = False
log = ready = None
FAILED = b"${serverFailedLine}\n"


def drain(*_):
    global draining
    draining = True


def stop(*_):
    global stopping
    stopping = True


signal.signal(signal.SIGUSR1, drain)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)


def note(text):
    line = "cosmos: " + text + "\n"
    os.write(1, line.encode())
    if log:
        log.write(line.encode())


def leave(code):
    if code and log and ready is None:
        os.write(1, FAILED)
        log.write(FAILED)
    sys.exit(code)


def end(code, text):
    note(text)
    leave(code)


os.makedirs(folder, exist_ok=True)
alive = open(folder + "/alive", "a+")
for _ in range(100):
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        break
    except OSError:
        time.sleep(0.1)
else:
    end(98, "another server uses " + folder)
alive.truncate(0)
alive.write(os.readlink("/proc/self/ns/net") + "\n")
alive.flush()
start = os.environ.get("${serverStartVariable}", "")
with open(folder + "/started", "a+") as file:
    file.seek(0)
    if start and file.read() == start:
        end(75, "the container was restarted: its GPUs may be in use, so the next job starts another server")
    file.truncate(0)
    file.write(start)
lease = open(folder + "/lease", "a+")
lease.truncate(0)
os.utime(lease.fileno(), (0, 0))
log = open(folder + "/log", "wb", buffering=0)
owner = os.stat(folder)
for name in ("alive", "lease", "log", "post", "started"):
    with open(folder + "/" + name, "ab"):
        pass
    try:
        os.chown(folder + "/" + name, owner.st_uid, owner.st_gid)
    except OSError:
        pass

with socket.socket() as trial:
    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        trial.bind((address.hostname, address.port))
    except OSError as error:
        end(98, "the server cannot use port %d: %s" % (address.port, error.strerror))

try:
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
except OSError as error:
    end(127, "the image cannot start the server: %s" % error)


def copy():
    while True:
        chunk = server.stdout.read1(65536)
        if not chunk:
            return
        os.write(1, chunk)
        log.write(chunk)


copier = threading.Thread(target=copy, daemon=True)
copier.start()


def is_ready():
    try:
        there = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
        there.request("GET", ready_path)
        return there.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def is_idle():
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


def write_state(**facts):
    text = json.dumps(facts)
    if write_state.last != text:
        write_state.last = text
        with open(STATE + ".new", "w") as file:
            file.write(text)
        os.replace(STATE + ".new", STATE)


def end_server(text, code=0):
    """Called with the lease locked, so that no job begins here any more."""
    note(text)
    for name in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, name)
        except OSError:
            pass
        try:
            server.wait(20)
            break
        except subprocess.TimeoutExpired:
            pass
    copier.join(5)
    leave(code)


write_state.last = None
begun, started, ready, used = time.monotonic(), int(time.time()), None, False
idle, idle_since = time.monotonic(), int(time.time())
while True:
    code = server.poll()
    if code is not None:
        copier.join(5)
        end(code if code > 0 else 128 - code, "the server ended with code %d" % code)
    now = time.monotonic()
    if ready is None and is_ready():
        ready = now
        idle, idle_since = now, int(time.time())
        note("the server is ready")
    if ready is None and now - begun > start_limit:
        end_server("the server was not ready within %d s" % start_limit, 70)
    if stopping:
        is_idle()
        end_server("stopped")
    free = is_idle()
    # A job sets its time: it may have come and gone since the last look.
    used = used or os.stat(lease.fileno()).st_mtime > 0
    if not free:
        idle, idle_since = now, int(time.time())
    # The job that it was started for comes at once.
    is_new = not used and now - begun < FIRST
    if draining and lease.tell() == 0:
        lease.write("draining")
        lease.flush()
        if not used:
            os.utime(lease.fileno(), (0, 0))
    if free and draining and not is_new:
        end_server("the server makes way")
    if free and ready is not None and now - idle >= idle_stop:
        end_server("nobody has used the server for %d s" % idle_stop)
    if free:
        fcntl.flock(lease, fcntl.LOCK_UN)
    write_state(
        state="loading" if ready is None else "draining" if draining else "busy" if not free else "idle",
        started=started, idleSince=idle_since, idleStop=idle_stop,
    )
    time.sleep(NEW)
`;
