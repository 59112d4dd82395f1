"""What bench/webhook.py measures beside the program: a Flask route that checks signatures and says the same to all.

The same SDK, the same server, a client that is shared and has a time limit; no question is read, nothing is kept. With
a file as its second argument it says the card in it, a LINE bubble, the way the SDK sends one; else a sentence.
"""

import base64
import hashlib
import hmac
import os
import sys
from pathlib import Path

import urllib3
import waitress
from flask import Flask, request
from linebot.v3 import messaging

web = Flask(__name__)
secret = os.environ["LINE_CHANNEL_SECRET"].encode()
settings = messaging.Configuration(
    host=os.environ["LINE_API_BASE"], access_token=os.environ["LINE_CHANNEL_ACCESS_TOKEN"]
)
settings.retries = urllib3.Retry(0, redirect=0)
settings.connection_pool_maxsize = 32
api = messaging.MessagingApi(messaging.ApiClient(settings))

said: messaging.Message = messaging.TextMessage(text="請先不要傳，問問政風單位。")
if len(sys.argv) > 2:
    card = messaging.FlexContainer.from_json(Path(sys.argv[2]).read_text("utf-8"))
    said = messaging.FlexMessage(altText="請先不要傳", contents=card)


@web.get("/readyz")
def ready() -> str:
    return "ready"


@web.post("/webhook/line")
def webhook() -> tuple[str, int]:
    wanted = base64.b64encode(hmac.new(secret, request.get_data(), hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(wanted, request.headers.get("X-Line-Signature", "")):
        return "bad signature", 401
    for event in request.get_json()["events"]:
        reply = messaging.ReplyMessageRequest(replyToken=event["replyToken"], messages=[said])
        api.reply_message(reply, _request_timeout=(3.05, 8))
    return "", 200


if __name__ == "__main__":
    waitress.serve(web, host="127.0.0.1", port=int(sys.argv[1]), threads=32)
