import Instruments
import Net
import Twilio
import Wire

extension ConfigurationKind where Value == String {
    /// A host's name or address, as far as its letters tell.
    static var host: Self {
        Self("a host name or an IP address", isShown: true) { text in
            let isAddress = Configuration.AddressRange(text) != nil && !text.contains("/")
            let isName = text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
            return (1...253).contains(text.utf8.count) && (isAddress || isName) ? text : nil
        } write: {
            $0
        }
    }

    static var path: Self {
        Self("the path of a file, at most 4095 bytes", isShown: true) { text in
            (1...4095).contains(text.utf8.count) ? text : nil
        } write: {
            $0
        }
    }

    /// The name of one of several instances; it stands in addresses.
    static var instance: Self {
        Self("at most 32 lower-case letters, digits and hyphens", isShown: true) { text in
            let isName = text.utf8.allSatisfy {
                isLetterOrDigit($0) && !(0x41...0x5A).contains($0) || $0 == 0x2D
            }
            return (1...32).contains(text.utf8.count) && isName ? text : nil
        } write: {
            $0
        }
    }

    /// How numbers begin.
    static var prefix: Self {
        Self("the beginning of numbers, such as +49 or +1555010: + and 1 to 15 digits") {
            text throws(ConfigurationRefusal) in
            let digits = text.utf8.dropFirst()
            let isPrefix =
                text.utf8.first == 0x2B && (1...15).contains(digits.count)
                && digits.first != 0x30 && digits.allSatisfy { (0x30...0x39).contains($0) }
            guard isPrefix else { throw ConfigurationRefusal(text, isShown: true) }
            return text
        } write: {
            $0
        }
    }

    /// ElevenLabs' name of an agent; it stands in addresses, so nothing else gets in.
    static var agentID: Self {
        Self("an agent's id: at most 128 letters, digits, - and _", isShown: false) { text in
            let isID = text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F }
            return (1...128).contains(text.utf8.count) && isID ? text : nil
        } write: {
            $0
        }
    }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
}

extension ConfigurationKind where Value == SecretText {
    static var secret: Self {
        Self("1 to 1024 visible ASCII characters without a space", isShown: false) { text in
            let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return (1...1_024).contains(text.utf8.count) && isVisible ? SecretText(text) : nil
        } write: { _ in
            "(set)"
        }
    }
}

extension ConfigurationKind where Value == AccountSID {
    static var accountSID: Self {
        Self("an account's SID: AC and 32 hexadecimal digits", isShown: false) {
            AccountSID($0)
        } write: {
            $0.text
        }
    }
}

extension ConfigurationKind where Value == PhoneNumber {
    static var phoneNumber: Self {
        Self("a number such as +15550100: + and 2 to 15 digits", isShown: false) { text in
            let number = PhoneNumber(text)
            return number.e164 == nil ? nil : number
        } write: {
            $0.masked
        }
    }
}

extension ConfigurationKind where Value == WebAddress {
    /// An address with nothing after its path.
    static var webAddress: Self {
        Self("http:// or https://, a host, perhaps a port and a path, and no ?", isShown: false) {
            text in
            guard let address = try? WebAddress(text), address.scheme.hasPrefix("http"),
                !address.target.contains("?")
            else { return nil }
            return address
        } write: {
            $0.target == "/" ? String($0.text.dropLast()) : $0.text
        }
    }

    /// An address with nothing after its host and port.
    static var origin: Self {
        let address = webAddress
        return Self("http:// or https://, a host and perhaps a port", isShown: false) { text in
            guard let found = try? address.read(text), found.target == "/" else { return nil }
            return found
        } write: {
            address.write($0)
        }
    }
}

extension ConfigurationKind where Value == Configuration.ListenTarget {
    static var target: Self {
        Self("HOST:PORT, unix:/PATH, systemd or systemd:NAME", isShown: true) { text in
            if text == "systemd" { return .activated(name: nil) }
            if text.hasPrefix("systemd:") {
                let name = String(text.dropFirst("systemd:".count))
                return name.isEmpty ? nil : .activated(name: name)
            }
            return (try? ListenAddress(text)).map { .address($0) }
        } write: { target in
            switch target {
            case .address(let address): address.text
            case .activated(let name): name.map { "systemd:\($0)" } ?? "systemd"
            }
        }
    }
}

extension ConfigurationKind where Value == ListenAddress? {
    /// An address, or `off` for nil.
    static var addressOrOff: Self {
        Self("off, HOST:PORT or unix:/PATH", isShown: true) { text in
            if text == "off" { return .some(nil) }
            return (try? ListenAddress(text)).map { .some($0) }
        } write: {
            $0?.text ?? "off"
        }
    }
}

extension ConfigurationKind where Value == ControlPlace {
    static var controlPlace: Self {
        Self("auto, off or a socket's absolute path of at most 107 bytes", isShown: true) { text in
            switch text {
            case "auto": return .automatic
            case "off": return .off
            default:
                let isPath = text.hasPrefix("/") && (try? ListenAddress("unix:\(text)")) != nil
                return isPath ? .path(text) : nil
            }
        } write: { place in
            switch place {
            case .automatic: "auto"
            case .off: "off"
            case .path(let path): path
            }
        }
    }
}

extension ConfigurationKind where Value == Configuration.TrustedProxy {
    static var proxy: Self {
        Self(
            "unix, an IP address, or a range such as 192.0.2.0/24 whose other bits are zero",
            isShown: true
        ) { text in
            if text == "unix" { return .unixSocket }
            return Configuration.AddressRange(text).map { .range($0) }
        } write: { proxy in
            switch proxy {
            case .unixSocket: "unix"
            case .range(let range): range.text
            }
        }
    }
}
