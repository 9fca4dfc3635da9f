"""git http-backend behind Python's server, with what a test makes it do wrong."""
import base64
import contextlib
import http.server
import os
import ssl
import subprocess
import threading


def packet(data):
    return b"%04x" % (len(data) + 4) + data


class Backend(http.server.BaseHTTPRequestHandler):
    """git http-backend; demands `login` if it is set, and ends the connection after `cut` bytes of an answer."""
    protocol_version = "HTTP/1.1"
    root, login, cut, moved, leads_to, before_pack = "", None, None, False, None, None
    made = None  # (refs, pack): the answer instead of a repository

    def log_message(self, *args):
        pass

    def refuse(self):
        wanted = "Basic " + base64.b64encode(self.login.encode()).decode()
        if self.headers.get("Authorization") == wanted:
            return False
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        out = b""
        while n := int(self.rfile.readline().strip(), 16):
            out += self.rfile.read(n)
            self.rfile.readline()
        self.rfile.readline()
        return out

    def send(self, kind, data):
        self.send_response(200)
        self.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer_made(self, body):
        refs, pack = self.made
        if self.command == "GET":
            lines = [f"{hash} {name}".encode() for name, hash in refs]
            lines[0] += b"\0side-band-64k ofs-delta shallow"
            return self.send("advertisement", packet(b"# service=git-upload-pack\n") + b"0000" + b"".join(packet(line + b"\n") for line in lines) + b"0000")
        shallow = packet(f"shallow {refs[0][1]}".encode()) + b"0000" if b"deepen" in body else b""
        pieces = b"".join(packet(b"\1" + pack[i:i + 60000]) for i in range(0, len(pack), 60000))
        return self.send("result", shallow + packet(b"NAK\n") + pieces + b"0000")

    def answer(self):
        body = self.body()
        if self.made:
            return self.answer_made(body)
        if self.login and self.refuse():
            return
        if self.before_pack and self.command == "POST":
            self.before_pack()
        path, _, query = self.path.partition("?")
        if self.moved and not path.startswith("/new/"):
            self.send_response(301)
            self.send_header("Location", f"/new{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.leads_to:
            self.send_response(302)
            self.send_header("Location", self.leads_to + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = path.removeprefix("/new")
        env = dict(os.environ, GIT_PROJECT_ROOT=self.root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD=self.command,
                   CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
                   HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""))
        with subprocess.Popen(["git", "http-backend"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as git:
            threading.Thread(target=self.feed, args=(git.stdin, body), daemon=True).start()
            self.pass_on(git.stdout)

    @staticmethod
    def feed(pipe, body):
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(body)

    def pass_on(self, out):
        """Sends the answer in pieces as git produces it: during a large pack git sends keep-alives."""
        lines = [line.rstrip().decode().split(": ", 1) for line in iter(out.readline, b"\r\n")]
        self.send_response(next((int(v.split()[0]) for k, v in lines if k == "Status"), 200))
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        left = self.cut
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while data := out.read1(65536):
                if left is not None and len(data) > left:
                    data, self.close_connection = data[:left], True
                self.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n" if data else b"")
                if self.close_connection:
                    return
                left = left and left - len(data)
            self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = answer


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # connections are broken deliberately


def serve(root, certificate=None, **settings):
    handler = type("Handler", (Backend,), dict(settings, root=root))
    server = Server(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate + ".crt", certificate + ".key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return handler, server.server_address[1]
