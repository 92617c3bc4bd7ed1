import Testing
import Wire

struct HTTPFieldsTests {
    @Test(arguments: [
        "Authorization", "authorization", "xi-api-key", "X-API-Key", "Cookie",
        "X-Twilio-Signature",
    ])
    func `what lets somebody in is not printed`(_ name: String) {
        let request = HTTPRequest(
            method: "GET", target: "/", fields: ["Host": "h.example", name: "opensesame"])
        var dumped = ""
        dump(request, to: &dumped)
        let printed = "\(request) \(request.fields) \(String(reflecting: request)) \(dumped)"
        #expect(!printed.contains("opensesame"))
        #expect(printed.contains("Host: h.example"))
        #expect("\(request.fields)" == "[Host: h.example, \(name): (secret)]")
    }

    @Test func `each field alone is as discreet as all`() {
        let fields: HTTPFields = ["Cookie": "opensesame"]
        #expect(!"\(fields.all) \(fields.all[0])".contains("opensesame"))
    }
}
