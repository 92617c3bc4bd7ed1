import CWslay

@testable import Wire

/// libwslay as a second reader and writer of RFC 6455.
///
/// Its verdict is put into the machine's words: what it delivered, and, when it failed the
/// connection, the code of the close frame that it wanted to send.
final class WslayOracle {
    private let role: WebSocketMachine.Role
    private var context: wslay_event_context_ptr?
    private var input: [UInt8] = []
    private var used = 0
    fileprivate var heard: [Heard] = []
    private var output: [UInt8] = []

    init(role: WebSocketMachine.Role, messageBytesMax: Int) {
        self.role = role
        var callbacks = wslay_event_callbacks()
        callbacks.recv_callback = { context, buffer, length, _, user in
            guard let oracle = WslayOracle.from(user), let buffer else { return -1 }
            let count = min(length, oracle.input.count - oracle.used)
            guard count > 0 else {
                wslay_event_set_error(context, Int32(WSLAY_ERR_WOULDBLOCK.rawValue))
                return -1
            }
            for index in 0..<count { buffer[index] = oracle.input[oracle.used + index] }
            oracle.used += count
            return count
        }
        callbacks.send_callback = { _, data, length, _, user in
            WslayOracle.from(user)?.output += UnsafeBufferPointer(start: data, count: length)
            return length
        }
        callbacks.genmask_callback = { _, buffer, length, _ in
            for index in 0..<length { buffer?[index] = UInt8(0xA5 ^ index) }
            return 0
        }
        callbacks.on_msg_recv_callback = { _, message, user in
            guard let message else { return }
            WslayOracle.from(user)?.hear(message.pointee)
        }
        let user = Unmanaged.passUnretained(self).toOpaque()
        switch role {
        case .server: wslay_event_context_server_init(&context, &callbacks, user)
        case .client: wslay_event_context_client_init(&context, &callbacks, user)
        }
        wslay_event_config_set_max_recv_msg_length(context, UInt64(messageBytesMax))
    }

    deinit { wslay_event_context_free(context) }

    private static func from(_ user: UnsafeMutableRawPointer?) -> WslayOracle? {
        user.map { Unmanaged<WslayOracle>.fromOpaque($0).takeUnretainedValue() }
    }

    private func hear(_ message: wslay_event_on_msg_recv_arg) {
        let bytes = Array(UnsafeBufferPointer(start: message.msg, count: message.msg_length))
        switch WebSocketOpcode(rawValue: message.opcode) {
        case .text: heard.append(.text(String(decoding: bytes, as: UTF8.self)))
        case .binary: heard.append(.binary(bytes))
        case .ping: heard.append(.ping(bytes))
        case .pong: heard.append(.pong(bytes))
        case .close:
            let reason = String(decoding: bytes.dropFirst(2), as: UTF8.self)
            heard.append(.close(message.status_code == 0 ? 1005 : message.status_code, reason))
        default: heard.append(.violation(0, "an opcode that wslay should not deliver"))
        }
    }

    /// Reads a stream to its end.
    func read(_ bytes: [UInt8]) -> [Heard] {
        (input, used, heard) = (bytes, 0, [])
        let isFine = wslay_event_recv(context) == 0
        if wslay_event_get_close_received(context) == 0, wslay_event_get_read_enabled(context) == 0
        {
            wslay_event_send(context)
            heard.append(.violation(wslay_event_get_status_code_sent(context), ""))
        } else if !isFine {
            heard.append(.violation(0, "wslay gave up"))
        }
        return heard
    }

    /// The frame that wslay makes of a message.
    func write(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
        output = []
        payload.withUnsafeBufferPointer { payload in
            var message = wslay_event_msg(
                opcode: opcode.rawValue, msg: payload.baseAddress, msg_length: payload.count)
            wslay_event_queue_msg(context, &message)
        }
        wslay_event_send(context)
        return output
    }
}
