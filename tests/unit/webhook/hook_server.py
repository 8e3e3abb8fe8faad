#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hook_server.py LOG ANSWERS SECRETS [CERT KEY CLIENT-CA]

A receiver of webhooks on a free port of loopback. ANSWERS is a JSON list of {"status", "headers", "sleep"} for the
first requests; after that each is answered 204. Every request becomes a line of LOG, with what Python's own hmac says
of its signatures under each of SECRETS (a JSON list of keys)."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import time

log, answers, secrets = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])


class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
        given = [one.split(",", 1)[1] for one in headers.get("webhook-signature", "").split()]
        fits = []
        for secret in secrets:
            digest = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
            fits.append(any(hmac.compare_digest(digest, one) for one in given))
        answer = answers.pop(0) if answers else {}
        with open(log, "a", encoding="utf-8") as out:
            out.write(json.dumps({"headers": headers, "body": body.decode(), "fits": fits}) + "\n")
        time.sleep(answer.get("sleep", 0))
        self.send_response(answer.get("status", 204))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
scheme = "http"
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    if len(sys.argv) > 6:
        context.load_verify_locations(sys.argv[6])
        context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https"
print(f"{scheme}://127.0.0.1:{server.server_address[1]}/hook", file=sys.stderr, flush=True)
server.serve_forever()
