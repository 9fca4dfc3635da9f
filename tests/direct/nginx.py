"""nginx in front of git http-backend, by https with a certificate of its own, on loopback."""
import os
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONF = """daemon off; master_process off; pid %(d)s/pid; error_log %(d)s/log crit; events {}
http { access_log off; client_max_body_size 0; client_body_temp_path %(d)s/body; fastcgi_temp_path %(d)s/fcgi; proxy_temp_path %(d)s/proxy; uwsgi_temp_path %(d)s/uwsgi; scgi_temp_path %(d)s/scgi;
server { listen 127.0.0.1:%(port)d ssl; ssl_certificate %(d)s/cert; ssl_certificate_key %(d)s/key;
location / { fastcgi_pass unix:%(d)s/socket; fastcgi_read_timeout 600; fastcgi_param PATH_INFO $uri; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length; } } }
"""
BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def missing():
    return [p for p in ("openssl",) if not shutil.which(p)] + ([] if os.path.exists(NGINX) else ["nginx"])


def length(data, at):
    return (data[at], at + 1) if data[at] < 128 else (struct.unpack(">I", data[at:at + 4])[0] & 0x7fffffff, at + 4)


class Gateway(socketserver.StreamRequestHandler):
    """One request of FastCGI, for which git http-backend runs as a CGI program."""

    def records(self):
        """Each kind's data, until the request is whole."""
        told = {PARAMS: b"", STDIN: b""}
        while head := self.rfile.read(8):
            _, kind, _, n, pad, _ = struct.unpack(">BBHHBB", head)
            data = self.rfile.read(n + pad)[:n]
            if kind == STDIN and not n:
                break
            told[kind] = told.get(kind, b"") + data
        return told

    def put(self, kind, data):
        self.wfile.write(struct.pack(">BBHHBB", 1, kind, 1, len(data), 0, 0) + data)

    def handle(self):
        told, at = self.records(), 0
        env = dict(os.environ, GIT_PROJECT_ROOT=self.server.root, GIT_HTTP_EXPORT_ALL="1")
        while at < len(told[PARAMS]):
            name, at = length(told[PARAMS], at)
            value, at = length(told[PARAMS], at)
            env[told[PARAMS][at:at + name].decode()] = told[PARAMS][at + name:at + name + value].decode()
            at += name + value
        out = subprocess.run(["git", "http-backend"], env=env, input=told[STDIN], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        for at in range(0, len(out), 65000):
            self.put(STDOUT, out[at:at + 65000])
        self.put(STDOUT, b"")
        self.put(END, bytes(8))


class Threads(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Nginx:
    """Serves repositories in lab.root/repos until close(); `cert` proves it."""

    def __init__(self, lab):
        at = os.path.join(lab.root, "nginx")
        os.makedirs(at)
        self.cert = at + "/cert"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at + "/key", "-out", self.cert, "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stdin=subprocess.DEVNULL, capture_output=True)
        self.gateway = Threads(at + "/socket", Gateway)
        self.gateway.root = os.path.join(lab.root, "repos")
        os.chmod(lab.root, 0o755)
        os.chmod(at + "/socket", 0o666)
        threading.Thread(target=self.gateway.serve_forever, daemon=True).start()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        with open(at + "/conf", "w") as f:
            f.write(CONF % {"d": at, "port": self.port})
        self.server = subprocess.Popen([NGINX, "-c", at + "/conf", "-e", at + "/log"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)

    def base(self):
        return f"https://127.0.0.1:{self.port}/"

    def close(self):
        self.server.terminate()
        self.server.wait()
        self.gateway.shutdown()
        self.gateway.server_close()
