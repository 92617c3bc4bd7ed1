import Console
import Instruments
import Simulators

/// Scripts as files.
enum ScriptFile {
    /// A script is text written by hand.
    private static let bytesMax = 1 << 20

    static func read(_ path: String) throws(Complaint) -> AgentScript {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.read(path, bytesMax: bytesMax)
        } catch {
            throw Complaint(text: "\(path): \(error.reason)", code: .inputOutput)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Complaint(text: "\(path): not UTF-8", code: .configuration)
        }
        do {
            return try AgentScriptReader.read(text)
        } catch {
            throw Complaint(text: "\(path):\(error.line): \(error.reason)", code: .configuration)
        }
    }
}
