import Audio
import Console
import Glibc
import Instruments
import Simulators
import Wire

/// Makes a call's order of what was said on the command line.
struct OrderReader {
    let arguments: Arguments

    func order(needsURL: Bool) throws(Complaint) -> PhoneOrder {
        let url = arguments[Options.url] ?? arguments[Options.publicURL]
        guard let url = url ?? (needsURL ? nil : "http://127.0.0.1/") else {
            throw Complaint(text: "--url is missing", code: .usage)
        }
        var order = PhoneOrder(
            voiceURL: try address(arguments[Options.publicURL] ?? url),
            accountSID: arguments[Options.sid], authToken: token())
        if arguments[Options.publicURL] != nil { order.origin = try address(url) }
        order.method = arguments[Options.method]
        order.from = arguments[Options.from]
        order.to = arguments[Options.to]
        if let text = arguments[Options.callback] { order.statusCallback = try address(text) }
        if let text = arguments[Options.fallback] { order.fallbackURL = try address(text) }
        order.asksAfter = arguments[Options.asksAfter]
        order.disorder.duplicates = arguments[Options.duplicates]
        order.disorder.shuffles = arguments[Options.shuffles]
        order.dial.status = arguments[Options.dialResult]
        order.dial.lasts = arguments[Options.dialLasts]
        order.gathered = arguments[Options.gathered]
        order.limit = arguments[Options.limit]
        order.seed = arguments[Options.seed].map { UInt64($0) } ?? .random(in: 0...UInt64.max)
        order.mayBeSilent = arguments[Options.mayBeSilent]
        for text in arguments[Options.extra] {
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            order.extra.append(Form.Pair(String(pair[0]), pair.count == 2 ? String(pair[1]) : ""))
        }
        order.caller = try caller()
        return order
    }

    private func token() -> SecretText? {
        if let text = arguments[Options.token] { return SecretText(text) }
        if let text = getenv("TWILIO_AUTH_TOKEN").map({ String(cString: $0) }), !text.isEmpty {
            return SecretText(text)
        }
        Output.complain("phonesim: there is no --auth-token: requests go unsigned")
        return nil
    }

    private func caller() throws(Complaint) -> CallerScript {
        var caller = CallerScript()
        var turns: [CallerScript.Turn] = []
        for (index, name) in arguments[Options.wave].enumerated() {
            turns.append(.init(try audio(name), cue: cue(index)))
        }
        caller.turns = turns
        for text in arguments[Options.keys] {
            let parts = text.split(separator: "@", maxSplits: 1)
            guard parts.count == 2, let digit = parts[0].first, parts[0].count == 1,
                "0123456789*#".contains(digit), let moment = Duration(written: String(parts[1]))
            else { throw Complaint(text: "--press \(text) is not KEY@TIME", code: .usage) }
            caller.keys.append(.init(digit, at: moment))
        }
        let after = arguments[Options.hangUpAfter]
        if after > .zero { caller.hangUp = .after(after) }
        if arguments[Options.waits] { caller.hangUp = .never }
        let loses = arguments[Options.losesStream]
        if loses > .zero { caller.losesStreamAfter = loses }
        let stops = arguments[Options.stopsReading]
        if stops > .zero { caller.stopsReadingAfter = stops }
        caller.isRude = arguments[Options.isRude]
        if let text = arguments[Options.line] {
            do {
                caller.weather = try LineConditions(text)
            } catch {
                throw Complaint(text: "--line: \(error)", code: .usage)
            }
        }
        caller.keepsAudio = arguments[Options.out] != nil
        return caller
    }

    /// Only the first of several can begin at once; the others answer.
    private func cue(_ index: Int) -> CallerScript.Cue {
        let quiet = arguments[Options.quiet]
        return switch arguments[Options.cue] {
        case "over-agent": .overAgent(after: quiet)
        case "at-once" where index == 0: .at(.zero)
        default: .afterAgent(quiet: quiet)
        }
    }

    /// A recording, or a file, as mu-law.
    private func audio(_ name: String) throws(Complaint) -> [UInt8] {
        if let made = StudioVoice.recording(name, in: .telephone) { return made }
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.read(name, bytesMax: 64 << 20)
        } catch {
            throw Complaint(text: "\(name): \(error.reason)", code: .inputOutput)
        }
        do {
            let wave = try WaveFile(reading: bytes)
            guard let made = StudioVoice.converted(wave, to: .telephone) else {
                throw Complaint(text: "\(name): no way from its rate", code: .configuration)
            }
            return made
        } catch let error as Complaint {
            throw error
        } catch {
            throw Complaint(text: "\(name): \(error)", code: .configuration)
        }
    }

    private func address(_ text: String) throws(Complaint) -> WebAddress {
        guard let address = try? WebAddress(text) else {
            throw Complaint(text: "\(text) is no address", code: .usage)
        }
        return address
    }
}
