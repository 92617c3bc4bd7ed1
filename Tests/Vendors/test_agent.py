"""agentsim as ElevenLabs' own client library meets it."""

import http.server
import math
import struct
import threading
import time
import unittest

from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import (
    AudioInterface,
    ClientTools,
    Conversation,
    ConversationInitiationData,
)
from elevenlabs.core.api_error import ApiError

from house import PATIENCE, agentsim, outcome

DESK = """
greeting
  say "Good morning, this is the practice."
turn "I need an appointment"
  client-tool find_slots {"day": "tuesday"}
  say "Tuesday at nine is free."
turn "Thank you"
  say "Goodbye."
  end-call "done"
"""


class Caller(AudioInterface):
    """Sends 20 ms of voice or silence at a time, in real time, and keeps what it hears."""

    RATE = 16000

    def __init__(self):
        self.heard = bytearray()
        self.interrupted = threading.Event()
        self.speaks = threading.Event()
        self.stopped = threading.Event()
        samples = [int(8000 * math.sin(i / 9)) for i in range(320)]
        self.voice = struct.pack("<320h", *samples)

    def start(self, input_callback):
        self.callback = input_callback
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        due = time.monotonic()
        while not self.stopped.wait(max(0, due - time.monotonic())):
            self.callback(self.voice if self.speaks.is_set() else bytes(640))
            due += 0.02

    def stop(self):
        self.stopped.set()

    def output(self, audio):
        self.heard += audio

    def interrupt(self):
        self.interrupted.set()


class Talk:
    """A conversation of the SDK and everything its callbacks were told."""

    def __init__(self, origin, caller, key=None, auth=False, agent="agent_test", **config):
        self.caller = caller
        self.said = []
        self.bell = threading.Condition()
        self.tools = ClientTools()
        self.tools.register("find_slots", self._slots)
        self.session = Conversation(
            ElevenLabs(api_key=key or "sk_test", base_url=origin),
            agent,
            requires_auth=auth,
            audio_interface=caller,
            client_tools=self.tools,
            config=ConversationInitiationData(**config),
            callback_agent_response=lambda text: self._note("agent", text),
            callback_agent_response_correction=lambda a, b: self._note("corrected", b),
            callback_user_transcript=lambda text: self._note("user", text),
            callback_latency_measurement=lambda ms: self._note("latency", ms),
            callback_disconnect=lambda details: self._note("end", details),
        )

    def _note(self, kind, what):
        with self.bell:
            self.said.append((kind, what))
            self.bell.notify_all()

    def _slots(self, parameters):
        self._note("tool", parameters["day"])
        return "nine o'clock"

    def wait(self, kind, text=None):
        def found():
            return [what for k, what in self.said if k == kind and text in (None, what)]

        with self.bell:
            assert self.bell.wait_for(found, PATIENCE), f"no {kind} {text} in {self.said}"
            return found()[0]

    def kinds(self, *kinds):
        return [(kind, what) for kind, what in self.said if kind in kinds]


class AgentTests(unittest.TestCase):
    def speak(self, caller, seconds):
        caller.speaks.set()
        caller.stopped.wait(seconds)
        caller.speaks.clear()

    def test_a_conversation_from_greeting_to_goodbye(self):
        with agentsim("--ping-every=300ms", script=DESK) as (origin, program):
            caller = Caller()
            talk = Talk(origin, caller)
            talk.session.start_session()
            talk.wait("agent", "Good morning, this is the practice.")
            caller.stopped.wait(4)
            self.speak(caller, 1)
            self.assertEqual(talk.wait("tool"), "tuesday")
            talk.wait("agent", "Tuesday at nine is free.")
            caller.stopped.wait(3)
            self.speak(caller, 1)
            details = talk.wait("end")
            talk.session.wait_for_session_end()
            self.assertEqual(
                talk.kinds("agent", "user", "tool"),
                [
                    ("agent", "Good morning, this is the practice."),
                    ("user", "I need an appointment"),
                    ("tool", "tuesday"),
                    ("agent", "Tuesday at nine is free."),
                    ("user", "Thank you"),
                    ("agent", "Goodbye."),
                ],
            )
            self.assertEqual(details.close_code, 1000)
            self.assertGreater(len(caller.heard), 4 * 32000)
            told = outcome(program)
            # The client's own callback leaves out a round trip below one millisecond.
            self.assertTrue(told["round_trips_ms"])
            self.assertEqual(told["findings"], [])
            self.assertAlmostEqual(told["uplink"]["bytes_per_second"], 32000, delta=1500)
            results = [turn["tool_results"] for turn in told["record"]["transcript"]]
            self.assertIn("nine o'clock", str(results))

    def test_speech_over_the_agent_interrupts_it(self):
        with agentsim(script=DESK) as (origin, program):
            caller = Caller()
            talk = Talk(origin, caller)
            talk.session.start_session()
            talk.wait("agent")
            caller.stopped.wait(1)
            self.speak(caller, 0.8)
            self.assertTrue(caller.interrupted.wait(PATIENCE))
            self.assertIn(talk.wait("corrected"), ["Good", "Good morning,", "Good morning, this"])
            talk.wait("user", "I need an appointment")
            talk.session.end_session()
            talk.session.wait_for_session_end()
            self.assertEqual(outcome(program)["end"]["code"], 1000)

    def test_words_alone(self):
        script = 'greeting\n say "Hi {{name}}"\nwhen "bye"\n say "So long."\n end-call\n'
        with agentsim(script=script) as (origin, program):
            talk = Talk(origin, None, dynamic_variables={"name": "Ada"})
            talk.session.start_session()
            talk.wait("agent", "Hi Ada")
            talk.session.send_contextual_update("the caller is in a hurry")
            talk.session.send_user_message("Bye now")
            talk.wait("agent", "So long.")
            talk.wait("end")
            self.assertEqual(outcome(program)["findings"], [])

    def test_a_missing_variable_ends_the_conversation(self):
        with agentsim(script='greeting\n say "Hi {{name}}"') as (origin, _):
            talk = Talk(origin, Caller())
            talk.session.start_session()
            self.assertEqual(talk.wait("end").close_code, 1008)

    def test_a_used_up_quota_looks_like_the_real_one(self):
        with agentsim("--fault=quota@200ms") as (origin, _):
            talk = Talk(origin, Caller())
            talk.session.start_session()
            details = talk.wait("end")
            self.assertEqual(details.close_code, 1002)
            self.assertIn("quota", details.close_reason)

    def test_babble_and_huge_audio_do_not_end_a_conversation(self):
        faults = ["--fault=unknown-types", "--fault=huge-audio@100ms", "--fault=queued=200ms"]
        with agentsim(*faults, script=DESK) as (origin, _):
            caller = Caller()
            talk = Talk(origin, caller)
            talk.session.start_session()
            talk.wait("agent", "Good morning, this is the practice.")
            talk.session.end_session()
            talk.session.wait_for_session_end()
            self.assertGreater(len(caller.heard), 1_500_000)


