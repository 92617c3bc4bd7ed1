import Synchronization

/// The HTTP connections of one loop: closed when the server is, and making room for each other.
///
/// Those from which bytes are due, be it a request at all, stand in line:
///
///     first: has kept us waiting longest ─▶ … ─▶ last: has just begun to
///
/// When there are as many connections as there may be, the first one gives way to whoever comes: a
/// crowd that says nothing would otherwise keep out the next call's webhook.
final class ConnectionShelf: @unchecked Sendable {
    // Safe because every member but the length, and a connection's place in line, is touched on the
    // loop's thread only.

    /// A connection's neighbours in line.
    struct Place {
        var ahead: HTTPServerConnection?
        var behind: HTTPServerConnection?
    }

    let loop: EventLoop
    private var all: [ObjectIdentifier: HTTPServerConnection] = [:]
    private var first: HTTPServerConnection?
    private var last: HTTPServerConnection?
    private let length = Atomic<Int>(0)

    init(on loop: EventLoop) { self.loop = loop }

    /// How many stand in line; from any thread.
    var lineLength: Int { length.load(ordering: .relaxed) }

    func add(_ connection: HTTPServerConnection) { all[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: HTTPServerConnection) {
        leaveLine(connection)
        all.removeValue(forKey: ObjectIdentifier(connection))
    }

    func closeAll() {
        for connection in all.values { connection.close() }
    }

    /// From now on bytes are due from this one.
    func standInLine(_ connection: HTTPServerConnection) {
        leaveLine(connection)
        connection.place.ahead = last
        last?.place.behind = connection
        last = connection
        if first == nil { first = connection }
        length.add(1, ordering: .relaxed)
    }

    /// It has said what was due, or is over.
    func leaveLine(_ connection: HTTPServerConnection) {
        let place = connection.place
        guard place.ahead != nil || first === connection else { return }
        connection.place = Place()
        place.ahead?.place.behind = place.behind
        place.behind?.place.ahead = place.ahead
        if first === connection { first = place.behind }
        if last === connection { last = place.ahead }
        length.subtract(1, ordering: .relaxed)
    }

    /// Lets the one go that has kept us waiting longest; false when nobody does.
    func makeRoom() -> Bool {
        guard let first else { return false }
        first.giveWay()
        return true
    }
}
