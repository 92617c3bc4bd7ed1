import Calls
package import Console
import Glibc
import Traces

/// `callbridge replay`: traces of calls, run again.
extension Launch {
    /// A trace larger than any that is written.
    private static let traceBytesMax = 256 * 1024 * 1024

    private static let redacts = Option<Bool>.flag(
        "redact", "writes the trace to OUTPUT without voices, words and numbers")

    /// `callbridge replay FILE`, `callbridge replay --redact FILE OUTPUT`.
    package static let replayCommand = Command(
        "replay", "Runs a traced call again and says whether it is the same.",
        options: [redacts],
        operands: [
            Operand("FILE", "a trace"),
            Operand("OUTPUT", "the redacted trace", isOptional: true),
        ])

    /// Does what the command asks for.
    package static func replay(_ arguments: Arguments) -> ExitCode {
        let files = arguments.operands
        guard arguments[redacts] else { return replay(file: files[0]) }
        guard files.count == 2 else {
            write("callbridge replay --redact: OUTPUT is missing\n", to: STDERR_FILENO)
            return .usage
        }
        return redact(file: files[0], output: files[1])
    }

    /// Runs a traced call again; says whether every decision and byte is as it was.
    private static func replay(file: String) -> ExitCode {
        do throws(TraceFault) {
            let replay = try TraceReplay(read(file), announcements: .recorded())
            let outcome = replay.run()
            if let difference = outcome.difference {
                write("not identical: \(difference)\n", to: STDOUT_FILENO)
                return .failure
            }
            let whole = outcome.isComplete ? "" : ", though the trace breaks off"
            write("identical: \(outcome.records) records\(whole)\n", to: STDOUT_FILENO)
            return .success
        } catch {
            return complain(error, file)
        }
    }

    /// Writes a trace to `output` without voices, words and numbers, and holds its decisions
    /// against those of the first.
    private static func redact(file: String, output: String) -> ExitCode {
        do throws(TraceFault) {
            let redaction = TraceRedaction(announcements: .recorded())
            let result = try redaction.redact(read(file))
            guard keep(result.bytes, output) else { return .inputOutput }
            guard let difference = result.difference else { return .success }
            write("decides otherwise: \(difference)\n", to: STDOUT_FILENO)
            return .failure
        } catch {
            return complain(error, file)
        }
    }

    private static func read(_ file: String) throws(TraceFault) -> [TraceRecord] {
        guard let bytes = contents(of: file) else {
            throw .unusable(String(cString: strerror(errno)))
        }
        return try TraceReader.read(bytes)
    }

    private static func contents(of file: String) -> [UInt8]? {
        guard let stream = fopen(file, "rb") else { return nil }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while bytes.count <= traceBytesMax {
            let count = fread(&piece, 1, piece.count, stream)
            guard count > 0 else { return ferror(stream) == 0 ? bytes : nil }
            bytes += piece[..<count]
        }
        errno = EFBIG
        return nil
    }

    private static func keep(_ bytes: [UInt8], _ file: String) -> Bool {
        let handle = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard handle >= 0, let stream = fdopen(handle, "wb") else {
            write("\(file): \(String(cString: strerror(errno)))\n", to: STDERR_FILENO)
            return false
        }
        let isWhole = fwrite(bytes, 1, bytes.count, stream) == bytes.count
        return fclose(stream) == 0 && isWhole
    }

    private static func complain(_ fault: TraceFault, _ file: String) -> ExitCode {
        let why =
            switch fault {
            case .notATrace: "no trace, or one of another version"
            case .malformed(let place): "broken at byte \(place)"
            case .unusable(let why): why
            }
        write("\(file): \(why)\n", to: STDERR_FILENO)
        return .inputOutput
    }
}
