#!/usr/bin/env python3
"""The provider of the call: a page, a room in which callers leave messages for each other, and the names of both.

    server.py ADDRESS FOLDER

HTTPS on port 443, for which a certificate is made in FOLDER, and DNS on port 53 of ADDRESS, as root in a network
namespace. Serves `call.html` beside this script. What callers say of themselves when they leave is written to
FOLDER/truth-NAME.json. Prints `ready` when both answer."""

import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

NAMES = ("meet.example.test", "stun.example.test")
# A caller that waits for messages is answered after this long even when there is none.
WAIT_S = 10
NO_SUCH_NAME, TYPE_A, CLASS_IN, TTL_S = 3, 1, 1, 60


class Room:
    """Messages of all callers, in the order in which they came."""

    def __init__(self):
        self.messages, self.changed = [], threading.Condition()

    def say(self, who, message):
        with self.changed:
            self.messages.append((who, message))
            self.changed.notify_all()

    def others(self, who, after):
        """What others said after message number `after`, with the number of the last; waits for something."""
        found = lambda: [message for name, message in self.messages[after:] if name != who]
        with self.changed:
            self.changed.wait_for(found, WAIT_S)
            return {"last": len(self.messages), "messages": found()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    room, folder = Room(), Path()

    def do_GET(self):
        path, query = self.asked()
        if path == "/room":
            told = self.room.others(query["me"], int(query["after"]))
            self.answer(200, "application/json", json.dumps(told).encode())
        elif path == "/":
            self.answer(200, "text/html; charset=utf-8", Path(__file__).with_name("call.html").read_bytes())
        else:
            self.answer(404, "text/plain", b"")

    def do_POST(self):
        path, query = self.asked()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if path == "/room":
            self.room.say(query["me"], json.loads(body))
        elif path == "/truth":
            partial = self.folder / f"truth-{query['me']}.partial"
            partial.write_bytes(body)
            partial.rename(self.folder / f"truth-{query['me']}.json")
        self.answer(204, "text/plain", b"")

    def asked(self):
        url = urlsplit(self.path)
        return url.path, {name: values[0] for name, values in parse_qs(url.query).items()}

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A browser that ends in the middle of an answer is no fault."""


def names(address):
    """Answers questions for names: ours with the address, all others with `no such name`."""
    asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asked.bind((address, 53))
    while True:
        question, who = asked.recvfrom(512)
        try:
            asked.sendto(answer_of(question, address), who)
        except (IndexError, struct.error, UnicodeDecodeError):
            continue


def answer_of(question, address):
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += 1 + question[at]
    kind, = struct.unpack_from("!H", question, at + 1)
    known = ".".join(labels).lower() in NAMES
    answers = known and kind == TYPE_A
    head = question[:2] + struct.pack("!HHHHH", 0x8180 | (0 if known else NO_SUCH_NAME), 1, int(answers), 0, 0)
    record = struct.pack("!HHHIH", 0xC00C, TYPE_A, CLASS_IN, TTL_S, 4) + socket.inet_aton(address)
    return head + question[12:at + 5] + (record if answers else b"")


def certificate(folder):
    key, chain = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={NAMES[0]}", "-addext", f"subjectAltName=DNS:{NAMES[0]}", "-keyout", key, "-out", chain],
        check=True, capture_output=True)
    return chain, key


def main():
    address, folder = sys.argv[1], Path(sys.argv[2])
    Handler.folder = folder
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder))
    server = Server((address, 443), Handler)
    # The handshake is left to the thread of the connection, so that a slow caller holds up nobody.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=names, args=(address,), daemon=True).start()
    print("ready", flush=True)
    server.serve_forever()


main()
