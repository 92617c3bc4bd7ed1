"""phonesim as Twilio's own library judges it."""

import base64
import json
import pathlib
import subprocess
import tempfile
import threading
import unittest

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Connect, Dial, Stream, VoiceResponse

from bridge import Bridge
from house import BIN, PATIENCE, Program

TOKEN = "f00dfeedc0ffee1234567890abcdef00"
SID = "AC00000000000000000000000000000001"
PUBLIC = "https://bridge.example.net"


def twiml(*, action=None, status=None):
    """A stream's TwiML as Twilio's library writes it."""
    response = VoiceResponse()
    connect = Connect(action=action) if action else Connect()
    stream = Stream(url="wss://bridge.example.net/twilio/media", status_callback=status)
    stream.parameter(name="t", value='4f1c & "more" <here>')
    connect.append(stream)
    response.append(connect)
    return str(response)


def ring(bridge, *options, public=True):
    """Rings once; what phonesim found out, and its exit code."""
    words = [BIN / "phonesim", "ring", "--auth-token", TOKEN, "--account-sid", SID, "--json=-"]
    words += ["--url", bridge.url("/twilio/voice?tenant=7&x=a%20b"), *options]
    if public:
        words += ["--public-url", PUBLIC + "/twilio/voice?tenant=7&x=a%20b"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=2 * PATIENCE)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["results"][0], done.returncode


class Greeter:
    """A bridge that plays two seconds, marks their end and keeps what it was told."""

    def __init__(self, media=16000, closes_after_mark=False):
        self.media = media
        self.closes = closes_after_mark
        self.messages = []

    def talk(self, stream, hit):
        for text in stream.messages():
            message = json.loads(text)
            self.messages.append(message)
            sid = message.get("streamSid")
            if message["event"] == "start":
                payload = base64.b64encode(b"\x20" * self.media).decode()
                say = {"event": "media", "streamSid": sid, "media": {"payload": payload}}
                stream.send(json.dumps(say))
                stream.send(json.dumps({"event": "mark", "streamSid": sid, "mark": {"name": "m"}}))
            if message["event"] == "mark" and self.closes:
                return

    def of(self, event):
        return [message for message in self.messages if message["event"] == event]


class SignatureTests(unittest.TestCase):
    def test_webhooks_and_the_socket_are_signed_as_the_library_expects(self):
        status = PUBLIC + "/twilio/stream-status"
        bridge = Bridge(lambda hit: twiml(status=status), Greeter().talk)
        result, code = ring(
            bridge, "--hang-up-after=500ms", "--status-callback", PUBLIC + "/twilio/status",
            "--parameter=CallerName=Zoë Müller & Söhne", "--parameter=Empty=",
        )
        self.assertEqual((code, result["status"], result["debugger"]), (0, "completed", []))
        validator = RequestValidator(TOKEN)
        paths = set()
        for hit in bridge.hits:
            scheme = "wss" if "upgrade" in hit.headers else "https"
            url = f"{scheme}://bridge.example.net{hit.target}"
            signature = hit.headers["x-twilio-signature"]
            self.assertTrue(validator.validate(url, hit.form, signature), hit.target)
            self.assertFalse(validator.validate(url + "x", hit.form, signature))
            paths.add(hit.target.split("?")[0])
        self.assertEqual(
            paths,
            {"/twilio/voice", "/twilio/media", "/twilio/stream-status", "/twilio/status"},
        )
        voice = bridge.hits[0]
        self.assertEqual(voice.form["CallerName"], "Zoë Müller & Söhne")
        self.assertEqual(voice.form["FromZip"], "")
        self.assertEqual(voice.headers["user-agent"], "TwilioProxy/1.1")
        final = bridge.hits[-1].form
        self.assertEqual(final["CallStatus"], "completed")
        upgrade = next(hit for hit in bridge.hits if "upgrade" in hit.headers)
        self.assertEqual(upgrade.headers["user-agent"], "Twilio.TmeWs/1.0")
        for absent in ["origin", "sec-websocket-protocol", "sec-websocket-extensions", "cookie"]:
            self.assertNotIn(absent, upgrade.headers)
        events = [hit.form["StreamEvent"] for hit in bridge.hits if "StreamEvent" in hit.form]
        self.assertEqual(events, ["stream-started", "stream-stopped"])

    def test_a_get_webhook_carries_its_parameters_in_the_signed_query(self):
        bridge = Bridge(lambda hit: "<Response><Reject/></Response>")
        result, _ = ring(bridge, "--method=GET")
        self.assertEqual(result["status"], "no-answer")
        hit = bridge.hits[0]
        validator = RequestValidator(TOKEN)
        url = "https://bridge.example.net" + hit.target
        self.assertTrue(validator.validate(url, {}, hit.headers["x-twilio-signature"]))

    def test_callbacks_come_twice_when_they_are_to(self):
        bridge = Bridge(lambda hit: "<Response/>")
        ring(
            bridge, "--status-callback", PUBLIC + "/twilio/status", "--duplicate-callbacks",
            "--shuffle-callbacks",
        )
        tokens = [
            hit.headers["i-twilio-idempotency-token"]
            for hit in bridge.hits
            if hit.target == "/twilio/status"
        ]
        self.assertEqual(len(tokens), 2)
        self.assertEqual(tokens[0], tokens[1])


