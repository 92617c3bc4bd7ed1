import Console
import Twilio
import Wire

/// Turns the values of a routing file into a table and gathers every fault on the way.
///
/// A value with a fault is left out and reading goes on, so that one run tells it all.
struct RoutingReader {
    private(set) var faults: [RoutingFault] = []
    /// Keys that ladders may name; also those whose own description has a fault.
    var agentKeys: Set<String>
    let settingsAgents: Set<String>
    /// Named hours; nil for those with a fault of their own.
    var hours: [String: OpeningHours?] = [:]

    /// The names that may be written at the top of the file.
    static let fileNames = ["agents", "hours", "numbers", "default"]

    init(settingsAgents: Set<String>) {
        self.settingsAgents = settingsAgents
        agentKeys = settingsAgents.union([RoutingTable.standardAgent])
    }

    /// The whole file.
    mutating func table(_ root: PlacedJSON, _ zone: (String) -> ZoneFile?) -> RoutingTable {
        let fields = fields(of: root, Self.fileNames)
        var table = RoutingTable()
        for member in members(of: fields["agents"]) { read(agent: member, into: &table) }
        for member in members(of: fields["hours"]) {
            hours[member.name] = .some(readHours(member.value, zone))
        }
        for member in members(of: fields["numbers"]) {
            guard let number = number(member.name, at: member.place) else { continue }
            table.numbers[number] = readEntry(member.value)
        }
        if let value = fields["default"] { table.standard = readEntry(value) }
        return table
    }

    /// Notes a fault.
    mutating func refuse(_ place: RoutingPlace, _ problem: String) {
        faults.append(RoutingFault(place, problem))
    }

    /// Notes a name nobody knows, with the one that was probably meant.
    mutating func refuse(
        _ name: String, at place: RoutingPlace, is what: String, known: some Sequence<String>
    ) {
        let known = known.sorted()
        let hint =
            NearestName.to(name, among: known).map { "did you mean \(Self.quoted($0))?" }
            ?? (known.isEmpty ? "there are none" : "expected \(Self.listed(known))")
        refuse(place, "\(Self.quoted(name)) \(what); \(hint)")
    }

    /// A name as it is told: control characters and what is too long are not.
    static func quoted(_ text: String) -> String {
        "\"" + String(printable: text, max: 40) + "\""
    }

    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(10).map(quoted)
        return (shown.count > 1 ? "one of " : "") + shown.joined(separator: ", ")
            + (names.count > 10 ? ", …" : "")
    }
}

extension RoutingReader {
    /// The members of an object whose names are free, none of them twice; nothing for nil.
    mutating func members(of value: PlacedJSON?) -> [PlacedJSON.Member] {
        guard let value else { return [] }
        guard case .object(let members) = value.content else {
            refuse(value.place, "is \(value.kind); expected an object, {…}")
            return []
        }
        var lines: [String: Int] = [:]
        return members.filter { member in
            guard let line = lines[member.name] else {
                lines[member.name] = member.place.line
                return true
            }
            refuse(member.place, "\(Self.told(member.name)) is already set in line \(line)")
            return false
        }
    }

    /// The members of an object whose names are given.
    mutating func fields(of value: PlacedJSON, _ names: [String]) -> [String: PlacedJSON] {
        var found: [String: PlacedJSON] = [:]
        for member in members(of: value) {
            if names.contains(member.name) {
                found[member.name] = member.value
            } else {
                refuse(member.name, at: member.place, is: "is not known here", known: names)
            }
        }
        return found
    }

    /// The elements of a list; nothing for nil.
    mutating func elements(of value: PlacedJSON?, each expected: String) -> [PlacedJSON] {
        guard let value else { return [] }
        guard case .array(let elements) = value.content else {
            refuse(value.place, "is \(value.kind); expected a list, […], of \(expected)")
            return []
        }
        return elements
    }

    /// A string; nil, with a fault noted, for anything else.
    mutating func text(_ value: PlacedJSON?, _ expected: String) -> String? {
        guard let value else { return nil }
        if case .scalar(.string(let text)) = value.content { return text }
        refuse(value.place, "is \(value.kind); expected \(expected)")
        return nil
    }

    /// True or false.
    mutating func flag(_ value: PlacedJSON?) -> Bool? {
        guard let value else { return nil }
        if case .scalar(.bool(let flag)) = value.content { return flag }
        refuse(value.place, "is \(value.kind); expected true or false")
        return nil
    }

    /// A whole number within a range.
    mutating func whole(_ value: PlacedJSON?, _ range: ClosedRange<Int>) -> Int? {
        guard let value else { return nil }
        if case .scalar(.integer(let whole)) = value.content, let whole = Int(exactly: whole),
            range.contains(whole)
        {
            return whole
        }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        refuse(value.place, "is \(value.kind); expected \(expected)")
        return nil
    }

    /// A telephone number that can be dialled.
    mutating func number(_ value: PlacedJSON?) -> PhoneNumber? {
        guard let value, let text = text(value, Self.numberExpected) else { return nil }
        return number(text, at: value.place)
    }

    /// A telephone number that can be dialled.
    mutating func number(_ text: String, at place: RoutingPlace) -> PhoneNumber? {
        let number = PhoneNumber(text)
        if number.e164 != nil { return number }
        refuse(place, "is no telephone number; expected \(Self.numberExpected)")
        return nil
    }

    private static let numberExpected = "a number as \"+15550100\": + and 2 to 15 digits"

    /// A language the house speaks.
    mutating func language(_ value: PlacedJSON?) -> Language? {
        let words = Language.allCases.map(\.rawValue)
        guard let value, let text = text(value, "\"de\" or \"en\"") else { return nil }
        if let language = Language(rawValue: text) { return language }
        refuse(text, at: value.place, is: "is no language of the announcements", known: words)
        return nil
    }

    /// Dynamic variables: text, numbers and truth, all given as text.
    mutating func variables(_ value: PlacedJSON?) -> [String: String] {
        var variables: [String: String] = [:]
        for member in members(of: value) {
            if !Self.isVariable(member.name) {
                refuse(
                    member.place,
                    "is no name of a variable; expected letters, digits and _, "
                        + "not beginning with a digit or with \"system__\"")
            } else if case .scalar(let scalar) = member.value.content, scalar != .null {
                variables[member.name] = scalar.text ?? scalar.serialized
            } else {
                let kind = member.value.kind
                refuse(member.value.place, "is \(kind); expected a string, a number or true")
            }
        }
        return variables
    }

    /// Names that begin with `system__` are the vendor's own.
    private static func isVariable(_ name: String) -> Bool {
        !name.hasPrefix("system__") && isKey(name, also: "_")
            && !(0x30...0x39).contains(name.utf8.first ?? 0x30)
    }

    /// Letters and digits of ASCII and those named, at least one.
    static func isKey(_ name: String, also others: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || others.utf8.contains(byte)
            }
    }

    /// A name in a fault; a telephone number is told masked.
    private static func told(_ name: String) -> String {
        let number = PhoneNumber(name)
        return number.e164 == nil ? quoted(name) : "number \(number)"
    }
}

extension PlacedJSON {
    /// What it is, as the middle of a sentence.
    var kind: String {
        switch content {
        case .array: "a list"
        case .object: "an object"
        case .scalar(.string(let text)): text.isEmpty ? "an empty string" : "a string"
        case .scalar(.integer(let number)): "\(number)"
        case .scalar(.number): "a number"
        case .scalar(.bool(let flag)): "\(flag)"
        case .scalar: "null"
        }
    }
}
