/// One alarm: what to do, and when. It holds no timer, which may go on another thread.
final class Alarm {
    /// On the loop's clock; meaningless while not in a heap.
    fileprivate(set) var deadline = Duration.zero
    /// Where it is in its heap; nil when in none.
    fileprivate var place: Int?
    /// Which of two alarms for the same time was set first.
    fileprivate var turn: UInt64 = 0
    /// Taken out of the heap to be fired, and not called off since.
    var isDue = false
    let fire: @Sendable () -> Void

    init(_ fire: @escaping @Sendable () -> Void) { self.fire = fire }

    fileprivate func precedes(_ other: Alarm) -> Bool {
        deadline == other.deadline ? turn < other.turn : deadline < other.deadline
    }
}

/// A loop's alarms, the earliest first: a binary heap in which each knows its place, so that it can
/// be set anew or taken out wherever it is.
struct TimerHeap {
    private var alarms: [Alarm] = []
    private var turns: UInt64 = 0

    /// The earliest deadline.
    var first: Duration? { alarms.first?.deadline }
    var count: Int { alarms.count }

    /// Sets an alarm, whether it was set before or not.
    mutating func set(_ alarm: Alarm, at deadline: Duration) {
        turns &+= 1
        alarm.deadline = deadline
        alarm.turn = turns
        if let place = alarm.place {
            settle(alarm, from: place)
        } else {
            alarms.append(alarm)
            rise(alarm, from: alarms.count - 1)
        }
    }

    /// Takes an alarm out, if it is in.
    mutating func remove(_ alarm: Alarm) {
        guard let place = alarm.place else { return }
        alarm.place = nil
        let last = alarms.removeLast()
        if last !== alarm { settle(last, from: place) }
    }

    /// Takes out the earliest when it is due at `time`.
    mutating func takeDue(at time: Duration) -> Alarm? {
        guard let first = alarms.first, first.deadline <= time else { return nil }
        remove(first)
        return first
    }

    /// Takes all out, for the caller to let go of: what goes with an alarm may ask for the heap.
    mutating func takeAll() -> [Alarm] {
        let all = alarms
        for alarm in all { alarm.place = nil }
        alarms = []
        return all
    }

    /// Puts an alarm where it belongs, beginning at a place that is free for it.
    private mutating func settle(_ alarm: Alarm, from place: Int) {
        if place > 0, alarm.precedes(alarms[(place - 1) / 2]) {
            rise(alarm, from: place)
        } else {
            sink(alarm, from: place)
        }
    }

    private mutating func rise(_ alarm: Alarm, from place: Int) {
        var place = place
        while place > 0 {
            let parent = (place - 1) / 2
            guard alarm.precedes(alarms[parent]) else { break }
            put(alarms[parent], place)
            place = parent
        }
        put(alarm, place)
    }

    private mutating func sink(_ alarm: Alarm, from place: Int) {
        var place = place
        while true {
            var child = 2 * place + 1
            guard child < alarms.count else { break }
            if child + 1 < alarms.count, alarms[child + 1].precedes(alarms[child]) { child += 1 }
            guard alarms[child].precedes(alarm) else { break }
            put(alarms[child], place)
            place = child
        }
        put(alarm, place)
    }

    private mutating func put(_ alarm: Alarm, _ place: Int) {
        alarms[place] = alarm
        alarm.place = place
    }
}
