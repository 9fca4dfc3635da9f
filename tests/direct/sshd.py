"""An sshd on loopback, with the keys and settings that reach it."""
import os
import shutil
import socket
import subprocess
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def keygen(*args):
    subprocess.run(["ssh-keygen", "-q", *args], check=True, stdin=subprocess.DEVNULL, capture_output=True)


class Sshd:
    """Two servers on loopback: one with a host key, one whose key an authority has signed. Ends with close()."""

    def __init__(self, lab):
        self.lab = lab
        self.home, self.port, self.certified = os.path.join(lab.root, "home"), free_port(), free_port()
        self.user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        os.makedirs(self.home, mode=0o700)
        for name in ("host", "other", "user", "stranger", "authority", "certified"):
            keygen("-t", "ed25519", "-N", "", "-f", self.file(name))
        keygen("-s", self.file("authority"), "-I", "x", "-h", "-n", "127.0.0.1", "-V", "always:forever", self.file("certified.pub"))
        self.servers = [self.serve("plain", self.port, f"HostKey {self.file('host')}"),
                        self.serve("signed", self.certified, f"HostKey {self.file('certified')}\nHostCertificate {self.file('certified-cert.pub')}")]
        self.good = f"IdentityFile {self.file('user')}\nIdentitiesOnly yes\nUserKnownHostsFile {self.file('known')}\nGlobalKnownHostsFile /dev/null\n"
        self.knows("host")

    def close(self):
        for server in self.servers:
            server.terminate()
            server.wait()

    def base(self):
        return f"ssh://{self.user}@127.0.0.1:{self.port}{self.lab.root}/repos/"

    def file(self, name):
        return os.path.join(self.home, name)

    def write(self, name, text, mode=0o600):
        with open(self.file(name), "w") as f:
            f.write(text)
        os.chmod(self.file(name), mode)

    def serve(self, name, port, lines):
        shutil.copy(self.file("user.pub"), self.file("authorized"))
        self.write(name, f"Port {port}\nListenAddress 127.0.0.1\n{lines}\nAuthorizedKeysFile {self.file('authorized')}\nStrictModes no\nUsePAM no\n"
                   f"PidFile none\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n")
        os.makedirs("/run/sshd", exist_ok=True) if os.geteuid() == 0 else None
        server = subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", self.file(name)], stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        return server

    def key(self, name):
        return " ".join(open(self.file(name + ".pub")).read().split()[:2])

    def knows(self, name, mark="", port=None):
        self.write("known", f"{mark}[127.0.0.1]:{port or self.port} {self.key(name)}\n")

    def config(self, *lines):
        self.write("config", "\n".join(lines) + "\n" + self.good)
        return f"ssh -F {self.file('config')}"


def missing():
    """What is not installed, of the programs that this needs."""
    return [p for p in ("ssh", "ssh-keygen") if not shutil.which(p)] + ([] if os.path.exists(shutil.which("sshd") or "/usr/sbin/sshd") else ["sshd"])
