import Twilio
import Wire

/// Why a text is no memory of ours: the first part that is missing or of another shape.
package struct CallMemoryFault: Error, Sendable, Equatable {
    /// The part's name; nothing of what it holds.
    package var field: String
}

extension CallMemoryFault: CustomStringConvertible {
    /// For the log.
    package var description: String { "its \(field) is missing or of another shape" }
}

/// Reads the parts of a memory; each is there and of its shape, or refused by name.
extension JSON {
    /// Names and texts as one object, in the order of the names.
    init(table: [String: String]) {
        self = .object(table.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    func part(_ name: String) throws(CallMemoryFault) -> JSON {
        guard let part = self[name] else { throw CallMemoryFault(field: name) }
        return part
    }

    func words(_ name: String) throws(CallMemoryFault) -> String {
        guard let text = self[name]?.text else { throw CallMemoryFault(field: name) }
        return text
    }

    /// One of a few constant words.
    func word<Word: RawRepresentable<String>>(_ name: String) throws(CallMemoryFault) -> Word {
        guard let word = Word(rawValue: try words(name)) else {
            throw CallMemoryFault(field: name)
        }
        return word
    }

    func flag(_ name: String) throws(CallMemoryFault) -> Bool {
        guard case .bool(let flag) = self[name] else { throw CallMemoryFault(field: name) }
        return flag
    }

    /// A number of things.
    func count(_ name: String) throws(CallMemoryFault) -> Int {
        guard case .integer(let count) = self[name], 0...Int64(Int32.max) ~= count else {
            throw CallMemoryFault(field: name)
        }
        return Int(count)
    }

    /// Milliseconds since 1970, before the year 10000.
    func time(_ name: String) throws(CallMemoryFault) -> Duration {
        guard case .integer(let time) = self[name], 0...253_402_300_799_999 ~= time else {
            throw CallMemoryFault(field: name)
        }
        return .milliseconds(time)
    }

    func number(_ name: String) throws(CallMemoryFault) -> PhoneNumber? {
        try part(name) == .null ? nil : PhoneNumber(try words(name))
    }

    func list<Element>(
        _ name: String, max: Int, _ read: (JSON) throws(CallMemoryFault) -> Element
    ) throws(CallMemoryFault) -> [Element] {
        guard let elements = self[name]?.elements, elements.count <= max else {
            throw CallMemoryFault(field: name)
        }
        var list: [Element] = []
        for element in elements { list.append(try read(element)) }
        return list
    }

    func table(_ name: String) throws(CallMemoryFault) -> [String: String] {
        guard let members = self[name]?.members else { throw CallMemoryFault(field: name) }
        var table: [String: String] = [:]
        for member in members {
            guard let text = member.value.text, table.updateValue(text, forKey: member.name) == nil
            else { throw CallMemoryFault(field: name) }
        }
        return table
    }
}