class DoorTests(unittest.TestCase):
    OPTIONS = ["--api-key=sk_right", "--agent=agent_test", "--private", "--single-use"]

    def test_keys_agents_and_signed_urls_are_checked(self):
        with agentsim(*self.OPTIONS, script=DESK) as (origin, _):
            with self.assertRaises(ApiError) as refused:
                Talk(origin, Caller(), key="sk_wrong", auth=True).session.start_session()
            self.assertEqual(refused.exception.status_code, 401)
            self.assertEqual(refused.exception.body["detail"]["status"], "invalid_api_key")
            with self.assertRaises(ApiError) as unknown:
                Talk(
                    origin, Caller(), key="sk_right", auth=True, agent="agent_other"
                ).session.start_session()
            self.assertEqual(unknown.exception.status_code, 404)
            stranger = Talk(origin, Caller())
            stranger.session.start_session()
            self.assertEqual(stranger.wait("end").close_code, 1008)
            talk = Talk(origin, Caller(), key="sk_right", auth=True)
            talk.session.start_session()
            talk.wait("agent")
            talk.session.end_session()

    def test_rest_answers_fit_the_typed_models(self):
        with agentsim(script='greeting\n say "Hi"\n end-call') as (origin, program):
            client = ElevenLabs(api_key="k", base_url=origin).conversational_ai
            talk = Talk(origin, Caller())
            talk.session.start_session()
            talk.wait("end")
            told = outcome(program)["conversation_id"]
            record = client.conversations.get(told)
            self.assertEqual(record.status, "done")
            self.assertEqual(record.transcript[0].message, "Hi")
            listed = client.conversations.list()
            self.assertEqual([one.conversation_id for one in listed.conversations], [told])
            self.assertGreater(len(b"".join(client.conversations.audio.get(told))), 100)
            self.assertEqual(client.agents.get("agent_test").agent_id, "agent_test")
            self.assertEqual(len(client.agents.list().agents), 1)
            markup = client.twilio.register_call(
                agent_id="agent_test", from_number="+15550100001", to_number="+15550100002"
            )
            self.assertIn("conversation_id", str(markup))

    def test_a_busy_service_says_so(self):
        with agentsim("--rest-fault=429") as (origin, _):
            client = ElevenLabs(api_key="k", base_url=origin)
            with self.assertRaises(ApiError) as busy:
                client.conversational_ai.conversations.get_signed_url(
                    agent_id="a", request_options={"max_retries": 0}
                )
            self.assertEqual(busy.exception.status_code, 429)


class ReportTests(unittest.TestCase):
    def posted(self, *options):
        """What arrives at the report's address: headers and body, until the agent ends."""
        arrived = []
        bell = threading.Condition()

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with bell:
                    arrived.append((self.headers["ElevenLabs-Signature"], body))
                    bell.notify_all()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/webhook"
        script = 'greeting\n say "Hi"\n end-call "done"'
        wanted = 2 if "--report-fault=duplicate" in options else 1
        with agentsim(
            f"--report-to={url}", "--report-secret=wsec_test_1", *options, script=script
        ) as (origin, _):
            talk = Talk(origin, Caller())
            talk.session.start_session()
            with bell:
                assert bell.wait_for(lambda: len(arrived) >= wanted, PATIENCE), "no report came"
        server.shutdown()
        return arrived

    def test_the_library_accepts_the_signature(self):
        (signature, body), *_ = self.posted()
        event = ElevenLabs(api_key="k").webhooks.construct_event(
            body.decode(), signature, "wsec_test_1"
        )
        self.assertIn("post_call_transcription", str(event))

    def test_a_wrong_signature_is_wrong_and_a_duplicate_is_one(self):
        (signature, body), *_ = self.posted("--report-fault=wrong-signature")
        with self.assertRaises(Exception):
            ElevenLabs(api_key="k").webhooks.construct_event(
                body.decode(), signature, "wsec_test_1"
            )
        first, second = self.posted("--report-fault=duplicate")
        self.assertEqual(first[1], second[1])