class StreamTests(unittest.TestCase):
    def test_the_stream_speaks_as_documented_and_plays_what_it_gets(self):
        greeter = Greeter()
        bridge = Bridge(lambda hit: twiml(), greeter.talk)
        with tempfile.TemporaryDirectory() as folder:
            heard = pathlib.Path(folder) / "heard.wav"
            result, code = ring(
                bridge, "--hang-up-after=2600ms", "--press=5@300ms", "--out", heard,
                "--wav=caller-en-answer", "--cue=at-once",
            )
            size = heard.stat().st_size
        self.assertEqual(code, 0)
        names = [message["event"] for message in greeter.messages]
        self.assertEqual((names[0], names[1], names[-1]), ("connected", "start", "stop"))
        numbers = [int(m["sequenceNumber"]) for m in greeter.messages[1:]]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        start = greeter.of("start")[0]["start"]
        self.assertEqual(start["customParameters"], {"t": '4f1c & "more" <here>'})
        media = greeter.of("media")
        self.assertEqual([int(m["media"]["timestamp"]) for m in media[:3]], [120, 140, 160])
        self.assertEqual([int(m["media"]["chunk"]) for m in media[:3]], [1, 2, 3])
        self.assertTrue(all(len(m["media"]["payload"]) == 216 for m in media))
        self.assertAlmostEqual(len(media), 130, delta=3)
        dtmf = greeter.of("dtmf")[0]["dtmf"]
        self.assertEqual(dtmf, {"track": "inbound_track", "digit": "5"})
        # The mark comes back when two seconds have been played, not before.
        before = names[: names.index("mark")].count("media")
        played = result["streams"][0]["first_heard_ms"] + 2000
        self.assertAlmostEqual(before, played / 20, delta=3)
        self.assertEqual(result["heard_ms"], 2000)
        self.assertGreater(size, 2600 * 8)

    def test_a_server_that_closes_is_asked_what_comes_next(self):
        def answer(hit):
            if hit.target.startswith("/after"):
                dial = Dial(action="/dialled", timeout=20)
                dial.number("+15550100020")
                response = VoiceResponse()
                response.append(dial)
                return str(response)
            if hit.target == "/dialled":
                return "<Response><Say>Goodbye.</Say><Hangup/></Response>"
            return twiml(action="/after")

        greeter = Greeter(media=1600, closes_after_mark=True)
        bridge = Bridge(answer, greeter.talk)
        result, code = ring(bridge, "--dial-result=busy", "--dial-lasts=100ms")
        self.assertEqual(code, 0)
        kinds = [event["kind"] for event in result["events"]]
        self.assertEqual(kinds, ["connect", "stream-ended", "dial", "say", "hangup"])
        dialled = next(hit for hit in bridge.hits if hit.target == "/dialled")
        self.assertEqual(dialled.form["DialCallStatus"], "busy")
        self.assertEqual(dialled.form["CallStatus"], "in-progress")

    def test_what_the_server_does_wrong_is_told_by_number(self):
        def talk(stream, hit):
            for text in stream.messages():
                sid = json.loads(text).get("streamSid")
                if sid:
                    stream.send(json.dumps({"event": "media", "stream_sid": sid}))
                    stream.send("nonsense")
                    stream.close(1011)
                    return

        bridge = Bridge(lambda hit: twiml().replace("media", "media?t=1"))
        result, code = ring(bridge)
        self.assertEqual([entry["code"] for entry in result["debugger"]], [31920])
        self.assertEqual(code, 1)
        bridge = Bridge(lambda hit: twiml(), talk)
        result, code = ring(bridge)
        self.assertEqual([entry["code"] for entry in result["debugger"]], [31951, 31921])
        self.assertEqual(result["streams"][0]["received"]["dropped"], 2)
        bridge = Bridge(lambda hit: "no TwiML")
        result, code = ring(bridge)
        self.assertEqual([entry["code"] for entry in result["debugger"]], [12100])

    def test_many_calls_at_once(self):
        bridge = Bridge(lambda hit: twiml(), Greeter(media=1600).talk)
        words = [BIN / "phonesim", "ring", "--auth-token", TOKEN, "--json=-", "--calls=20"]
        words += ["--rate=50", "--hang-up-after=800ms", "--public-url", PUBLIC + "/v"]
        done = subprocess.run(
            words + ["--url", bridge.url("/v")], capture_output=True, text=True, timeout=60
        )
        told = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((told["calls"], told["good"]), (20, 20))
        self.assertEqual(len({one["call_sid"] for one in told["results"]}), 20)
        self.assertIn("webhook to voice", told["latencies_ms"])


