import Console
import Daemon

/// `callbridge ctl`: its words, and what each is made into.
enum Control {
    private static let socket = Option<String?>.text(
        "socket", "PATH", "the daemon's control socket")
    private static let instance = Option<String?>.text(
        "instance", "NAME", "the service instance, such as blue")
    private static let json = Option<Bool>.flag("json", "answers JSON, for programs")
    private static let lines = Option<Int>.whole(
        "lines", "N", in: 0...1_000, default: 10, "begins with so many of the last lines"
    ).letter("n")
    private static let call = Operand(
        "ID", "a call's SID, session or conversation, or its beginning")

    static let command = Command(
        "ctl", "Asks a running daemon.", options: [socket, instance, json],
        commands: [
            Command("calls", "Lists the living calls."),
            Command("call", "Shows one call.", operands: [call]),
            Command("end", "Ends one call.", operands: [call]),
            Command("drain", "Takes no new call and ends with the last one."),
            Command("reload", "Reads the configuration again and says what has changed."),
            Command("tail", "Shows the log, from its last lines on.", options: [lines]),
        ])

    static func run(_ arguments: Arguments) -> ExitCode {
        ControlProgram(
            order(arguments),
            ControlTarget(socket: arguments[socket], instance: arguments[instance]),
            isForPrograms: arguments[json]
        ).run()
    }

    private static func order(_ arguments: Arguments) -> ControlOrder {
        let id = arguments.operands.first ?? ""
        return switch arguments.command.last {
        case "call": .call(id)
        case "end": .end(id)
        case "drain": .drain
        case "reload": .reload
        case "tail": .tail(lines: arguments[lines])
        default: .calls
        }
    }
}
