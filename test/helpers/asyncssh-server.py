"""An AsyncSSH server on a free port of loopback: asyncssh-server.py HOST_KEY[,HOST_KEY] AUTHORISED_PUBLIC_KEY USER"""

import asyncio
import sys

import asyncssh

host_keys, authorised, user = sys.argv[1:]


class Server(asyncssh.SSHServer):
    def connection_made(self, _connection):
        print("connection", flush=True)

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):
        return username == user and key == asyncssh.read_public_key(authorised)


async def main():
    server = await asyncssh.create_server(Server, "127.0.0.1", 0, server_host_keys=host_keys.split(","))
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
