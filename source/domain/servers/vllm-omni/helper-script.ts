import {jobLostCode, serverFailedLine} from '../server.js';

/**
 * The helper that has the server do one job. It runs on the host, in a container of its own from the
 * server's image and in the network of the server's container, with what Python brings along; so nothing is
 * installed, and no port is opened. The client waits for it as for any container.
 *
 * It never posts a request twice that the server may have: what it does not know, it asks the server for.
 */
export const helperFile = 'server-job.py';

export const helperScript = String.raw`"""Has a model server do one job. Usage: server-job.py RUN_FOLDER SERVER_FOLDER"""
import fcntl, http.client, json, mimetypes, os, signal, sys, time, urllib.parse, uuid

run, folder = sys.argv[1:3]
with open(run + "/spec.json", encoding="utf-8") as file:
    request = json.load(file)
address = urllib.parse.urlsplit(request["url"])
ours = request["isOurs"]
LOST, job = ${jobLostCode}, None
FAILED = "${serverFailedLine}"
posting = stopped = False
log, logged = None, ""


def say(text):
    print(text, flush=True)


def end(code, text):
    say(text)
    sys.exit(code)


class Stopped(Exception):
    pass


def stop(*_):
    # What was posted gets its id first: only then it can be ended there.
    global stopped
    stopped = True
    if not posting:
        raise Stopped()


def call(method, path, body=None, headers=None, wait=30):
    """Status, body and content type of an answer. Raises OSError or HTTPException without one."""
    there = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=wait)
    try:
        there.request(method, address.path.rstrip("/") + path, body, headers or {})
        answer = there.getresponse()
        return answer.status, answer.read(), answer.getheader("Content-Type") or ""
    finally:
        there.close()


def parsed(body):
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {}


def server_state():
    """Of the server that this container is beside: its guard says where it is, and holds a lock while it lives."""
    try:
        with open(folder + "/alive") as file:
            if file.readline().strip() != os.readlink("/proc/self/ns/net"):
                return "unknown"
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return "ended"
            except OSError:
                return "alive"
    except OSError:
        return "unknown"


def is_alive():
    return not ours or server_state() == "alive"


def reach(method, path, patience, **more):
    """As call, but waits for a server that does not answer now."""
    until = time.monotonic() + patience
    while True:
        try:
            return call(method, path, **more)
        except (OSError, http.client.HTTPException) as error:
            if not is_alive():
                end(LOST, "server lost: the server has ended")
            if time.monotonic() > until:
                end(LOST if job else 1, "server unreachable: %s does not answer: %s" % (request["url"], error))
        time.sleep(0.2)


def show_log():
    """Prints what the server has logged since the last time."""
    global log, logged
    if log is None and ours and os.path.exists(folder + "/log"):
        log = open(folder + "/log", errors="replace")
    text = log.read() if log else ""
    sys.stdout.write(text)
    sys.stdout.flush()
    logged = (logged + text)[-1000:]


def end_lost():
    """The server runs no more: it failed, and would again, or somebody ended it."""
    show_log()
    if logged.rstrip().endswith(FAILED):
        sys.exit(1)
    end(LOST, "server lost: the server has ended")


def take_lease():
    """Keeps the server from stopping until this process ends."""
    if not ours:
        return None
    until = time.monotonic() + 10
    while not is_alive():
        # Its guard may have been started a moment ago.
        if server_state() == "ended" or time.monotonic() > until:
            end_lost()
        time.sleep(0.05)
    lease = open(folder + "/lease", "a+")
    while True:
        try:
            fcntl.flock(lease, fcntl.LOCK_SH | fcntl.LOCK_NB)
            break
        except OSError:
            if time.monotonic() > until:
                end(LOST, "server lost: the server is stopping")
            time.sleep(0.05)
    lease.seek(0)
    if lease.read().strip() == "draining":
        end(LOST, "server lost: the server makes way for another job")
    os.utime(lease.fileno())
    return lease


def await_ready():
    """Shows the server's log until it takes jobs."""
    until, shown = time.monotonic() + request["readyWithin"], False
    if not ours:
        until = time.monotonic() + 30
    while True:
        try:
            if call("GET", request["ready"], wait=10)[0] == 200:
                break
        except (OSError, http.client.HTTPException):
            pass
        if not shown:
            say("the server loads its model" if ours else "waiting for the server at " + request["url"])
            shown = True
        show_log()
        if not is_alive():
            end_lost()
        if time.monotonic() > until:
            if ours:
                end(1, "server failed: the server was not ready within %d s" % request["readyWithin"])
            end(1, "server unreachable: no server answers at " + request["url"])
        time.sleep(0.1)
    say("the server is ready")


def check_server():
    status, body, _ = reach("GET", "/v1/models", 30)
    names = [one.get("id") for one in parsed(body).get("data") or [] if isinstance(one, dict)]
    model = request["fields"]["model"]
    if status != 200 or model not in names:
        end(1, "server unfit: it serves %s, and the job needs %s" % (", ".join(map(str, names)) or "no model", model))
    status = reach("GET", "/v1/videos?limit=1", 30)[0]
    if status != 200:
        end(1, "server unfit: it has no jobs at /v1/videos (it answers %d): its version is too old" % status)


def listed():
    """All jobs of the server, newest first."""
    jobs, after = [], ""
    while True:
        status, body, _ = reach("GET", "/v1/videos?order=desc&limit=100" + after, 60)
        page = parsed(body)
        if status != 200:
            end(1, "the server answered %d: %s" % (status, reason_of(body)))
        more = [one for one in page.get("data") or [] if isinstance(one, dict)]
        jobs += more
        if not page.get("has_more") or not more:
            return jobs
        after = "&after=" + urllib.parse.quote(str(more[-1].get("id")))


def form():
    edge = uuid.uuid4().hex
    parts = []
    for name, value in request["fields"].items():
        parts.append(('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (edge, name, value)).encode())
    for name, path in request["files"].items():
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        head = '--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
        with open(path, "rb") as file:
            parts += [(head % (edge, name, os.path.basename(path), kind)).encode(), file.read(), b"\r\n"]
    return b"".join(parts) + ("--%s--\r\n" % edge).encode(), {"Content-Type": "multipart/form-data; boundary=" + edge}


def reason_of(body):
    """What an answer says is wrong: FastAPI names the fields in a list, others have a message."""
    value = parsed(body)
    detail = value.get("detail")
    if isinstance(detail, list):
        known = [one for one in detail if isinstance(one, dict)]
        return "; ".join("%s: %s" % (".".join(map(str, one.get("loc", [])[1:])), one.get("msg")) for one in known)
    error = value.get("error")
    message = error.get("message") if isinstance(error, dict) else value.get("message")
    return str(message or detail or error or body[:300].decode("utf-8", "replace")).replace("\n", " ")


def keep(name, value):
    """Writes a file that is complete whenever it is there."""
    path = run + "/" + name
    with open(path + ".new", "w" if isinstance(value, str) else "wb") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def post():
    """Posts the request; the answer's id, also where the answer was lost."""
    global job, posting
    os.makedirs(folder, exist_ok=True)
    body, headers = form()
    # One at a time: a job that appears meanwhile is ours.
    with open(folder + "/post", "a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        before = {one.get("id") for one in listed()}
        posting = True
        for _ in range(5):
            try:
                status, answer, _ = call("POST", "/v1/videos", body, headers, 600)
            except (OSError, http.client.HTTPException) as error:
                say("no answer to the request: %s" % (error or type(error).__name__))
                prompt = request["fields"]["prompt"]
                new = [one for one in listed() if one.get("id") not in before and one.get("prompt") == prompt]
                if len(new) > 1:
                    end(1, "server unfit: it has %d new jobs with this prompt, and which one is ours is unknown" % len(new))
                if new:
                    job = str(new[0]["id"])
                    say("the server has the request: it is not posted again")
                else:
                    say("the server has no such job: the request is posted again")
                    continue
            else:
                if status != 200:
                    end(1, "the server answered %d: %s" % (status, reason_of(answer)))
                job = str(parsed(answer).get("id"))
            keep("server-job", job + "\n")
            posting = False
            if stopped:
                raise Stopped()
            return
    end(1, "server unreachable: %s takes no request" % request["url"])


def await_end():
    seen, until = None, time.monotonic() + 60
    while True:
        status, body, _ = reach("GET", "/v1/videos/" + job, 120)
        answer = parsed(body)
        state = answer.get("status")
        if status == 404:
            end(LOST, "server lost: the server has forgotten job " + job)
        # A failed job is answered with the code of its error; another error is of the server's moment.
        if state == "failed" or (status >= 400 and time.monotonic() > until):
            reach("DELETE", "/v1/videos/" + job, 5)
            end(1, "the server answered %d: %s" % (status, reason_of(body)))
        if status < 400:
            until = time.monotonic() + 60
        if state == "queued" and seen != state:
            say("the server has put it into its queue")
        elif state in ("in_progress", "completed") and seen in (None, "queued"):
            say("the server works on it")
        seen = state
        if state == "completed":
            return answer
        time.sleep(0.1)


def fetch(answer):
    status, body, kind = reach("GET", "/v1/videos/%s/content" % job, 120, wait=600)
    if status == 404:
        end(LOST, "server lost: the server has forgotten job " + job)
    if status != 200 or kind.split(";")[0] != "video/mp4":
        end(1, "the server answered %d: %s" % (status, reason_of(body)))
    keep(request["result"], body)
    place = os.path.dirname(request["result"])
    keep(place + "/sample_args.json", json.dumps(request["fields"], indent=2) + "\n")
    facts = {key: answer.get(key) for key in ("id", "model", "inference_time_s", "stage_durations", "peak_memory_mb")}
    keep(place + "/sample_outputs.json", json.dumps({"status": "success", "server": facts}, indent=2) + "\n")
    say("the server took %s s" % answer.get("inference_time_s"))


def give_up():
    """Ends the job there: the GPU is not to work for nothing."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if job:
        for _ in range(100):
            try:
                status = call("DELETE", "/v1/videos/" + job)[0]
            except (OSError, http.client.HTTPException):
                break
            if status != 409:
                break
            time.sleep(0.1)
    end(143, "stopped")


signal.signal(signal.SIGTERM, stop)
try:
    lease = take_lease()
    await_ready()
    check_server()
    post()
    answer = await_end()
    fetch(answer)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        call("DELETE", "/v1/videos/" + job)
    except (OSError, http.client.HTTPException):
        pass
    say("done")
except Stopped:
    give_up()
`;