class RESTTests(unittest.TestCase):
    def client(self, program, token=TOKEN):
        origin = program.line(lambda line: "REST on" in line).split()[-1]

        class Local(TwilioHttpClient):
            def request(self, method, url, *rest, **named):
                return super().request(
                    method, url.replace("https://api.twilio.com", origin), *rest, **named
                )

        return Client(SID, token, http_client=Local())

    def serve(self, *options):
        program = Program(
            BIN / "phonesim", "serve", "--auth-token", TOKEN, "--account-sid", SID, *options
        )
        self.addCleanup(program.end)
        return program

    def test_calls_are_placed_redirected_and_ended_by_the_library(self):
        begun = threading.Event()
        greeter = Greeter(media=160)

        def talk(stream, hit):
            begun.set()
            greeter.talk(stream, hit)

        bridge = Bridge(lambda hit: twiml(action="/after"), talk)
        program = self.serve(
            "--url", bridge.url("/twilio/voice"), "--public-url", PUBLIC + "/twilio/voice",
            "--rings=100ms", "--wait",
        )
        client = self.client(program)
        call = client.calls.create(
            to="+15550100010", from_="+15550100006", url=PUBLIC + "/twilio/voice",
            status_callback=PUBLIC + "/twilio/status",
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )
        self.assertEqual((call.status, call.direction), ("queued", "outbound-api"))
        self.assertTrue(begun.wait(PATIENCE))
        self.assertEqual(client.calls(call.sid).fetch().status, "in-progress")
        client.calls(call.sid).update(twiml="<Response><Pause length='60'/></Response>")
        self.assertEqual(client.calls(call.sid).update(status="completed").sid, call.sid)
        seen = self.wait_for(bridge, 4)
        self.assertEqual([hit.form["SequenceNumber"] for hit in seen], ["0", "1", "2", "3"])
        self.assertEqual(
            [hit.form["CallStatus"] for hit in seen],
            ["initiated", "ringing", "in-progress", "completed"],
        )
        self.assertEqual(greeter.messages[-1]["event"], "stop")
        with self.assertRaises(TwilioRestException) as over:
            client.calls(call.sid).update(twiml="<Response/>")
        self.assertEqual((over.exception.status, over.exception.code), (400, 21220))

    def test_a_call_is_ended_while_its_stream_is_being_opened(self):
        asked, ended = threading.Event(), threading.Event()

        def upgrading():
            asked.set()
            ended.wait(PATIENCE)

        told = []

        def talk(stream, hit):
            told.extend(json.loads(text)["event"] for text in stream.messages())

        bridge = Bridge(lambda hit: twiml(action="/after"), talk, upgrading)
        client = self.served(bridge, "--rings=50ms")
        call = self.place(client)
        self.assertTrue(asked.wait(PATIENCE))
        client.calls(call.sid).update(status="completed")
        ended.set()
        self.assertEqual(self.final(bridge, call.sid)["CallStatus"], "completed")
        self.assertEqual(told, ["connected", "start", "stop"])
        self.assertNotIn("/after", [hit.target for hit in bridge.hits])

    def place(self, client, **more):
        return client.calls.create(
            to="+15550100010", from_="+15550100006", url=PUBLIC + "/twilio/voice",
            status_callback=PUBLIC + "/twilio/status",
            status_callback_event=["initiated", "ringing", "answered", "completed"], **more,
        )

    def served(self, bridge, *options):
        return self.client(
            self.serve(
                "--url", bridge.url("/twilio/voice"), "--public-url", PUBLIC + "/twilio/voice",
                *options,
            )
        )

    def test_a_mailbox_is_found_before_or_while_the_call_goes_on(self):
        bridge = Bridge(lambda hit: "<Response><Pause length='1'/></Response>")
        client = self.served(
            bridge, "--rings=50ms", "--answered-by=machine", "--detection-takes=200ms"
        )
        before = self.place(client, machine_detection="DetectMessageEnd")
        self.wait_for(bridge, 4)
        voice = next(hit.form for hit in bridge.hits if hit.target == "/twilio/voice")
        self.assertEqual(voice["AnsweredBy"], "machine_end_beep")
        self.assertEqual(voice["MachineDetectionDuration"], "200")
        self.assertEqual(client.calls(before.sid).fetch().answered_by, "machine_end_beep")
        bridge.hits.clear()
        self.place(
            client, machine_detection="Enable", async_amd="true",
            async_amd_status_callback=PUBLIC + "/twilio/amd",
        )
        self.wait_for(bridge, 4)
        voice = next(hit.form for hit in bridge.hits if hit.target == "/twilio/voice")
        self.assertNotIn("AnsweredBy", voice)
        found = next(hit for hit in bridge.hits if hit.target == "/twilio/amd")
        self.assertEqual(found.form["AnsweredBy"], "machine_start")
        signature = found.headers["x-twilio-signature"]
        self.assertTrue(
            RequestValidator(TOKEN).validate(PUBLIC + "/twilio/amd", found.form, signature)
        )

    def test_one_call_a_second_leaves_the_queue(self):
        bridge = Bridge(lambda hit: "<Response/>")
        client = self.served(bridge, "--rings=50ms")
        first, second = self.place(client), self.place(client)
        self.assertEqual((first.status, second.status), ("queued", "queued"))
        self.assertEqual(first.queue_time, "0")
        self.assertGreater(int(second.queue_time), 500)
        waiting = client.calls(second.sid).fetch()
        self.assertEqual((waiting.status, waiting.direction), ("queued", "outbound-api"))
        self.assertEqual((waiting.to, waiting._from), ("+15550100010", "+15550100006"))
        client.calls(second.sid).update(status="canceled")
        final = self.final(bridge, second.sid)
        self.assertEqual((final["CallStatus"], final["CallDuration"]), ("canceled", "0"))

    def test_nobody_answers_and_that_is_told_with_its_cause(self):
        for answer, code in [("busy", "486"), ("no-answer", "487"), ("failed", "404")]:
            bridge = Bridge(lambda hit: "<Response/>")
            client = self.served(bridge, "--rings=50ms", "--answer", answer)
            final = self.final(bridge, self.place(client).sid)
            self.assertEqual((final["CallStatus"], final["SipResponseCode"]), (answer, code))
            self.assertEqual(final["CallDuration"], "0")
        bridge = Bridge(lambda hit: "<Response/>")
        client = self.served(bridge, "--rings=30s")
        final = self.final(bridge, self.place(client, timeout=1).sid)
        self.assertEqual(final["CallStatus"], "no-answer")

    def final(self, bridge, sid):
        def found():
            return [
                hit.form
                for hit in bridge.hits
                if hit.form.get("CallSid") == sid and "SipResponseCode" in hit.form
            ]

        waits = threading.Event()
        for _ in range(PATIENCE * 20):
            if found():
                return found()[0]
            waits.wait(0.05)
        raise AssertionError("no final callback")

    def test_a_call_is_redirected_to_an_address(self):
        bridge = Bridge(
            lambda hit: "<Response><Pause length='60'/></Response>"
            if hit.target == "/twilio/voice"
            else "<Response><Say>Moved.</Say></Response>"
        )
        client = self.served(bridge, "--rings=500ms")
        call = self.place(client)
        with self.assertRaises(TwilioRestException) as early:
            client.calls(call.sid).update(url=PUBLIC + "/twilio/moved")
        self.assertEqual((early.exception.status, early.exception.code), (400, 21220))
        self.wait_for(bridge, 3)
        client.calls(call.sid).update(url=PUBLIC + "/twilio/moved", method="POST")
        self.assertEqual(self.final(bridge, call.sid)["CallStatus"], "completed")
        moved = [hit.form for hit in bridge.hits if hit.target == "/twilio/moved"]
        self.assertEqual([form["CallStatus"] for form in moved], ["in-progress"])

    def test_a_call_may_be_placed_though_twilio_answers_500(self):
        bridge = Bridge(lambda hit: "<Response/>")
        client = self.served(bridge, "--rings=50ms", "--rest-fault=500-done:1")
        with self.assertRaises(TwilioRestException) as broken:
            self.place(client)
        self.assertEqual((broken.exception.status, broken.exception.code), (500, 20500))
        self.assertEqual(len(self.wait_for(bridge, 4)), 4)

    def wait_for(self, bridge, count):
        def callbacks():
            return sorted(
                (hit for hit in bridge.hits if hit.target == "/twilio/status"),
                key=lambda hit: hit.form["SequenceNumber"],
            )

        waits = threading.Event()
        for _ in range(PATIENCE * 20):
            if len(callbacks()) >= count:
                return callbacks()
            waits.wait(0.05)
        raise AssertionError(f"{len(callbacks())} callbacks of {count}")

    def good(self, **more):
        return dict(to="+15550100010", from_="+15550100006", url="https://x.example/", **more)

    def test_refusals_have_twilios_numbers(self):
        client = self.client(self.serve())
        for arguments, status, code in [
            (dict(to="", from_="+15550100006", url="https://x.example/"), 400, 21201),
            (dict(to="nobody", from_="+15550100006", url="https://x.example/"), 400, 21211),
            (dict(to="+15550100010", from_="+15550100006", url="nonsense"), 400, 21205),
            (dict(to="+15550100010", from_="+15550100006", twiml="<Nope/>"), 400, 12102),
            (self.good(machine_detection="Sometimes"), 400, 21234),
            (self.good(timeout=700), 400, 20422),
            (self.good(status_callback="https://under_score.example/"), 400, 21205),
            (self.good(status_callback_event=["sneezed"]), 400, 20422),
        ]:
            with self.assertRaises(TwilioRestException) as refused:
                client.calls.create(**arguments)
            self.assertEqual((refused.exception.status, refused.exception.code), (status, code))
        with self.assertRaises(TwilioRestException) as unknown:
            client.calls("CA" + "0" * 32).update(status="completed")
        self.assertEqual((unknown.exception.status, unknown.exception.code), (404, 20404))
        stranger = self.client(self.serve(), token="0" * 32)
        with self.assertRaises(TwilioRestException) as refused:
            stranger.calls.create(to="+15550100010", from_="+15550100006", twiml="<Response/>")
        self.assertEqual((refused.exception.status, refused.exception.code), (401, 20003))

    def test_too_many_requests_pass(self):
        client = self.client(self.serve("--rest-fault=429:2"))
        for _ in range(2):
            with self.assertRaises(TwilioRestException) as busy:
                client.calls("CA" + "0" * 32).fetch()
            self.assertEqual((busy.exception.status, busy.exception.code), (429, 20429))
        create = self.client(self.serve("--rest-fault=429", "--rest-retry-after=3"))
        with self.assertRaises(TwilioRestException) as busy:
            self.place(create)
        self.assertEqual((busy.exception.status, busy.exception.code), (429, 20429))
        numbers = client.incoming_phone_numbers.list(phone_number="+15550100002")
        self.assertEqual(numbers[0].phone_number, "+15550100002")
        numbers[0].update(voice_url="https://new.example/voice")
        self.assertEqual(
            client.incoming_phone_numbers.list()[0].voice_url, "https://new.example/voice"
        )
