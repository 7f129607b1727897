"""A Paramiko server on a free port of loopback: paramiko-server.py HOST_KEY[,HOST_KEY] AUTHORISED_PUBLIC_KEY USER [PROTOCOL]

PROTOCOL stands in the identification string, 2.0 if left out; 1.99 is a server that also speaks SSH 1 (RFC 4253 section 5.1).
"""

import base64
import socket
import sys

import paramiko

host_keys, authorised, user = sys.argv[1:4]
protocol = sys.argv[4] if len(sys.argv) > 4 else "2.0"
with open(authorised, encoding="ascii") as file:
    authorised_blob = base64.b64decode(file.read().split()[1])


class Server(paramiko.ServerInterface):
    def get_allowed_auths(self, _username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        accepted = username == user and key.asbytes() == authorised_blob
        return paramiko.AUTH_SUCCESSFUL if accepted else paramiko.AUTH_FAILED


def load(path):
    for kind in (paramiko.Ed25519Key, paramiko.RSAKey):
        try:
            return kind(filename=path)
        except paramiko.SSHException:
            continue
    raise SystemExit(f"no key: {path}")


keys = [load(path) for path in host_keys.split(",")]
listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    print("connection", flush=True)
    transport = paramiko.Transport(client)
    transport.local_version = f"SSH-{protocol}-paramiko_{paramiko.__version__}"
    for key in keys:
        transport.add_server_key(key)
    try:
        transport.start_server(server=Server())
    except (paramiko.SSHException, EOFError, OSError):
        transport.close()
