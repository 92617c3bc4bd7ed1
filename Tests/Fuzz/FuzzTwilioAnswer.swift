// Any bytes as Twilio's answer to a request of ours, with any status: a call, or a refusal whose words
// fit a log line.
import Twilio
import Wire

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzTwilioAnswer(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: data, count: count)
    for status in [200, 201, 400, 404, 429, 500, 503] {
        var response = HTTPResponse(status: status)
        response.body = Array(input)
        response.fields["Retry-After"] = String(decoding: input.prefix(40), as: UTF8.self)
        do throws(TwilioRefusal) {
            _ = try TwilioAnswer(response)
            precondition(status < 300)
        } catch {
            precondition(error.status == status)
            precondition(error.message.count <= TwilioRefusal.messageCharactersMax)
            precondition(error.retryAfter.map { $0 >= .zero && $0 <= .seconds(3_600) } != false)
        }
    }
    return 0
}
