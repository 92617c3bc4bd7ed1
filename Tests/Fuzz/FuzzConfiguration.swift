// libFuzzer entry for settings files. Whatever the bytes are: no crash, every line number exists, no name comes twice, and every
// value that was taken reads the same once more when it is put into quotes.

import Console
import Daemon

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzConfiguration(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let file = ConfigurationFile(bytes, path: "fuzz.conf")
    let lineCount = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    precondition(file.faults.count <= ConfigurationFile.faultsMax)
    for fault in file.faults {
        guard case .file(_, let line) = fault.source else { preconditionFailure("source") }
        precondition((0...lineCount).contains(line))
    }
    precondition(Set(file.assignments.map(\.name)).count == file.assignments.count)
    for assignment in file.assignments {
        precondition((1...lineCount).contains(assignment.line))
        checkAgain(assignment)
        checkDuration(assignment.value)
        _ = NearestName.to(assignment.name, among: ["PORT", "ELEVENLABS_API_KEY", "LISTEN"])
    }
    return 0
}

private func checkAgain(_ assignment: ConfigurationFile.Assignment) {
    // The file is read by characters: an accent that comes first in the value would join the quote
    // before it, which then is none, and the file says so.
    guard ("\"" + assignment.value + "\"").count == assignment.value.unicodeScalars.count + 2
    else { return }
    var line = assignment.name + "=\""
    for scalar in assignment.value.unicodeScalars {
        if "\"\\$`".unicodeScalars.contains(scalar) { line += "\\" }
        line.unicodeScalars.append(scalar)
    }
    let again = ConfigurationFile(Array((line + "\"").utf8), path: "again.conf")
    precondition(again.faults.isEmpty)
    precondition(again.assignments.map(\.value) == [assignment.value])
}

/// A duration that was read, to the microsecond, is read again from what it is written as.
private func checkDuration(_ text: String) {
    guard let duration = Duration(written: text) else { return }
    precondition(duration >= .zero)
    let whole =
        Duration.microseconds(duration.components.attoseconds / 1_000_000_000_000)
        + .seconds(duration.components.seconds)
    precondition(Duration(written: whole.written) == whole)
    precondition(!duration.figure.isEmpty)
}
