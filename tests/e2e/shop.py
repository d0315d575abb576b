"""A customer's site: another origin, with a page policy as strict as the widget promises to bear."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Atelier Lumen</title></head>
<body><main><h1>Light that stays out of the way.</h1><p><a href="/other">Pendants</a></p>
<button id="last">Basket</button></main>
<script async src="{live}/live/w.js" data-key="{key}"></script></body></html>"""


class Shop:
    """`shop.page` is what it serves; `shop.policy` the Content-Security-Policy it serves it with."""

    def __init__(self, live: str, key: str):
        self.live, self.key = live, key
        self.policy = f"default-src 'none'; script-src {live}; frame-src {live}; base-uri 'none'"
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = not self.path.startswith("/favicon")
                body = shop.page("fr" if self.path.startswith("/fr") else "en").encode() if found else b""
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", shop.policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # By name, where the live server goes by number: two sites, not only two origins.
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, lang: str) -> str:
        return PAGE.format(live=self.live, key=self.key, lang=lang)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
