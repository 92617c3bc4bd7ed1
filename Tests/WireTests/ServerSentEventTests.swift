import Testing

@testable import Wire

@Suite struct ServerSentEventTests {
    private func text(_ event: ServerSentEvent) -> String {
        String(decoding: event.bytes, as: UTF8.self)
    }

    @Test func `an event with everything is four fields and an empty line`() {
        let event = ServerSentEvent(
            name: "call.ended", id: "42", retry: .milliseconds(2_500), data: "{\"a\":1}")
        #expect(
            text(event) == "event: call.ended\nid: 42\nretry: 2500\ndata: {\"a\":1}\n\n")
    }

    @Test func `plain data is one field`() {
        #expect(text(ServerSentEvent(data: "hello")) == "data: hello\n\n")
        #expect(text(ServerSentEvent(data: "")) == "data: \n\n")
        #expect(text(ServerSentEvent(data: " led by a space")) == "data:  led by a space\n\n")
    }

    @Test(arguments: ["a\nb", "a\rb", "a\r\nb"])
    func `every line of the data has its own field`(_ data: String) {
        #expect(text(ServerSentEvent(data: data)) == "data: a\ndata: b\n\n")
    }

    @Test func `empty lines within the data stay`() {
        #expect(text(ServerSentEvent(data: "a\n\nb\n")) == "data: a\ndata: \ndata: b\ndata: \n\n")
        #expect(text(ServerSentEvent(data: "a\r\r\nb")) == "data: a\ndata: \ndata: b\n\n")
    }

    @Test func `a name or id cannot open a field of its own`() {
        let event = ServerSentEvent(name: "x\ndata: y", id: "1\r\n\u{0}2", data: "z")
        #expect(text(event) == "event: xdata: y\nid: 12\ndata: z\n\n")
    }

    @Test func `a heartbeat is a comment`() {
        #expect(ServerSentEvent.heartbeat == Array(":\n\n".utf8))
    }
}
