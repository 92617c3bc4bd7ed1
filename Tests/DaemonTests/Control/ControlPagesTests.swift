import Testing
import Wire

@testable import Daemon

@Suite struct ControlPagesTests {
    @Test func `calls are a table below the status`() {
        let page = ControlOrder.calls.text([
            "status": "serving 1 call, agent ok", "active": 1,
            "calls": [
                [
                    "call_sid": "CA1", "status": "in-progress", "from": "+1…01", "to": "+1…02",
                    "agent": "default", "duration_seconds": 127.4, "turns": 3,
                    "quality": ["first_audio_ms": 412.5],
                ]
            ],
        ])
        #expect(
            page == """
                serving 1 call, agent ok

                call  status       from   to     agent    lasts  first audio  turns
                CA1   in-progress  +1…01  +1…02  default   2:07     412.5 ms      3

                """)
        #expect(ControlOrder.calls.text(["status": "serving no calls"]) == "serving no calls\n")
    }

    @Test func `who waits or rings has a line, to be ended by`() {
        let page = ControlOrder.calls.text([
            "status": "serving no calls", "calls": [],
            "waiting": [["call_sid": "CA2", "waiting_seconds": 65]], "ringing": ["CA3"],
        ])
        #expect(page == "serving no calls\n\nCA2 waits for a place, 1:05\nCA3 rings\n")
    }

    @Test func `a call is one line for each of its facts`() {
        let page = ControlOrder.call("CA1").text([
            "call_sid": "CA1", "conversation_id": nil, "quality": ["frames_in": 7],
        ])
        #expect(page == "call_sid         CA1\nconversation_id  -\nframes_in        7\n")
    }

    @Test func `a reload says what is new, and what waits for a restart`() {
        let page = ControlOrder.reload.text([
            "changed": [["name": "CALLS_MAX", "before": "500", "now": "7"]],
            "facts": ["ROUTING_FILE: 3 numbers"], "restart": ["PORT", "API_KEYS"], "notes": [],
        ])
        #expect(
            page == """
                setting    was  is
                CALLS_MAX  500  7
                ROUTING_FILE: 3 numbers
                Only a restart brings the new PORT, API_KEYS.

                """)
        #expect(ControlOrder.reload.text(["changed": []]) == "Nothing has changed.\n")
    }

    @Test func `a drain says what ends the daemon, and what would start it again`() {
        let alone = ControlOrder.drain.text(["active": 1, "started_by_socket": false])
        #expect(alone == "Draining: 1 call is open, the daemon ends with it.\n")
        let service = ControlOrder.drain.text(["active": 0, "started_by_socket": true])
        #expect(service.hasPrefix("Draining: no call is open, the daemon ends.\n"))
        #expect(service.contains("systemctl stop callbridge"))
    }

    @Test func `an end names the call, and its session if it had one`() {
        #expect(
            ControlOrder.end("CA1").text(["call_sid": "CA1", "session_id": "session_1"])
                == "Ended CA1 (session_1)\n")
        #expect(
            ControlOrder.end("CA1").text(["call_sid": "CA1", "session_id": ""]) == "Ended CA1\n")
    }

    @Test func `a refusal names every fault, any other problem its detail`() {
        #expect(
            ControlPages.refusal(["faults": ["a.conf:1: PORT is 'x'"]], status: 422)
                == "configuration refused, nothing has changed:\n  a.conf:1: PORT is 'x'\n")
        #expect(
            ControlPages.refusal(["detail": "no living call"], status: 404) == "no living call\n")
        #expect(ControlPages.refusal(nil, status: 500) == "it answered 500\n")
    }

    @Test func `an id cannot leave its place in the path`() {
        #expect(ControlOrder.end("../drain?x").request.target == "/calls/..%2Fdrain%3Fx/end")
    }
}
