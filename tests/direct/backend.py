"""git http-backend behind Python's server, with what a test makes it do wrong."""
import base64
import http.server
import os
import ssl
import subprocess
import threading


def packet(data):
    return b"%04x" % (len(data) + 4) + data


class Backend(http.server.BaseHTTPRequestHandler):
    """git http-backend; `login` is asked for if it is set, `cut` is after how many bytes of an answer the connection ends."""
    protocol_version = "HTTP/1.1"
    root, login, cut, moved, leads_to, before_pack = "", None, None, False, None, None
    made = None  # (refs, pack): what is answered instead of a repository

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
                   CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)))
        out = subprocess.run(["git", "http-backend"], env=env, input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        head, _, rest = out.partition(b"\r\n\r\n")
        lines = [line.decode().split(": ", 1) for line in head.split(b"\r\n")]
        self.send_response(next((int(v.split()[0]) for k, v in lines if k == "Status"), 200))
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest if self.cut is None else rest[:self.cut])
        if self.cut is not None and len(rest) > self.cut:
            self.close_connection = True

    do_GET = do_POST = answer


def serve(root, certificate=None, **settings):
    handler = type("Handler", (Backend,), dict(settings, root=root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate + ".crt", certificate + ".key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return handler, server.server_address[1]
