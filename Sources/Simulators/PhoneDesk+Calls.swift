import Wire

/// Placing and changing calls.
extension PhoneDesk {
    /// The longest TwiML that REST takes.
    private static let scriptCharactersMax = 4000
    private static let timeoutSecondsMax = 600
    private static let events: Set<String> = ["initiated", "ringing", "answered", "completed"]

    /// A parameter that is refused, with the answer that says so.
    private struct Refusal: Error {
        var response: HTTPResponse

        init(_ code: Int64, _ message: String) { response = .twilio(400, code, message) }
    }

    func create(_ form: Form, at now: Duration) -> HTTPResponse {
        do {
            let (from, to) = try Self.parties(form)
            var outbound = try outbound(form)
            let limit = try Self.seconds("TimeLimit", form)
            outbound.queueTime = nextQueueTime(at: now)
            return place(outbound, from: from, to: to, limit: limit)
        } catch {
            return error.response
        }
    }

    private static func parties(_ form: Form) throws(Refusal) -> (from: String, to: String) {
        guard let to = form["To"], !to.isEmpty else {
            throw Refusal(21201, "No 'To' number is specified")
        }
        guard let from = form["From"], !from.isEmpty else {
            throw Refusal(21213, "'From' phone number is required")
        }
        guard isNumber(to) else {
            throw Refusal(21211, "The phone number you are attempting to call is not valid")
        }
        guard isNumber(from) else {
            throw Refusal(21212, "The source phone number provided is not valid")
        }
        return (from, to)
    }

    private func outbound(_ form: Form) throws(Refusal) -> PhoneOutbound {
        var outbound = PhoneOutbound(callee: account.callee, events: ["completed"])
        if let url = form["Url"] {
            _ = try Self.address(url, "Url")
            outbound.url = .init(url: url, method: form["Method"] ?? "POST")
        } else if let text = form["Twiml"] {
            outbound.script = try Self.script(text)
        } else {
            throw Refusal(21205, "Url or Twiml is required")
        }
        if let seconds = try Self.seconds("Timeout", form) {
            guard seconds <= Self.timeoutSecondsMax else {
                throw Refusal(20422, "Invalid parameter Timeout: \(seconds)")
            }
            outbound.timeout = .seconds(seconds)
        }
        outbound.detection = try Self.detection(form)
        if let text = form["StatusCallback"] {
            let address = try Self.address(text, "StatusCallback")
            guard !address.host.contains("_") else {
                throw Refusal(21205, "StatusCallback has an underscore in its host")
            }
            outbound.statusCallback = address
        }
        let events = form.values("StatusCallbackEvent")
        guard Self.events.isSuperset(of: events) else {
            throw Refusal(20422, "Invalid parameter StatusCallbackEvent")
        }
        if !events.isEmpty { outbound.events = Set(events) }
        return outbound
    }

    private static func detection(_ form: Form) throws(Refusal) -> PhoneOutbound.Detection? {
        guard let mode = form["MachineDetection"] else { return nil }
        guard ["Enable", "DetectMessageEnd"].contains(mode) else {
            throw Refusal(21234, "Invalid MachineDetection: \(mode)")
        }
        var detection = PhoneOutbound.Detection(waitsForGreeting: mode == "DetectMessageEnd")
        if form["AsyncAmd"] == "true" {
            detection.isMeanwhile = true
            if let text = form["AsyncAmdStatusCallback"] {
                detection.callback = try address(text, "AsyncAmdStatusCallback")
            }
        }
        return detection
    }

    private static func seconds(_ name: String, _ form: Form) throws(Refusal) -> Int? {
        guard let text = form[name] else { return nil }
        guard let seconds = Int(text), seconds > 0 else {
            throw Refusal(20422, "Invalid parameter \(name): \(text)")
        }
        return seconds
    }

    private func place(
        _ outbound: PhoneOutbound, from: String, to: String, limit: Int?
    ) -> HTTPResponse {
        var order = account.order
        order.from = from
        order.to = to
        order.extra = []
        order.seed = nextSeed()
        if let limit { order.limit = min(order.limit, .seconds(limit)) }
        let result = simulator.place(order, outbound)
        return .json(PhoneCard.call(result, order), status: 201)
    }

    func change(_ sid: String, _ form: Form, _ request: HTTPRequest) -> HTTPResponse {
        guard let entry = simulator.shelf[sid] else { return .notFound(request) }
        do {
            switch form["Status"] {
            case "completed": entry.call?.apply(.hangUp)
            case "canceled":
                if ["queued", "ringing"].contains(entry.result.status) {
                    entry.call?.apply(.hangUp)
                }
            case let other?: throw Refusal(20001, "Invalid parameter Status: \(other)")
            case nil: try redirect(entry, form)
            }
        } catch let refusal as Refusal {
            return refusal.response
        } catch {
            return .twilio(500, 20500, "Internal Server Error")
        }
        return .json(PhoneCard.call(entry.result, account.order))
    }

    /// New TwiML, or a new address.
    private func redirect(_ entry: PhoneShelf.Entry, _ form: Form) throws(Refusal) {
        guard let call = entry.call, entry.result.status == "in-progress" else {
            throw Refusal(21220, "Call is not in-progress. Cannot redirect.")
        }
        if let text = form["Twiml"] {
            guard form["Url"] == nil else {
                throw Refusal(20001, "Url and Twiml exclude each other")
            }
            call.apply(.script(try Self.script(text), base: nil))
        } else if let text = form["Url"] {
            let address = try Self.address(text, "Url")
            call.apply(.address(address, method: form["Method"] ?? "POST"))
        } else if form["TimeLimit"] == nil, form["StatusCallback"] == nil {
            throw Refusal(20001, "There is nothing to change")
        }
    }

    private static func address(
        _ text: String, _ parameter: String
    ) throws(Refusal) -> WebAddress {
        guard let address = try? WebAddress(text) else {
            throw Refusal(21205, "\(parameter) is not a valid URL: \(text)")
        }
        return address
    }

    private static func script(_ text: String) throws(Refusal) -> TwiMLScript {
        guard text.count <= scriptCharactersMax else {
            throw Refusal(20422, "Twiml has more than \(scriptCharactersMax) characters")
        }
        do {
            return try TwiMLReader.read(
                Array(text.utf8), contentType: "text/xml", allowsLoopback: true)
        } catch {
            throw Refusal(Int64(error.code), error.text)
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        if text.hasPrefix("client:") || text.hasPrefix("sip:") { return true }
        let digits = text.dropFirst()
        return text.hasPrefix("+") && (7...15).contains(digits.count)
            && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
